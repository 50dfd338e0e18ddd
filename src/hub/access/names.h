// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace mirfa::hub {

/// Name rules of hub-api R 1.2: ASCII letters, digits, `-`, `_`, `.`; 1 to 96 characters; no `-` or `.` at the ends, no
/// `--`, no `..`, not ending in `.git` or `.ipynb`. Fails: kInvalidArgument/kNameInvalid saying which rule is broken.
Result<void> check_repo_name(std::string_view name);
/// The same for users and organisations, and not one of the names that are or may become paths of the site.
/// Fails: also kInvalidArgument/kNameReserved.
Result<void> check_owner_name(std::string_view name);
bool is_reserved_name(std::string_view name);

}  // namespace mirfa::hub
