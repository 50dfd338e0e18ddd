// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

enum class TokenRole { kRead = 1, kWrite = 2, kFineGrained = 3 };

/// An access token; only the hash of it is kept.
struct AccessToken {
    RowId id = 0;
    RowId user = 0;
    std::string name;
    TokenRole role = TokenRole::kRead;
    std::string scopes;  ///< JSON, for kFineGrained
    UnixMillis created = 0;
    std::optional<UnixMillis> last_used = {};
    std::optional<UnixMillis> expires = {};
};

Result<std::optional<AccessToken>> find_token(Session&, const Sha256& hash);
Result<std::optional<AccessToken>> find_token_by_refresh(Session&, const Sha256& refresh_hash);
Result<std::vector<AccessToken>> tokens_of(Session&, RowId user);
Result<void> insert_token(Session&, const AccessToken& token, const Sha256& hash, const std::optional<Sha256>& refresh_hash);
/// A refresh: the row keeps its id and name and gets new hashes and a new end.
Result<void> replace_token(Session&, RowId id, const Sha256& hash, const Sha256& refresh_hash, UnixMillis expires);
Result<bool> delete_token(Session&, RowId user, std::string_view name);
Result<bool> delete_token_by_id(Session&, RowId user, RowId id);
Result<void> touch_token(Session&, RowId id, UnixMillis now);

enum class DeviceState { kWaiting = 1, kApproved = 2, kDenied = 3 };

/// An OAuth device authorisation (RFC 8628) between `hf auth login` and its approval in a browser.
struct DeviceGrant {
    Sha256 device_hash;
    std::string user_code;
    std::string client_id;
    DeviceState state = DeviceState::kWaiting;
    std::optional<RowId> user;
    UnixMillis created = 0;
    UnixMillis expires = 0;
    UnixMillis last_poll = 0;
};

Result<void> insert_device_grant(Session&, const DeviceGrant& grant);
Result<std::optional<DeviceGrant>> find_device_grant(Session&, const Sha256& device_hash);
Result<std::optional<DeviceGrant>> find_device_grant_by_code(Session&, std::string_view user_code);
Result<bool> decide_device_grant(Session&, std::string_view user_code, DeviceState state, RowId user);
Result<void> poll_device_grant(Session&, const Sha256& device_hash, UnixMillis now);
Result<bool> delete_device_grant(Session&, const Sha256& device_hash);
Result<std::int64_t> count_device_grants(Session&);
Result<void> delete_expired(Session&, UnixMillis now);

/// A signed-in browser.
struct WebSession {
    Sha256 hash;
    RowId user = 0;
    UnixMillis created = 0;
    UnixMillis last_used = 0;
    UnixMillis expires = 0;
    std::string agent;
};

Result<void> insert_web_session(Session&, const WebSession& session);
Result<std::optional<WebSession>> find_web_session(Session&, const Sha256& hash);
/// Those that are not over, newest first.
Result<std::vector<WebSession>> web_sessions_of(Session&, RowId user, UnixMillis now);
Result<void> delete_web_session(Session&, const Sha256& hash);
Result<void> delete_web_sessions_of(Session&, RowId user);

/// Failed sign-ins counted under a key (`account:NAME` or `address:IP`).
struct LoginFailures {
    std::int64_t count = 0;
    UnixMillis last = 0;
};
Result<LoginFailures> login_failures(Session&, std::string_view key);
Result<void> add_login_failure(Session&, std::string_view key, UnixMillis now);
Result<void> clear_login_failures(Session&, std::string_view key);

}  // namespace mirfa::catalog
