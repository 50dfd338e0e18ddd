// SPDX-License-Identifier: Apache-2.0
#include "catalog/tokens.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_TOKEN_COLUMNS "id, user_id, name, role, scopes, created, last_used, expires"
#define MIRFA_GRANT_COLUMNS "device_hash, user_code, client_id, state, user_id, created, expires, last_poll"

const Statement kFindToken("SELECT " MIRFA_TOKEN_COLUMNS " FROM access_token WHERE hash = $1");
const Statement kFindByRefresh("SELECT " MIRFA_TOKEN_COLUMNS " FROM access_token WHERE refresh_hash = $1");
const Statement kTokensOf("SELECT " MIRFA_TOKEN_COLUMNS " FROM access_token WHERE user_id = $1 ORDER BY id");
const Statement kInsertToken(
    "INSERT INTO access_token (id, user_id, name, role, scopes, hash, created, expires, refresh_hash) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
const Statement kReplaceToken("UPDATE access_token SET hash = $2, refresh_hash = $3, expires = $4 WHERE id = $1");
const Statement kDeleteToken("DELETE FROM access_token WHERE user_id = $1 AND name = $2");
const Statement kDeleteTokenById("DELETE FROM access_token WHERE user_id = $1 AND id = $2");
const Statement kTouchToken("UPDATE access_token SET last_used = $2 WHERE id = $1");
const Statement kInsertGrant("INSERT INTO device_grant (" MIRFA_GRANT_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
const Statement kFindGrant("SELECT " MIRFA_GRANT_COLUMNS " FROM device_grant WHERE device_hash = $1");
const Statement kFindGrantByCode("SELECT " MIRFA_GRANT_COLUMNS " FROM device_grant WHERE user_code = $1");
const Statement kDecideGrant("UPDATE device_grant SET state = $2, user_id = $3 WHERE user_code = $1 AND state = 1");
const Statement kPollGrant("UPDATE device_grant SET last_poll = $2 WHERE device_hash = $1");
const Statement kDeleteGrant("DELETE FROM device_grant WHERE device_hash = $1");
const Statement kCountGrants("SELECT COUNT(*) FROM device_grant");
const Statement kDeleteOldGrants("DELETE FROM device_grant WHERE expires < $1");
const Statement kDeleteOldSessions("DELETE FROM web_session WHERE expires < $1");
const Statement kDeleteOldFailures("DELETE FROM login_failure WHERE last < $1");
const Statement kInsertSession(
    "INSERT INTO web_session (hash, user_id, created, last_used, expires, agent) VALUES ($1, $2, $3, $4, $5, $6)");
const Statement kFindSession("SELECT hash, user_id, created, last_used, expires, agent FROM web_session WHERE hash = $1");
const Statement kSessionsOf(
    "SELECT hash, user_id, created, last_used, expires, agent FROM web_session WHERE user_id = $1 AND expires > $2 "
    "ORDER BY created DESC, hash LIMIT 1000");
const Statement kDeleteSession("DELETE FROM web_session WHERE hash = $1");
const Statement kDeleteSessionsOf("DELETE FROM web_session WHERE user_id = $1");
const Statement kFailures("SELECT count, last FROM login_failure WHERE key = $1");
const Statement kAddFailure(
    "INSERT INTO login_failure (key, count, last) VALUES ($1, 1, $2) "
    "ON CONFLICT (key) DO UPDATE SET count = login_failure.count + 1, last = excluded.last");
const Statement kClearFailures("DELETE FROM login_failure WHERE key = $1");

constexpr UnixMillis kFailuresKept = 24 * 3600 * 1000;

AccessToken token_of(const Row& row) {
    return {row.integer(0), row.integer(1), row.string(2),           static_cast<TokenRole>(row.integer(3)),
            row.string(4),  row.integer(5), row.optional_integer(6), row.optional_integer(7)};
}
DeviceGrant grant_of(const Row& row) {
    return {row.fixed<Sha256>(0),    row.string(1),  row.string(2),  static_cast<DeviceState>(row.integer(3)),
            row.optional_integer(4), row.integer(5), row.integer(6), row.integer(7)};
}
WebSession session_of(const Row& row) {
    return {row.fixed<Sha256>(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4), row.string(5)};
}

}  // namespace

Result<std::optional<AccessToken>> find_token(Session& session, const Sha256& hash) {
    return find_row(session, kFindToken, {hash}, token_of);
}
Result<std::optional<AccessToken>> find_token_by_refresh(Session& session, const Sha256& refresh_hash) {
    return find_row(session, kFindByRefresh, {refresh_hash}, token_of);
}
Result<std::vector<AccessToken>> tokens_of(Session& session, RowId user) {
    return list_rows(session, kTokensOf, {user}, token_of);
}
Result<void> insert_token(Session& session, const AccessToken& token, const Sha256& hash,
                          const std::optional<Sha256>& refresh_hash) {
    TRY(session.change(kInsertToken, {token.id, token.user, token.name, static_cast<int>(token.role), token.scopes, hash,
                                      token.created, token.expires, refresh_hash}));
    return ok();
}
Result<void> replace_token(Session& session, RowId id, const Sha256& hash, const Sha256& refresh_hash, UnixMillis expires) {
    TRY(session.change(kReplaceToken, {id, hash, refresh_hash, expires}));
    return ok();
}
Result<bool> delete_token(Session& session, RowId user, std::string_view name) {
    TRY(const auto changed, session.change(kDeleteToken, {user, name}));
    return changed > 0;
}
Result<bool> delete_token_by_id(Session& session, RowId user, RowId id) {
    TRY(const auto changed, session.change(kDeleteTokenById, {user, id}));
    return changed > 0;
}
Result<void> touch_token(Session& session, RowId id, UnixMillis now) {
    TRY(session.change(kTouchToken, {id, now}));
    return ok();
}

Result<void> insert_device_grant(Session& session, const DeviceGrant& grant) {
    TRY(session.change(kInsertGrant, {grant.device_hash, grant.user_code, grant.client_id, static_cast<int>(grant.state),
                                      grant.user, grant.created, grant.expires, grant.last_poll}));
    return ok();
}
Result<std::optional<DeviceGrant>> find_device_grant(Session& session, const Sha256& device_hash) {
    return find_row(session, kFindGrant, {device_hash}, grant_of);
}
Result<std::optional<DeviceGrant>> find_device_grant_by_code(Session& session, std::string_view user_code) {
    return find_row(session, kFindGrantByCode, {user_code}, grant_of);
}
Result<bool> decide_device_grant(Session& session, std::string_view user_code, DeviceState state, RowId user) {
    TRY(const auto changed, session.change(kDecideGrant, {user_code, static_cast<int>(state), user}));
    return changed > 0;
}
Result<void> poll_device_grant(Session& session, const Sha256& device_hash, UnixMillis now) {
    TRY(session.change(kPollGrant, {device_hash, now}));
    return ok();
}
Result<bool> delete_device_grant(Session& session, const Sha256& device_hash) {
    TRY(const auto changed, session.change(kDeleteGrant, {device_hash}));
    return changed > 0;
}
Result<std::int64_t> count_device_grants(Session& session) {
    TRY(const auto found, find_row(session, kCountGrants, {}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}
Result<void> delete_expired(Session& session, UnixMillis now) {
    TRY(session.change(kDeleteOldGrants, {now}));
    TRY(session.change(kDeleteOldSessions, {now}));
    TRY(session.change(kDeleteOldFailures, {now - kFailuresKept}));
    return ok();
}

Result<void> insert_web_session(Session& session, const WebSession& made) {
    TRY(session.change(kInsertSession, {made.hash, made.user, made.created, made.last_used, made.expires, made.agent}));
    return ok();
}
Result<std::optional<WebSession>> find_web_session(Session& session, const Sha256& hash) {
    return find_row(session, kFindSession, {hash}, session_of);
}
Result<std::vector<WebSession>> web_sessions_of(Session& session, RowId user, UnixMillis now) {
    return list_rows(session, kSessionsOf, {user, now}, session_of);
}
Result<void> delete_web_session(Session& session, const Sha256& hash) {
    TRY(session.change(kDeleteSession, {hash}));
    return ok();
}
Result<void> delete_web_sessions_of(Session& session, RowId user) {
    TRY(session.change(kDeleteSessionsOf, {user}));
    return ok();
}

Result<LoginFailures> login_failures(Session& session, std::string_view key) {
    TRY(const auto found, find_row(session, kFailures, {key}, [](const Row& row) {
            return LoginFailures{row.integer(0), row.integer(1)};
        }));
    return found.value_or(LoginFailures{});
}
Result<void> add_login_failure(Session& session, std::string_view key, UnixMillis now) {
    TRY(session.change(kAddFailure, {key, now}));
    return ok();
}
Result<void> clear_login_failures(Session& session, std::string_view key) {
    TRY(session.change(kClearFailures, {key}));
    return ok();
}

}  // namespace mirfa::catalog
