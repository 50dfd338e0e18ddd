// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "catalog/repos.h"
#include "catalog/tokens.h"

namespace mirfa::hub {

using catalog::RowId;

/// One line of a fine-grained token: what it may do on a repository, or on everything of an owner.
struct Scope {
    std::string entity_type;               ///< model, dataset, space: one repository; user, org: all of that owner
    std::string entity_name;               ///< owner/name, or owner; compared without regard to case
    std::vector<std::string> permissions;  ///< repo.content.read, repo.write, discussion.write, repo.admin
};

/// Scopes as kept with the token: `{"scoped":[{"entity":{"type","name"},"permissions":[…]}],"global":[…]}`.
/// Fails: kInvalidArgument naming the unknown type or permission.
Result<std::vector<Scope>> parse_scopes(std::string_view json);
std::string write_scopes(const std::vector<Scope>& scopes);

enum class PrincipalKind {
    kAnonymous,
    kSession,   ///< a signed-in browser
    kToken,     ///< an access token of any role
    kCasToken,  ///< handed out by a token route for one repository, minutes long
};

/// Who asks, as far as a request proves it.
struct Principal {
    PrincipalKind kind = PrincipalKind::kAnonymous;
    RowId user = 0;  ///< 0: anonymous
    std::string name;
    bool is_admin = false;  ///< administrator of the whole hub
    std::string address;    ///< where the request came from, for the audit table; empty: it came from no client
    // kToken
    RowId token = 0;
    std::string token_name;
    catalog::TokenRole token_role = catalog::TokenRole::kRead;
    std::vector<Scope> scopes;
    std::optional<UnixMillis> expires;  ///< from then on the token opens nothing
    // kCasToken
    RowId bound_repo = 0;
    bool bound_write = false;
    // kSession
    Sha256 session;

    bool is_anonymous() const { return user == 0 && kind == PrincipalKind::kAnonymous; }
    /// For the request log and the audit table.
    std::string label() const;
};

}  // namespace mirfa::hub
