// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "checkpoint/convert.h"
#include "checkpoint/report.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress_bar.h"
#include "cli/run_app.h"
#include "cli/size_text.h"
#include "cli/weights_source.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
using namespace checkpoint;

struct ConvertWords {
    std::string source;
    std::string destination;
    std::string to;
    std::string dtype = "keep";
    std::string shard_size = "5GB";
    std::vector<std::string> reports;
    bool dry_run = false;
    bool general_rules = false;
    bool allow_missing = false;
    bool json = false;
    std::string token;
    bool progress_lines = false;  // for programs that run this one
};

std::string arrow(const PlanRow& row) {
    std::string text = printable(row.source ? row.source_name : "zero") + " -> " + printable(row.target_name) + " " +
                       checkpoint::describe(row.shape);
    if (!row.axes.empty()) text += ", axes moved from " + checkpoint::describe(row.source_shape);
    if (row.type() != row.source_type())
        text += ", " + printable(std::string(row.source_type())) + " as " + std::string(row.type());
    if (!row.same_as.empty()) text += ", shared with " + printable(row.same_as);
    if (row.guessed) text += ", GUESSED";
    return text;
}

Result<void> write_reports(const ConvertWords& words, const Conversion& conversion) {
    for (const std::string& path : words.reports) {
        const bool markdown = path.ends_with(".md");
        TRY(write_small_file(path,
                             markdown ? report_markdown(conversion, TensorTable::kFolded) : report_json(conversion) + "\n"));
    }
    return ok();
}

int dry_run(const ConvertWords& words, const ConvertOptions& options) {
    const auto planned = plan_conversion(words.source, options);
    if (!planned.has_value()) return fail(planned.error());
    const Conversion& conversion = planned.value();
    if (words.json) {
        say(report_json(conversion));
    } else {
        for (const PlanRow& row : conversion.plan.rows) say(arrow(row));
        say("\n" + report_markdown(conversion, TensorTable::kLeftOut));
    }
    if (const auto written = write_reports(words, conversion); !written.has_value()) return fail(written.error());
    if (const auto checked = check_plan(conversion.plan); !checked.has_value()) return fail(checked.error());
    return kOk;
}

int run(ConvertWords& words) {
    ConvertOptions options;
    // Both were checked against the list when the line was parsed.
    options.target = find_target(words.to).value_or(Target::kSafetensors);
    options.plan.dtype = find_float_type(words.dtype).value_or(FloatType::kKeep);
    options.plan.general_rules = words.general_rules;
    options.plan.allow_missing = words.allow_missing;
    options.hash_source = !words.reports.empty();
    const auto shard = parse_size_text(words.shard_size);
    if (!shard.has_value()) {
        warn("Error: --shard-size: " + shard.error().message);
        return kUsage;
    }
    options.shard_bytes = shard.value();
    if (words.destination.empty() && !words.dry_run) {
        warn("Error: say where to write: mirfa convert SRC DST --to " + words.to);
        return kUsage;
    }
    const auto source =
        find_weights(words.source, {.companions = true, .quiet = words.json || words.progress_lines, .token = words.token});
    if (!source) return was_interrupted() ? kInterrupted : fail(source.failure());
    words.source = source->string();
    if (words.dry_run) return dry_run(words, options);
    std::unique_ptr<ProgressBar> bar;
    if (words.progress_lines) {
        options.progress = [](std::uint64_t done, std::uint64_t all) { say_progress(done, all); };
        options.hash_source = false;
    } else {
        bar = std::make_unique<ProgressBar>("Converting", std::nullopt);
        options.progress = steps_of(*bar);
    }
    options.stopped = [&stop = stop_on_interrupt()] { return stop.load(); };
    const auto converted = convert_checkpoint(words.source, words.destination, options);
    bar.reset();
    if (!converted.has_value() && was_interrupted()) return kInterrupted;
    if (!converted.has_value()) return fail(converted.error());
    if (!words.progress_lines)
        say(words.json ? report_json(converted.value()) : report_markdown(converted.value(), TensorTable::kLeftOut));
    if (const auto written = write_reports(words, converted.value()); !written.has_value()) return fail(written.error());
    return kOk;
}

}  // namespace

void describe_convert(CLI::App& app) {
    const auto words = std::make_shared<ConvertWords>();
    app.add_option("SRC", words->source, kWeightsHelp)->required();
    app.add_option("DST", words->destination, "The folder to write into; may be the same");
    app.add_option("--to", words->to, "What to write")
        ->required()
        ->check(CLI::IsMember({"pt", "safetensors", "tf", "flax", "gguf"}));
    app.add_option("--dtype", words->dtype, "Type of floating numbers; q8_0 for GGUF only")
        ->check(CLI::IsMember({"keep", "f32", "bf16", "f16", "q8_0"}))
        ->capture_default_str();
    app.add_option("--shard-size", words->shard_size, "Most octets of tensors in one file, as 500MB or 5GB")
        ->capture_default_str();
    app.add_flag("--dry-run", words->dry_run, "Show what would be done, and write nothing");
    app.add_flag("--general-rules", words->general_rules, "Guess names that are not known; the report marks them");
    app.add_flag("--allow-missing", words->allow_missing, "Convert a checkpoint that lacks tensors");
    app.add_option("--report", words->reports,
                   "Write a report there: JSON, or Markdown when the name ends in .md. May be repeated")
        ->allow_extra_args(false);
    app.add_flag("--json", words->json, "Print the report as JSON");
    app.add_option("--token", words->token, "Use this access token");
    app.add_flag("--progress-lines", words->progress_lines,
                 "Print only lines DONE ALL, in octets, for a program that reads them");
    does(app, [words] { return run(*words); });
}

}  // namespace mirfa::cli
