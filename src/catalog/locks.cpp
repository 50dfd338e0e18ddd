// SPDX-License-Identifier: Apache-2.0
#include "catalog/locks.h"

namespace mirfa::catalog {
namespace {

const Statement kInsert("INSERT INTO lfs_lock (id, repo_id, path, ref, user_id, created) VALUES ($1, $2, $3, $4, $5, $6)");
const Statement kList(
    "SELECT l.id, l.repo_id, l.path, l.ref, l.user_id, o.name, l.created FROM lfs_lock l "
    "JOIN owner o ON o.id = l.user_id WHERE l.repo_id = $1 AND l.id > $2 AND ($3 = '' OR l.path = $3) "
    "AND ($4 = 0 OR l.id = $4) ORDER BY l.id LIMIT $5");
const Statement kDelete("DELETE FROM lfs_lock WHERE repo_id = $1 AND id = $2");

}  // namespace

Result<void> insert_lock(Session& session, const LfsLock& lock) {
    TRY(session.change(kInsert, {lock.id, lock.repo, lock.path, lock.ref, lock.user, lock.created}));
    return ok();
}
Result<std::vector<LfsLock>> list_locks(Session& session, RowId repo, const LockQuery& query) {
    return list_rows(session, kList, {repo, query.after, query.path.value_or(""), query.id.value_or(0), query.limit},
                     [](const Row& row) {
                         return LfsLock{row.integer(0), row.integer(1), row.string(2), row.string(3),
                                        row.integer(4), row.string(5),  row.integer(6)};
                     });
}
Result<bool> delete_lock(Session& session, RowId repo, RowId id) {
    TRY(const auto changed, session.change(kDelete, {repo, id}));
    return changed > 0;
}

}  // namespace mirfa::catalog
