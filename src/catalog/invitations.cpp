// SPDX-License-Identifier: Apache-2.0
#include "catalog/invitations.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_INVITATION_COLUMNS "id, note, creator, created, expires, uses, max_uses"

const Statement kInsert("INSERT INTO invitation (" MIRFA_INVITATION_COLUMNS ", hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
const Statement kList("SELECT " MIRFA_INVITATION_COLUMNS " FROM invitation ORDER BY id DESC LIMIT $1");
const Statement kCount("SELECT COUNT(*) FROM invitation");
const Statement kFindOpen("SELECT " MIRFA_INVITATION_COLUMNS
                          " FROM invitation WHERE hash = $1 AND expires > $2 AND uses < max_uses");
const Statement kUse("UPDATE invitation SET uses = uses + 1 WHERE id = $1 AND expires > $2 AND uses < max_uses");
const Statement kDelete("DELETE FROM invitation WHERE id = $1");

Invitation invitation_of(const Row& row) {
    return {row.integer(0), row.string(1), row.string(2), row.integer(3), row.integer(4), row.integer(5), row.integer(6)};
}

}  // namespace

Result<void> insert_invitation(Session& session, const Invitation& made, const Sha256& hash) {
    TRY(session.change(kInsert, {made.id, made.note, made.creator, made.created, made.expires, made.uses, made.max_uses, hash}));
    return ok();
}
Result<std::vector<Invitation>> list_invitations(Session& session, int limit) {
    return list_rows(session, kList, {limit}, invitation_of);
}
Result<std::int64_t> count_invitations(Session& session) {
    TRY(const auto found, find_row(session, kCount, {}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}
Result<std::optional<Invitation>> find_open_invitation(Session& session, const Sha256& hash, UnixMillis now) {
    return find_row(session, kFindOpen, {hash, now}, invitation_of);
}
Result<bool> use_invitation(Session& session, RowId id, UnixMillis now) {
    TRY(const auto changed, session.change(kUse, {id, now}));
    return changed > 0;
}
Result<bool> delete_invitation(Session& session, RowId id) {
    TRY(const auto changed, session.change(kDelete, {id}));
    return changed > 0;
}

}  // namespace mirfa::catalog
