// SPDX-License-Identifier: Apache-2.0
#include "hub/large/locks.h"

#include "base/random.h"
#include "hub/access/permission.h"

namespace mirfa::hub {

using catalog::Session;

Result<LockOutcome> lock_path(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string path,
                              std::string ref) {
    const LfsLock lock{new_row_id(), repo.id, std::move(path), std::move(ref), who.user, who.name, hub.clock.now()};
    const auto made = hub.catalog.write([&](Session& s) { return catalog::insert_lock(s, lock); });
    if (made.has_value()) return LockOutcome{lock, true};
    if (made.error().code != Code::kAlreadyExists) return made.error();
    TRY(auto existing, list_locks(hub, repo, {.path = lock.path}));
    if (existing.empty()) return made.error();
    return LockOutcome{std::move(existing[0]), false};
}

Result<std::vector<LfsLock>> list_locks(Hub& hub, const catalog::Repository& repo, const LockQuery& query) {
    return hub.catalog.read([&](Session& s) { return catalog::list_locks(s, repo.id, query); });
}

Result<LfsLock> unlock(Hub& hub, const catalog::Repository& repo, const Principal& who, catalog::RowId id, bool force) {
    return hub.catalog.write([&](Session& s) -> Result<LfsLock> {
        TRY(auto found, catalog::list_locks(s, repo.id, {.id = id}));
        if (id == 0 || found.empty()) return Error{Code::kNotFound, "There is no such lock."};
        const bool own = found[0].user == who.user;
        if (!own && !force)
            return Error{Code::kForbidden,
                         "The lock belongs to " + found[0].user_name + ". Use --force if you administer the repository."};
        if (!own) TRY(require(s, who, repo, Action::kAdminister));
        TRY(catalog::delete_lock(s, repo.id, id));
        return std::move(found[0]);
    });
}

}  // namespace mirfa::hub
