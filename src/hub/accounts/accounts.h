// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/secret.h"
#include "catalog/accounts.h"
#include "hub/accounts/audit.h"

namespace mirfa::hub {

/// Users and organisations. These functions do what they are told: that `by` may do it was decided by the caller (the
/// administration program, or a page that only changes the account it is signed in to).
/// Every change writes its line into the audit table. Names are found without regard to case.

struct NewUser {
    std::string name;
    std::string email;
    Secret password;
    std::string fullname = {};  ///< empty: the name
    bool is_admin = false;
};

/// Fails: kInvalidArgument naming the rule (names.h, e-mail, password) and the member at fault; kAlreadyExists the same.
Result<catalog::User> create_user(Hub&, const Actor& by, const NewUser&);
/// Checks everything about a new user that can be known without the catalog, and hashes the password.
Result<catalog::User> prepare_user(Hub&, const NewUser&);
/// Stores a prepared user. Inside a write.
Result<void> insert_prepared(catalog::Session&, Hub&, const Actor& by, const catalog::User&);

/// The user named `owner` becomes its administrator. Fails: kInvalidArgument; kAlreadyExists; kNotFound.
Result<catalog::Owner> create_organization(Hub&, const Actor& by, const std::string& name, const std::string& fullname,
                                           const std::string& owner);
/// Adds, changes or (kNone) removes a member. Fails: kNotFound; kConflict when no administrator would be left.
Result<void> set_member(Hub&, const Actor& by, const std::string& org, const std::string& user, catalog::OrgRole role);

/// For the account's owner. Ends every session of the account; tokens go on.
/// Fails: kForbidden for a wrong old password; kTooManyRequests after several; kInvalidArgument for a bad new one.
Result<void> change_password(Hub&, const Actor& by, RowId user, const Secret& old_password, const Secret& new_password);
/// What an administrator changes about a user; absent parts stay.
struct UserChange {
    std::optional<bool> is_admin = {};
    std::optional<bool> disabled = {};  ///< ends every session; tokens open nothing until it is taken back
    std::optional<Secret> password = {};
};
/// All of it or nothing. Gives the user as it is then, without the password's hash.
/// Fails: kNotFound; kInvalidArgument; kConflict/kLastAdministrator; kConflict/kOwnAccount for who disables themselves.
Result<catalog::User> change_user(Hub&, const Actor& by, const std::string& user, const UserChange& change);
/// For administrators: needs no old password. Fails: kNotFound; kInvalidArgument.
Result<void> reset_password(Hub&, const Actor& by, const std::string& user, const Secret& new_password);
/// Fails: kNotFound; kConflict for the last administrator of the hub.
Result<void> set_admin(Hub&, const Actor& by, const std::string& user, bool is_admin);

/// The name is not given to another afterwards. Fails: kNotFound; kConflict while the user owns repositories, is the
/// last administrator of the hub, or the only one of an organisation.
Result<void> delete_user(Hub&, const Actor& by, const std::string& user);
/// Fails: kNotFound; kConflict while it owns repositories.
Result<void> delete_organization(Hub&, const Actor& by, const std::string& org);

/// By name, those after `after`, with `search` in name or e-mail address. Password hashes are left out.
Result<std::vector<catalog::User>> list_users(Hub&, const std::string& after, int limit, const std::string& search = "");
Result<std::vector<catalog::Owner>> list_organizations(Hub&, const std::string& after, int limit);
/// Fails: kNotFound.
Result<catalog::User> load_user(Hub&, const std::string& name);
Result<catalog::Owner> load_organization(Hub&, const std::string& name);
/// The organisation, for its administrators and those of the hub. Fails: kNotFound; kForbidden; kUnauthenticated.
Result<catalog::Owner> require_org_admin(Hub&, const Principal&, const std::string& org);
Result<std::vector<catalog::Membership>> list_members(Hub&, const std::string& org);
Result<std::vector<catalog::Membership>> list_organizations_of(Hub&, RowId user);

/// none, read, contributor, write, admin.
std::string_view name_of(catalog::OrgRole role);
/// Fails: kInvalidArgument naming the roles there are (`none` is not one).
Result<catalog::OrgRole> parse_org_role(std::string_view text);

}  // namespace mirfa::hub
