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

// A name cannot end the code that it stands in.
std::string code(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, '`', '\'');
    std::ranges::replace(text, '\n', ' ');
    return "`" + text + "`";
}

void list(std::string& text, std::string_view title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    text += fmt::format("\n### {} ({})\n\n", title, lines.size());
    for (std::size_t i = 0; i < std::min(lines.size(), kShownNames); ++i) text += fmt::format("- {}\n", lines[i]);
    if (lines.size() > kShownNames) text += fmt::format("- and {} more\n", lines.size() - kShownNames);
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

std::string report_markdown(const Conversion& conversion) {
    const Plan& plan = conversion.plan;
    std::string text = fmt::format("## {} weights from {}\n\n",
                                   plan.target == Target::kSafetensors ? "safetensors" : name_of(framework_of(plan.target)),
                                   plan.source == framework_of(plan.target) ? conversion.source_format : name_of(plan.source));
    const auto moved = std::ranges::count_if(plan.rows, [](const PlanRow& row) { return !row.axes.empty(); });
    text += fmt::format("{} tensors, {} of them with their axes in another order", mapped(plan), moved);
    for (const auto& [change, count] : plan.dtype_changes()) text += fmt::format(", {} {}", count, change);
    text += ".\n\n" + proofs(conversion);
    list(text, "Files", lines_of(conversion.files, code));
    list(text, "Notes", plan.notes);
    list(text, "Unexpected: no place in the target", lines_of(plan.unexpected, code));
    list(text, "Of another shape", lines_of(plan.mismatched, [](const MismatchedName& wrong) {
             return fmt::format("{} {}: {}", code(wrong.name), describe(wrong.shape), wrong.expected);
         }));
    list(text, "Missing", lines_of(plan.missing, code));
    std::vector<std::string> guesses;
    for (const PlanRow& row : plan.rows) {
        if (row.guessed) guesses.push_back(fmt::format("{} as {}", code(row.source_name), code(row.target_name)));
    }
    list(text, "Guessed names: please check", guesses);
    list(text, "Tied",
         lines_of(plan.tied, [](const TiedName& tied) { return fmt::format("{} is {}", code(tied.name), code(tied.same_as)); }));
    list(text, "Dropped", lines_of(plan.dropped, [](const DroppedName& dropped) {
             return fmt::format("{}: {}", code(dropped.name), dropped.reason);
         }));
    return text;
}

}  // namespace mirfa::checkpoint
