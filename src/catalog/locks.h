// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

/// A git-lfs lock on a path.
struct LfsLock {
    RowId id = 0;
    RowId repo = 0;
    std::string path;
    std::string ref;
    RowId user = 0;
    std::string user_name;
    UnixMillis created = 0;
};

struct LockQuery {
    std::optional<std::string> path;
    std::optional<RowId> id;
    RowId after = 0;
    int limit = 100;
};

/// Fails: kAlreadyExists when the path is locked.
Result<void> insert_lock(Session&, const LfsLock& lock);
Result<std::vector<LfsLock>> list_locks(Session&, RowId repo, const LockQuery& query);
Result<bool> delete_lock(Session&, RowId repo, RowId id);

}  // namespace mirfa::catalog
