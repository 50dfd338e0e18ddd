// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

Result<std::optional<std::string>> find_setting(Session&, std::string_view key);
Result<void> put_setting(Session&, std::string_view key, std::string_view value);
Result<bool> delete_setting(Session&, std::string_view key);

/// A random key under which the server signs; good until it retires.
struct SigningKey {
    RowId id = 0;
    Bytes secret;
    UnixMillis created = 0;
    UnixMillis retires = 0;
};
/// Newest first.
Result<std::vector<SigningKey>> signing_keys(Session&, UnixMillis now);
Result<void> insert_signing_key(Session&, const SigningKey& key);
Result<void> delete_retired_keys(Session&, UnixMillis now);

struct AuditEvent {
    UnixMillis at = 0;
    std::string actor;
    std::string action;
    std::string target;
    std::string address;
    RowId id = 0;  ///< given by add_audit_event
};
Result<void> add_audit_event(Session&, const AuditEvent& event);
/// Newest first, those before `before`.
Result<std::vector<AuditEvent>> list_audit_events(Session&, int limit, RowId before = INT64_MAX);
/// Of the events older than `before` the `most` oldest, so that a transaction stays short.
Result<void> delete_audit_events(Session&, UnixMillis before, int most);

}  // namespace mirfa::catalog
