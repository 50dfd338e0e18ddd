// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/diff.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

using format::JsonWriter;

/// Blocks of GGUF are told apart by the file's own word.
std::string word_of(const TensorSide& side) {
    return side.dtype == Dtype::kBlocks ? side.stored_as : std::string(name_of(side.dtype));
}

void put_dtype(JsonWriter& json, const std::optional<TensorSide>& side) {
    if (side)
        json.value(word_of(*side));
    else
        json.null();
}

void put_shape(JsonWriter& json, const std::optional<TensorSide>& side) {
    if (!side) {
        json.null();
        return;
    }
    json.array();
    for (const auto axis : side->shape) json.value(axis);
    json.end();
}

void put_pair(JsonWriter& json, std::string_view key, const std::array<std::uint64_t, 2>& pair) {
    json.array(key).value(pair[0]).value(pair[1]).end();
}

void put_relative(JsonWriter& json, const Difference& numbers) {
    if (const auto relative = numbers.relative())
        json.field("relative", *relative);
    else
        json.null("relative");
}

void put_numbers(JsonWriter& json, const std::optional<Difference>& numbers) {
    if (!numbers) {
        for (const auto* key : {"elements", "differing", "maxAbs", "meanAbs", "norm", "relative", "nan", "infinite"})
            json.null(key);
        return;
    }
    json.field("elements", numbers->elements).field("differing", numbers->differing);
    json.field("maxAbs", numbers->max_abs).field("meanAbs", numbers->mean_abs()).field("norm", numbers->norm());
    put_relative(json, *numbers);
    put_pair(json, "nan", numbers->nans);
    put_pair(json, "infinite", numbers->infinities);
}

std::string row_json(const TensorChange& row) {
    JsonWriter json;
    json.object().field("name", row.name).field("change", name_of(row.change));
    json.array("dtype");
    put_dtype(json, row.base);
    put_dtype(json, row.head);
    json.end().array("shape");
    put_shape(json, row.base);
    put_shape(json, row.head);
    json.end();
    put_numbers(json, row.numbers);
    json.end();
    return std::move(json).take();
}

void put_totals(JsonWriter& json, const CheckpointDiff& diff, bool truncated) {
    const DiffTotals& totals = diff.totals;
    json.object("totals").field("tensors", totals.tensors());
    for (const auto change : {Change::kSame, Change::kChanged, Change::kReshaped, Change::kAdded, Change::kRemoved})
        json.field(name_of(change), totals.count(change));
    const Difference& numbers = totals.numbers;
    json.field("elements", numbers.elements).field("differing", numbers.differing);
    json.field("maxAbs", numbers.max_abs).field("norm", numbers.norm());
    put_relative(json, numbers);
    put_pair(json, "nan", numbers.nans);
    put_pair(json, "infinite", numbers.infinities);
    json.field("identical", diff.identical).field("truncated", truncated).end();
}

/// How many of the rows fit, the most changed first.
std::vector<std::string> rows_that_fit(const CheckpointDiff& diff, std::size_t max_bytes) {
    std::vector<TensorChange> tensors = diff.tensors;
    while (true) {
        std::vector<std::string> rows;
        std::size_t bytes = 0;
        for (const auto& row : tensors) {
            rows.push_back(row_json(row));
            bytes += rows.back().size() + 1;
            if (bytes > max_bytes) break;
        }
        if (bytes <= max_bytes) return rows;
        keep_most_changed(tensors, tensors.size() * 3 / 4);
    }
}

std::string in_words(const CheckpointDiff& diff, std::size_t side) {
    return diff.files[side].empty() ? diff.formats[side] : fmt::format("{} ({})", diff.files[side], diff.formats[side]);
}

std::string both(const std::string& base, const std::string& head) { return base == head ? base : base + " -> " + head; }

std::vector<std::string> cells_of(const TensorChange& row) {
    const auto words = [&](auto tell) {
        if (!row.base) return tell(*row.head);
        return row.head ? both(tell(*row.base), tell(*row.head)) : tell(*row.base);
    };
    std::vector<std::string> cells{std::string(name_of(row.change)), row.name, words(word_of),
                                   words([](const TensorSide& side) { return describe(side.shape); })};
    if (!row.numbers) return cells;
    const Difference& numbers = *row.numbers;
    cells.push_back(fmt::format("{} of {}", numbers.differing, numbers.elements));
    cells.push_back(fmt::format("{:.4g}", numbers.max_abs));
    cells.push_back(fmt::format("{:.4g}", numbers.mean_abs()));
    const auto relative = numbers.relative();
    cells.push_back(relative ? fmt::format("{:.4g}", *relative) : "-");
    if (numbers.nans != std::array<std::uint64_t, 2>{} || numbers.infinities != std::array<std::uint64_t, 2>{})
        cells.push_back(fmt::format("NaN {} -> {}, infinite {} -> {}", numbers.nans[0], numbers.nans[1], numbers.infinities[0],
                                    numbers.infinities[1]));
    return cells;
}

// One endless name does not make every line long.
constexpr std::size_t kWidest = 80;

std::vector<std::string> aligned(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], std::min(row[i].size(), kWidest));
    }
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += fmt::format("{:<{}}", row[i], i + 1 < row.size() ? widths[i] + 2 : 0);
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

std::string diff_json(const CheckpointDiff& diff, std::size_t max_bytes) {
    const auto rows = rows_that_fit(diff, max_bytes);
    JsonWriter json;
    json.object();
    for (std::size_t side = 0; side < 2; ++side)
        json.object(side == 0 ? "base" : "head").field("format", diff.formats[side]).field("file", diff.files[side]).end();
    json.array("tensors");
    for (const auto& row : rows) json.raw(row);
    json.end();
    put_totals(json, diff, diff.truncated || rows.size() < diff.tensors.size());
    return std::move(json).take();
}

std::vector<std::string> diff_lines(const CheckpointDiff& diff) {
    const DiffTotals& totals = diff.totals;
    std::vector<std::string> lines{fmt::format("{} against {}", in_words(diff, 0), in_words(diff, 1))};
    std::string counted = fmt::format("{} tensors:", totals.tensors());
    for (const auto change : {Change::kSame, Change::kChanged, Change::kReshaped, Change::kAdded, Change::kRemoved})
        counted += fmt::format("{} {} {}", change == Change::kSame ? "" : ",", totals.count(change), name_of(change));
    lines.push_back(std::move(counted));
    if (totals.numbers.elements > 0) {
        const auto relative = totals.numbers.relative();
        lines.push_back(fmt::format("{} of {} numbers of the changed tensors differ, by {:.4g} at most{}",
                                    totals.numbers.differing, totals.numbers.elements, totals.numbers.max_abs,
                                    relative ? fmt::format("; relative norm {:.4g}", *relative) : ""));
    }
    if (diff.tensors.empty()) return lines;
    std::vector<std::vector<std::string>> rows{{"change", "tensor", "type", "shape", "differing", "max", "mean", "relative"}};
    for (const auto& row : diff.tensors) rows.push_back(cells_of(row));
    lines.emplace_back();
    std::ranges::move(aligned(rows), std::back_inserter(lines));
    if (diff.truncated) lines.emplace_back("Only the most changed tensors are listed.");
    return lines;
}

}  // namespace mirfa::checkpoint
