// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/locks.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

using catalog::LfsLock;
using catalog::LockQuery;

/// What came of asking for a lock: ours, or the one that was there.
struct LockOutcome {
    LfsLock lock;
    bool is_new = false;
};
Result<LockOutcome> lock_path(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string path, std::string ref);
Result<std::vector<LfsLock>> list_locks(Hub& hub, const catalog::Repository& repo, const LockQuery& query);
/// Another's lock is taken away only by force, and only by who administers the repository.
/// Fails: kNotFound; kForbidden.
Result<LfsLock> unlock(Hub& hub, const catalog::Repository& repo, const Principal& who, catalog::RowId id, bool force);

}  // namespace mirfa::hub
