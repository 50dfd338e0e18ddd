// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/tree.h"

namespace mirfa::git {

/// Every file and folder that differs between two trees (nothing stands for the empty tree); equal subtrees are not read.
Result<std::vector<std::string>> changed_paths(ObjectSource& source, const std::optional<ObjectId>& before,
                                               const ObjectId& after);

}  // namespace mirfa::git
