// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

/// A link with which somebody may make an account of their own; only the hash of its secret is kept.
struct Invitation {
    RowId id = 0;
    std::string note;     ///< for the administrators: whom it is for
    std::string creator;  ///< name of the administrator who made it
    UnixMillis created = 0;
    UnixMillis expires = 0;
    std::int64_t uses = 0;
    std::int64_t max_uses = 1;
};

Result<void> insert_invitation(Session&, const Invitation& invitation, const Sha256& hash);
/// Newest first.
Result<std::vector<Invitation>> list_invitations(Session&, int limit);
Result<std::int64_t> count_invitations(Session&);
/// One that is not over and not used up.
Result<std::optional<Invitation>> find_open_invitation(Session&, const Sha256& hash, UnixMillis now);
/// Counts one use of it. Gives false when it is over or used up.
Result<bool> use_invitation(Session&, RowId id, UnixMillis now);
Result<bool> delete_invitation(Session&, RowId id);

}  // namespace mirfa::catalog
