// SPDX-License-Identifier: Apache-2.0
// Our own program at work on a job's files: what a broken file does to it is not done to the hub.
#pragma once

#include "hub/jobs/runner.h"

namespace mirfa::hub {

struct ToolRun {
    std::vector<std::string> arguments;  ///< `convert`, …; `--progress-lines` is added
    std::string_view step;               ///< the job's step while it runs
    std::string_view failed;             ///< a sentence for an end without a word: `The weights could not be converted.`
    std::size_t max_answer = 0;          ///< octets of a last line that is its answer; 0: it gives none
};

/// Runs HubOptions::program in the job's folder with a limit on time and memory. Its lines `DONE ALL` become the job's progress.
/// Gives: its last line that is none of them.
/// Fails: kInvalidArgument with what the program said; kUnsupported without a program; kTooLarge; kTimedOut; kUnavailable when
/// stopped.
Result<std::string> run_tool(JobContext& context, const ToolRun& run);

}  // namespace mirfa::hub
