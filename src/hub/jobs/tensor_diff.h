// SPDX-License-Identifier: Apache-2.0
// What differs between the weights of two revisions, tensor by tensor.
#pragma once

#include "hub/jobs/runner.h"

namespace mirfa::hub {

struct WantedTensorDiff {
    std::string base;  ///< branch, tag or commit
    std::string head;
};

/// Begins the job, or joins the one that does the same already.
/// Fails: kInvalidArgument for a revision that is not named; kNotFound/kRevisionNotFound; kNotFound when a revision has no
/// weights at its top; kForbidden; kTooManyRequests.
Result<Job> begin_tensor_diff(Hub& hub, const Principal& who, const catalog::Repository& repo, const WantedTensorDiff& wanted);

inline constexpr std::string_view kTensorDiffKind = "tensor-diff";
/// Result: the JSON of docs/api/README.md "tensor-diff", below kMaxTensorDiff octets. Needs HubOptions::program.
Result<std::string> run_tensor_diff(JobContext& context);
inline constexpr std::size_t kMaxTensorDiff = 4u << 20;

}  // namespace mirfa::hub
