// SPDX-License-Identifier: Apache-2.0
// Converting a repository's weights for another framework: a job that opens a pull request with the new files.
#pragma once

#include "hub/jobs/runner.h"

namespace mirfa::hub {

struct WantedConversion {
    std::string to;                 ///< safetensors, pt, tf, flax or gguf
    std::string revision = "main";  ///< branch, tag or commit
    std::string dtype = "keep";     ///< keep, f32, f16, bf16; q8_0 for gguf
    bool general_rules = false;     ///< convert unknown architectures too, every guess marked in the report
};

/// Begins the job, or joins the one that does the same already.
/// Fails: kInvalidArgument for an unknown word; kNotFound/kRevisionNotFound; kNotFound when there are no weights that could be
/// converted; kAlreadyExists when the revision holds such weights already; kForbidden where no pull requests are taken;
/// kTooManyRequests.
Result<Job> begin_conversion(Hub& hub, const Principal& who, const catalog::Repository& repo, const WantedConversion& wanted);

/// What could be made of the weights at the top of a revision.
struct PossibleConversion {
    std::string_view to;                ///< a target
    std::optional<std::string> there;   ///< the first file of such weights that the revision has already
    std::optional<std::string> source;  ///< the first file that would be read; nothing when there is nothing to convert
};
/// One for each target, in the order in which loaders prefer them. Fails: kNotFound/kRevisionNotFound.
Result<std::vector<PossibleConversion>> list_conversions(Hub& hub, const catalog::Repository& repo, const std::string& revision);

inline constexpr std::string_view kConvertKind = "convert";
/// Result: `{"pullRequest": N, "commit": "…", "files": ["tf_model.h5"], "report": true}`; `report`: load_job_report has one.
/// Needs HubOptions::program.
Result<std::string> run_conversion(JobContext& context);

}  // namespace mirfa::hub
