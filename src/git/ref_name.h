// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace mirfa::git {

/// What git accepts after `refs/heads/` or `refs/tags/` (git check-ref-format), not longer than 255 octets, not
/// beginning with `refs/`, and not 40 hex digits of either case. Fails: kInvalidArgument.
Result<void> check_branch_or_tag_name(std::string_view name);
/// A full ref name: `refs/` and what git accepts, with room for a branch name of 255 octets behind a prefix.
Result<void> check_ref_name(std::string_view name);

/// 40 hex digits, lower case.
bool is_commit_id(std::string_view text);
/// 4 to 40 hex digits, lower case.
bool is_short_commit_id(std::string_view text);

}  // namespace mirfa::git
