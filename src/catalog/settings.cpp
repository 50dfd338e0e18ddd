// SPDX-License-Identifier: Apache-2.0
#include "catalog/settings.h"

#include "base/random.h"

namespace mirfa::catalog {
namespace {

const Statement kFindSetting("SELECT value FROM setting WHERE key = $1");
const Statement kPutSetting(
    "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value");
const Statement kDeleteSetting("DELETE FROM setting WHERE key = $1");
const Statement kSigningKeys(
    "SELECT id, secret, created, retires FROM signing_key WHERE retires > $1 ORDER BY created DESC, id DESC");
const Statement kInsertKey("INSERT INTO signing_key (id, secret, created, retires) VALUES ($1, $2, $3, $4)");
const Statement kDeleteRetired("DELETE FROM signing_key WHERE retires <= $1");
const Statement kAddEvent("INSERT INTO audit_event (id, at, actor, action, target, address) VALUES ($1, $2, $3, $4, $5, $6)");
const Statement kListEvents(
    "SELECT at, actor, action, target, address, id FROM audit_event WHERE id < $2 ORDER BY id DESC LIMIT $1");
const Statement kDeleteOldEvents(
    "DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event WHERE at < $1 ORDER BY at LIMIT $2)");

}  // namespace

Result<std::optional<std::string>> find_setting(Session& session, std::string_view key) {
    return find_row(session, kFindSetting, {key}, [](const Row& row) { return row.string(0); });
}
Result<void> put_setting(Session& session, std::string_view key, std::string_view value) {
    TRY(session.change(kPutSetting, {key, value}));
    return ok();
}
Result<bool> delete_setting(Session& session, std::string_view key) {
    TRY(const auto changed, session.change(kDeleteSetting, {key}));
    return changed > 0;
}
Result<std::vector<SigningKey>> signing_keys(Session& session, UnixMillis now) {
    return list_rows(session, kSigningKeys, {now}, [](const Row& row) {
        const auto secret = row.blob(1);
        return SigningKey{row.integer(0), Bytes(secret.begin(), secret.end()), row.integer(2), row.integer(3)};
    });
}
Result<void> insert_signing_key(Session& session, const SigningKey& key) {
    TRY(session.change(kInsertKey, {key.id, key.secret, key.created, key.retires}));
    return ok();
}
Result<void> delete_retired_keys(Session& session, UnixMillis now) {
    TRY(session.change(kDeleteRetired, {now}));
    return ok();
}
Result<void> add_audit_event(Session& session, const AuditEvent& event) {
    TRY(session.change(kAddEvent, {new_row_id(), event.at, event.actor, event.action, event.target, event.address}));
    return ok();
}
Result<std::vector<AuditEvent>> list_audit_events(Session& session, int limit, RowId before) {
    return list_rows(session, kListEvents, {limit, before}, [](const Row& row) {
        return AuditEvent{row.integer(0), row.string(1), row.string(2), row.string(3), row.string(4), row.integer(5)};
    });
}
Result<void> delete_audit_events(Session& session, UnixMillis before, int most) {
    TRY(session.change(kDeleteOldEvents, {before, std::int64_t{most}}));
    return ok();
}

}  // namespace mirfa::catalog
