// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/diff.h"

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/output.h"
#include "cli/progress_bar.h"
#include "cli/run_app.h"
#include "cli/weights_source.h"

namespace mirfa::cli {
namespace {

struct DiffWords {
    std::string base;
    std::string head;
    std::string token;
    bool json = false;
    bool all = false;
    bool fail_if_different = false;
    bool progress_lines = false;  // for programs that run this one
};

int run(const DiffWords& words) {
    const bool quiet = words.json || words.progress_lines;
    const auto base = find_weights(words.base, {.quiet = quiet, .token = words.token});
    if (!base) return was_interrupted() ? kInterrupted : fail(base.failure());
    const auto head = find_weights(words.head, {.quiet = quiet, .token = words.token});
    if (!head) return was_interrupted() ? kInterrupted : fail(head.failure());
    checkpoint::DiffOptions options;
    options.with_same = words.all;
    options.stopped = [&stop = stop_on_interrupt()] { return stop.load(); };
    std::unique_ptr<ProgressBar> bar;
    if (words.progress_lines) {
        options.progress = say_progress;
    } else {
        bar = std::make_unique<ProgressBar>("Comparing", words.json ? std::optional(false) : std::nullopt);
        options.progress = steps_of(*bar);
    }
    const auto diff = checkpoint::diff_checkpoint_files(*base, *head, std::move(options));
    bar.reset();
    if (was_interrupted()) return kInterrupted;
    if (!diff.has_value()) return fail(diff.error());
    if (words.json)
        say(diff_json(diff.value()));
    else if (!words.progress_lines)
        for (const auto& line : diff_lines(diff.value())) say(printable(line));
    return words.fail_if_different && diff.value().totals.any() ? kFailed : kOk;
}

}  // namespace

void describe_diff(CLI::App& app) {
    const auto words = std::make_shared<DiffWords>();
    app.add_option("A", words->base, kWeightsHelp)->required();
    app.add_option("B", words->head, "What it is compared with, named in the same ways")->required();
    app.add_flag("--json", words->json, "Print JSON instead of a table");
    app.add_flag("--all", words->all, "List the tensors that are the same too");
    app.add_flag("--fail-if-different", words->fail_if_different, "End with the status 1 when anything differs");
    app.add_option("--token", words->token, "Use this access token");
    app.add_flag("--progress-lines", words->progress_lines,
                 "Print only lines DONE ALL, in octets, for a program that reads them; with --json the result behind them");
    does(app, [words] { return run(*words); });
}

}  // namespace mirfa::cli
