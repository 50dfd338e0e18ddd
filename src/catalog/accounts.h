// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

enum class OwnerKind { kUser = 1, kOrganization = 2, kDeleted = 3 };
enum class OrgRole { kNone = 0, kRead = 1, kContributor = 2, kWrite = 3, kAdmin = 4 };

/// A user or an organisation: whoever can own repositories.
struct Owner {
    RowId id = 0;
    OwnerKind kind = OwnerKind::kUser;
    std::string name;
    std::string fullname;
    UnixMillis created = 0;
};

struct User {
    Owner owner;
    std::string email;
    std::string password_hash;
    bool is_admin = false;
};

struct Membership {
    Owner owner;  ///< the organisation, or the member, whichever was not asked by
    OrgRole role = OrgRole::kNone;
};

/// Names are compared without regard to case (ASCII). Deleted owners are found too, as kDeleted.
Result<std::optional<Owner>> find_owner(Session&, std::string_view name);
Result<std::optional<Owner>> find_owner_by_id(Session&, RowId id);
Result<std::optional<User>> find_user(Session&, std::string_view name);
Result<std::optional<User>> find_user_by_id(Session&, RowId id);
Result<std::optional<User>> find_user_by_email(Session&, std::string_view email);
/// By name after `after`, at most `limit`.
Result<std::vector<User>> list_users(Session&, std::string_view after, int limit);
Result<std::vector<Owner>> list_organizations(Session&, std::string_view after, int limit);
Result<std::int64_t> count_users(Session&);
Result<std::int64_t> count_admins(Session&);

/// Fails: kAlreadyExists when the name (also of a deleted owner) or the e-mail address is taken.
Result<void> insert_user(Session&, const User& user);
Result<void> insert_organization(Session&, const Owner& owner);
Result<void> update_password(Session&, RowId user, std::string_view password_hash);
Result<void> update_profile(Session&, RowId owner, std::string_view fullname);
Result<void> update_admin(Session&, RowId user, bool is_admin);
/// The row stays as kDeleted so that the name is not given to another; account, memberships, tokens, sessions go.
Result<void> delete_owner(Session&, RowId id);

Result<OrgRole> role_of(Session&, RowId org, RowId user);
Result<void> put_member(Session&, RowId org, RowId user, OrgRole role, UnixMillis now);
Result<bool> delete_member(Session&, RowId org, RowId user);
Result<std::vector<Membership>> organizations_of(Session&, RowId user);
Result<std::vector<Membership>> members_of(Session&, RowId org);

}  // namespace mirfa::catalog
