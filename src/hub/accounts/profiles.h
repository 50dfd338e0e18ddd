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

/// A list of repositories that a visitor may see, newest change first.
struct RepositoryListing {
    std::optional<RowId> owner;
    std::optional<catalog::RepoType> type;
    std::vector<std::string> search;
    std::optional<std::pair<std::int64_t, RowId>> after;  ///< `modified` and id of the last row of the page before
    int limit = 50;
};
Result<std::vector<catalog::Repository>> list_visible(Hub&, const Principal& viewer, const RepositoryListing&);

/// Whose private repositories a principal may find in lists: nobody's for tokens that are narrowed to scopes.
std::optional<RowId> list_viewer(const Principal&);

}  // namespace mirfa::hub
