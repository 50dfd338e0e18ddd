// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace mirfa::git::detail {

/// libgit2 wants to be started before its first use, once. Cheap to repeat. Threads: any.
void start_libgit2();
/// The error of the last call on this thread, which stays in the log.
Error libgit2_error(std::string_view what);

}  // namespace mirfa::git::detail
