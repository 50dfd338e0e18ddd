// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/profiles.h"

#include <algorithm>

#include "catalog/repos.h"
#include "hub/access/permission.h"

namespace mirfa::hub {
namespace {

using catalog::OwnerKind;
using catalog::Session;

Result<std::optional<catalog::AccessToken>> token_of(Session& session, const Principal& who) {
    std::optional<catalog::AccessToken> found;
    if (who.kind != PrincipalKind::kToken) return found;
    TRY(const auto tokens, catalog::tokens_of(session, who.user));
    const auto at = std::find_if(tokens.begin(), tokens.end(), [&](const auto& token) { return token.id == who.token; });
    if (at != tokens.end()) found = *at;
    return found;
}

}  // namespace

std::optional<RowId> list_viewer(const Principal& who) {
    const bool whole_person = who.kind == PrincipalKind::kSession ||
                              (who.kind == PrincipalKind::kToken && who.token_role != catalog::TokenRole::kFineGrained);
    return whole_person ? std::optional(who.user) : std::nullopt;
}

Result<OwnAccount> load_own_account(Hub& hub, const Principal& who) {
    TRY(require_user(who));
    return hub.catalog.read([&](Session& s) -> Result<OwnAccount> {
        TRY(auto user, catalog::find_user_by_id(s, who.user));
        if (!user) return Error{Code::kNotFound, "This account has been deleted."};
        user->password_hash.clear();
        TRY(auto organizations, catalog::organizations_of(s, who.user));
        TRY(auto token, token_of(s, who));
        return OwnAccount{std::move(*user), std::move(organizations), std::move(token)};
    });
}

Result<Profile> load_profile(Hub& hub, const Principal& viewer, std::string_view name, std::optional<OwnerKind> kind) {
    return hub.catalog.read([&](Session& s) -> Result<Profile> {
        TRY(auto owner, catalog::find_owner(s, name));
        if (!owner || owner->kind == OwnerKind::kDeleted || (kind && owner->kind != *kind))
            return Error{Code::kNotFound, "There is no " +
                                              std::string(kind == OwnerKind::kUser           ? "user"
                                                          : kind == OwnerKind::kOrganization ? "organization"
                                                                                             : "user or organization") +
                                              " named \"" + std::string(name.substr(0, 100)) + "\"."};
        const bool is_user = owner->kind == OwnerKind::kUser;
        TRY(auto memberships, is_user ? catalog::organizations_of(s, owner->id) : catalog::members_of(s, owner->id));
        TRY(auto counts, catalog::count_by_type(s, owner->id, list_viewer(viewer), viewer.is_admin));
        return Profile{std::move(*owner), std::move(memberships), counts};
    });
}

}  // namespace mirfa::hub
