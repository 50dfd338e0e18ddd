// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

using format::JsonWriter;

constexpr std::size_t kShownNames = 20;

std::string_view format_word(Framework framework) {
    switch (framework) {
        case Framework::kTorch: return "pt";
        case Framework::kTensorFlow: return "tf";
        case Framework::kFlax: return "flax";
        case Framework::kGguf: return "gguf";
    }
    return "";
}

void put_names(JsonWriter& json, std::string_view key, const std::vector<std::string>& names) {
    json.array(key);
    for (const std::string& name : names) json.value(name);
    json.end();
}

template <class Numbers>
void put_numbers(JsonWriter& json, std::string_view key, const Numbers& numbers) {
    json.array(key);
    for (const auto number : numbers) json.value(number);
    json.end();
}

void put_ends(JsonWriter& json, const Conversion& conversion) {
    const Plan& plan = conversion.plan;
    json.object("source").field("format", format_word(plan.source)).field("stored_as", conversion.source_format);
    json.array("files");
    for (const SourceFile& file : conversion.source_files) json.value(file.name);
    json.end();
    const bool hashed = std::ranges::any_of(conversion.source_files, [](const SourceFile& file) { return !file.sha256.empty(); });
    if (hashed && conversion.source_files.size() == 1) json.field("sha256", conversion.source_files[0].sha256);
    if (hashed && conversion.source_files.size() > 1) {
        json.object("sha256");
        for (const SourceFile& file : conversion.source_files) json.field(file.name, file.sha256);
        json.end();
    }
    json.end();
    json.object("target").field("format", name_of(plan.target)).field("tensor_bytes", conversion.tensor_bytes);
    put_names(json, "files", conversion.files);
    put_names(json, "copied", conversion.copied);
    json.end();
    json.field("model_type", plan.model_type).field("architecture", plan.architecture);
}

void put_lists(JsonWriter& json, const Plan& plan) {
    json.array("tied");
    for (const TiedName& tied : plan.tied) json.array().value(tied.name).value(tied.same_as).end();
    json.end().array("dropped");
    for (const DroppedName& dropped : plan.dropped)
        json.object().field("name", dropped.name).field("reason", dropped.reason).end();
    json.end();
    put_names(json, "missing", plan.missing);
    put_names(json, "unexpected", plan.unexpected);
    json.array("mismatched");
    for (const MismatchedName& wrong : plan.mismatched) {
        json.object().field("name", wrong.name).field("expected", wrong.expected);
        put_numbers(json, "shape", wrong.shape);
        json.end();
    }
    json.end();
}

void put_row(JsonWriter& json, const PlanRow& row, const RowResult* result) {
    json.object().field("source", row.source_name).field("torch", row.torch_name).field("target", row.target_name);
    put_numbers(json, "source_shape", row.source_shape);
    put_numbers(json, "shape", row.shape);
    if (!row.axes.empty()) put_numbers(json, "axes", row.axes);
    if (row.source && row.view != row.source_shape) put_numbers(json, "view", row.view);
    json.field("dtype", row.type());
    if (row.source_type() != row.type()) json.field("source_dtype", row.source_type());
    json.field("reason", row.reason);
    if (row.guessed) json.field("guessed", true);
    if (!row.same_as.empty()) json.field("same_as", row.same_as);
    if (result != nullptr && result->statistics.count > 0) {
        const Statistics& s = result->statistics;
        json.object("statistics").field("min", s.min).field("max", s.max).field("mean", s.mean()).field("l2", s.l2());
        json.field("nan", s.nans).field("infinite", s.infinities).end();
    }
    json.end();
}

std::size_t mapped(const Plan& plan) {
    return static_cast<std::size_t>(
        std::ranges::count_if(plan.rows, [](const PlanRow& row) { return row.source && row.same_as.empty(); }));
}

// A name cannot end the code, or the line, that it stands in.
std::string code(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '`', '\'');
    std::ranges::replace_if(
        text, [](char c) { return c >= 0 && c < ' '; }, ' ');
    return "`" + text + "`";
}

// Nor the cell of a table, whose bars count inside of code too.
std::string cell(std::string_view name) {
    std::string text;
    for (const char c : code(name)) {
        if (c == '|') text += '\\';
        text += c;
    }
    return text;
}

template <class Items, class Line>
std::vector<std::string> lines_of(const Items& items, Line line) {
    std::vector<std::string> lines;
    for (const auto& item : items) lines.push_back(line(item));
    return lines;
}

std::string proofs(const Conversion& conversion) {
    if (conversion.results.empty()) return "This is a plan: nothing was written.\n";
    const std::string_view way = conversion.round_trip_max_abs == 0 ? " (every number came back exactly)" : "";
    return fmt::format(
        "- every tensor of the source is written, tied, or dropped for the reason below\n"
        "- shapes fit the model's templates and `config.json`, and names lead back to their source\n"
        "- every element is at its place, and minimum, maximum, norm and counts of NaN and infinity agree\n"
        "- largest difference after the way back: {:g}{}\n",
        conversion.round_trip_max_abs, way);
}

std::string change_of(const PlanRow& row) {
    std::vector<std::string> changes;
    if (row.guessed) changes.emplace_back("**guessed**");
    if (!row.source) changes.emplace_back("made of zeros");
    if (row.source && row.view != row.source_shape) changes.push_back("seen as " + describe(row.view));
    if (!row.axes.empty()) changes.push_back(fmt::format("axes {}", fmt::join(row.axes, ", ")));
    if (row.source && row.source_type() != row.type()) changes.push_back(fmt::format("{} to {}", row.source_type(), row.type()));
    if (!row.same_as.empty()) changes.push_back("shares " + cell(row.same_as));
    return changes.empty() ? "none" : fmt::format("{}", fmt::join(changes, "; "));
}

std::string line_of(const PlanRow& row) {
    const std::string from = row.source ? cell(row.source_name) : "";
    const std::string to = row.source && row.source_name == row.target_name ? "the same" : cell(row.target_name);
    std::string shape = describe(row.shape);
    if (row.source && row.source_shape != row.shape) shape = describe(row.source_shape) + " to " + shape;
    return fmt::format("| {} | {} | {} | {} |\n", from, to, shape, change_of(row));
}

/// Text of a limited length: what comes first has its place for certain.
class Markdown {
public:
    Markdown(std::string text, TensorTable table, std::size_t max_octets)
        : text_(std::move(text)), table_(table), max_octets_(max_octets) {}

    void list(std::string_view title, const std::vector<std::string>& lines) {
        if (lines.empty()) return;
        text_ += fmt::format("\n### {} ({})\n\n", title, lines.size());
        const std::size_t open = std::min(lines.size(), kShownNames);
        const std::size_t shown = put_lines(lines, 0, open);
        if (shown < open || table_ == TensorTable::kLeftOut) return more(lines.size() - shown);
        if (shown == lines.size()) return;
        text_ += fmt::format("\n<details>\n<summary>and {} more</summary>\n\n", lines.size() - shown);
        more(lines.size() - put_lines(lines, shown, lines.size()));
        text_ += "\n</details>\n";
    }

    void tensors(const std::vector<PlanRow>& rows) {
        if (table_ == TensorTable::kLeftOut || rows.empty()) return;
        std::vector<const PlanRow*> sorted;
        for (const PlanRow& row : rows) sorted.push_back(&row);
        std::ranges::stable_partition(sorted, &PlanRow::guessed);
        constexpr std::string_view kHead = "| source | target | shape | change |\n| --- | --- | --- | --- |\n";
        constexpr std::size_t kAround = 300;  // what stands around the rows
        std::string table;
        std::size_t shown = 0;
        for (; shown < sorted.size(); ++shown) {
            const std::string line = line_of(*sorted[shown]);
            if (text_.size() + table.size() + line.size() + kAround > max_octets_) break;
            table += line;
        }
        const bool whole = shown == sorted.size();
        text_ += fmt::format(
            "\n<details>\n<summary>{}</summary>\n\n{}{}\n",
            whole ? fmt::format("All {} tensors", shown) : fmt::format("The first {} of {} tensors", shown, sorted.size()), kHead,
            table);
        if (!whole) text_ += fmt::format("and {} more: the report as JSON has a row for every tensor\n\n", sorted.size() - shown);
        text_ += "</details>\n";
    }

    std::string take() && { return std::move(text_); }

private:
    /// Of half of the room, so that some is left for the tensors. Gives: the index after the last that was put.
    std::size_t put_lines(const std::vector<std::string>& lines, std::size_t first, std::size_t end) {
        for (; first < end; ++first) {
            if (text_.size() + lines[first].size() > max_octets_ / 2) break;
            text_ += fmt::format("- {}\n", lines[first]);
        }
        return first;
    }

    void more(std::size_t count) {
        if (count > 0) text_ += fmt::format("- and {} more\n", count);
    }

    std::string text_;
    const TensorTable table_;
    const std::size_t max_octets_;
};

}  // namespace

std::string report_json(const Conversion& conversion) {
    const Plan& plan = conversion.plan;
    JsonWriter json;
    json.object();
    put_ends(json, conversion);
    json.field("mapped", mapped(plan));
    put_lists(json, plan);
    if (conversion.results.empty())
        json.null("round_trip_max_abs");
    else
        json.field("round_trip_max_abs", conversion.round_trip_max_abs);
    json.object("dtype_changes");
    for (const auto& [change, count] : plan.dtype_changes()) json.field(change, count);
    json.end();
    put_names(json, "notes", plan.notes);
    json.array("rows");
    for (std::size_t i = 0; i < plan.rows.size(); ++i)
        put_row(json, plan.rows[i], i < conversion.results.size() ? &conversion.results[i] : nullptr);
    return std::move(json).take();
}

std::string report_markdown(const Conversion& conversion, TensorTable table, std::size_t max_octets) {
    const Plan& plan = conversion.plan;
    std::string head = fmt::format("## {} weights from {}\n\n",
                                   plan.target == Target::kSafetensors ? "safetensors" : name_of(framework_of(plan.target)),
                                   plan.source == framework_of(plan.target) ? conversion.source_format : name_of(plan.source));
    const auto moved = std::ranges::count_if(plan.rows, [](const PlanRow& row) { return !row.axes.empty(); });
    head += fmt::format("{} tensors, {} of them with their axes in another order", mapped(plan), moved);
    for (const auto& [change, count] : plan.dtype_changes()) head += fmt::format(", {} {}", count, change);
    head += ".\n\n" + proofs(conversion);
    Markdown text(std::move(head), table, max_octets);
    text.list("Files", lines_of(conversion.files, code));
    text.list("Notes", plan.notes);
    text.list("Unexpected: no place in the target", lines_of(plan.unexpected, code));
    text.list("Of another shape", lines_of(plan.mismatched, [](const MismatchedName& wrong) {
                  return fmt::format("{} {}: {}", code(wrong.name), describe(wrong.shape), wrong.expected);
              }));
    text.list("Missing", lines_of(plan.missing, code));
    std::vector<std::string> guesses;
    for (const PlanRow& row : plan.rows) {
        if (row.guessed) guesses.push_back(fmt::format("{} as {}", code(row.source_name), code(row.target_name)));
    }
    text.list("Guessed names: please check", guesses);
    text.list("Tied", lines_of(plan.tied, [](const TiedName& tied) {
                  return fmt::format("{} is {}", code(tied.name), code(tied.same_as));
              }));
    text.list("Dropped", lines_of(plan.dropped, [](const DroppedName& dropped) {
                  return fmt::format("{}: {}", code(dropped.name), dropped.reason);
              }));
    text.tensors(plan.rows);
    return std::move(text).take();
}

}  // namespace mirfa::checkpoint
