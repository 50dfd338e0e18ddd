// SPDX-License-Identifier: Apache-2.0
// Looking for what the files of a commit would run in the program that loads them.
#pragma once

#include "hub/jobs/runner.h"
#include "hub/repos/security.h"

namespace mirfa::hub {

/// Scans what of `{"commit"}` was not scanned by today's rules, wherever it stood. Result: `{"scanned": N, "issues": N}`.
Result<std::string> run_scan(JobContext& context);

}  // namespace mirfa::hub
