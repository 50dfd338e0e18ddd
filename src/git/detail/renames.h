// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/diff.h"

namespace mirfa::git::detail {

/// Joins a deleted and an added file into one renamed file where their contents are equal or alike.
Result<void> join_renames(ObjectSource& source, std::vector<Change>& changes);

}  // namespace mirfa::git::detail
