// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/object.h"

namespace mirfa::hub {

/// Root tree of a commit. Fails: kCorrupt when the commit is missing.
Result<ObjectId> tree_of(git::ObjectSource& source, const ObjectId& commit);

}  // namespace mirfa::hub
