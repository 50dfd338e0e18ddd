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
    std::string bio = {};
    std::string homepage = {};  ///< an http or https address, or ""
    RowId avatar = 0;           ///< version of the picture; 0: none, a letter is drawn
};

struct User {
    Owner owner;
    std::string email;
    std::string password_hash;
    bool is_admin = false;
    bool disabled = false;  ///< signs in nowhere, and its tokens open nothing
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
/// By name after `after`, at most `limit`; `search` must be part of the name or the e-mail address, whatever the case.
Result<std::vector<User>> list_users(Session&, std::string_view after, int limit, std::string_view search = "");
Result<std::vector<Owner>> list_organizations(Session&, std::string_view after, int limit);
Result<std::int64_t> count_users(Session&);
/// Those who are not disabled.
Result<std::int64_t> count_admins(Session&);

/// Fails: kAlreadyExists when the name (also of a deleted owner) or the e-mail address is taken.
Result<void> insert_user(Session&, const User& user);
Result<void> insert_organization(Session&, const Owner& owner);
Result<void> update_password(Session&, RowId user, std::string_view password_hash);
/// Full name, bio and homepage.
Result<void> update_profile(Session&, const Owner& changed);
/// Fails: kAlreadyExists when the address is taken.
Result<void> update_email(Session&, RowId user, std::string_view email);
Result<void> update_disabled(Session&, RowId user, bool disabled);
Result<void> update_admin(Session&, RowId user, bool is_admin);
/// The row stays as kDeleted so that the name is not given to another; account, memberships, tokens, sessions go.
Result<void> delete_owner(Session&, RowId id);

/// The picture of an owner.
struct Avatar {
    RowId version = 0;
    std::string type;  ///< image/png, image/jpeg, image/gif or image/webp
    Bytes content;
};
Result<std::optional<Avatar>> find_avatar(Session&, RowId owner);
/// Replaces the one there was, in the owner's row too.
Result<void> put_avatar(Session&, RowId owner, const Avatar& avatar);
/// Gives whether there was one.
Result<bool> delete_avatar(Session&, RowId owner);

Result<OrgRole> role_of(Session&, RowId org, RowId user);
Result<void> put_member(Session&, RowId org, RowId user, OrgRole role, UnixMillis now);
Result<bool> delete_member(Session&, RowId org, RowId user);
Result<std::vector<Membership>> organizations_of(Session&, RowId user);
Result<std::vector<Membership>> members_of(Session&, RowId org);

}  // namespace mirfa::catalog
