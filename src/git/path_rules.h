// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace mirfa::git {

/// What a file in a repository may be called: UTF-8, 1 to 4,096 octets, parts of 1 to 255 octets, none of them `.`,
/// `..` or `.git` (in any case, nor what Windows or macOS take for it), no control characters, not absolute. Fails:
/// kInvalidArgument naming the path and the rule.
Result<void> check_path(std::string_view path);
/// One part of a path, as a tree entry holds it.
Result<void> check_entry_name(std::string_view name);

}  // namespace mirfa::git
