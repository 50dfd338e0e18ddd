// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/kinds.h"

#include "hub/jobs/convert.h"
#include "hub/jobs/scan.h"
#include "hub/jobs/tensor_diff.h"

namespace mirfa::hub {
namespace {

constexpr JobKind kKinds[] = {
    {kConvertKind, run_conversion},
    {kScanKind, run_scan},
    {kTensorDiffKind, run_tensor_diff},
};

}  // namespace

std::span<const JobKind> job_kinds() { return kKinds; }

}  // namespace mirfa::hub
