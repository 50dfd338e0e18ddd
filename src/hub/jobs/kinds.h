// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/jobs/runner.h"

namespace mirfa::hub {

/// All kinds of jobs that this program can do. A new one is a row in kinds.cpp.
std::span<const JobKind> job_kinds();

}  // namespace mirfa::hub
