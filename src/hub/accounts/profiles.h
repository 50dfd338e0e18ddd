// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/accounts.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// What somebody who is signed in is told about themselves.
struct OwnAccount {
    catalog::User user;  ///< without the password's hash
    std::vector<catalog::Membership> organizations;
    std::optional<catalog::AccessToken> token;  ///< the one the request came with
};
/// Fails: kUnauthenticated for nobody; kForbidden for a token of the chunk store.
Result<OwnAccount> load_own_account(Hub&, const Principal&);

/// What anybody is told about an owner.
struct Profile {
    catalog::Owner owner;
    std::vector<catalog::Membership> memberships;  ///< a user's organisations, an organisation's members
    catalog::TypeCounts counts;                    ///< of the repositories the viewer may see
};
/// Fails: kNotFound, for deleted owners too, and for an owner of another kind than `kind` when it is given.
Result<Profile> load_profile(Hub&, const Principal& viewer, std::string_view name, std::optional<catalog::OwnerKind> kind = {});

/// Whose private repositories a principal may find in lists: nobody's for tokens that are narrowed to scopes.
std::optional<RowId> list_viewer(const Principal&);

}  // namespace mirfa::hub
