// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/accounts.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/random.h"
#include "catalog/repos.h"
#include "hub/access/names.h"
#include "hub/access/permission.h"
#include "hub/accounts/detail/account_rules.h"
#include "hub/accounts/passwords.h"
#include "hub/accounts/sessions.h"

namespace mirfa::hub {
namespace {

using catalog::Membership;
using catalog::OrgRole;
using catalog::Owner;
using catalog::OwnerKind;
using catalog::Session;
using catalog::User;

Result<void> store_password(Session& session, Hub& hub, const Actor& by, const User& user, const std::string& hash) {
    TRY(catalog::update_password(session, user.owner.id, hash));
    TRY(catalog::delete_web_sessions_of(session, user.owner.id));
    return audit(session, hub, by, "password.change", user.owner.name);
}

Result<void> store_disabled(Session& session, Hub& hub, const Actor& by, User& user, bool disabled) {
    if (disabled && ascii_iequals(by.name, user.owner.name))
        return Error{Code::kConflict, "You cannot disable your own account.", Reason::kOwnAccount};
    if (disabled) TRY(check_may_stop_administering(session, user));
    user.disabled = disabled;
    TRY(catalog::update_disabled(session, user.owner.id, disabled));
    if (disabled) TRY(catalog::delete_web_sessions_of(session, user.owner.id));
    return audit(session, hub, by, disabled ? "user.disable" : "user.enable", user.owner.name);
}

Result<void> store_admin(Session& session, Hub& hub, const Actor& by, User& user, bool is_admin) {
    if (!is_admin) TRY(check_may_stop_administering(session, user));
    user.is_admin = is_admin;
    TRY(catalog::update_admin(session, user.owner.id, is_admin));
    return audit(session, hub, by, is_admin ? "user.make-admin" : "user.unmake-admin", user.owner.name);
}

}  // namespace

Result<User> prepare_user(Hub& hub, const NewUser& wanted) {
    TRY(in_field("name", check_owner_name(wanted.name)));
    TRY(check_email(wanted.email));
    TRY(check_fullname(wanted.fullname));
    TRY(in_field("password", check_password_rules(wanted.password)));
    TRY(auto hash, hash_password(wanted.password));
    const auto& fullname = wanted.fullname.empty() ? wanted.name : wanted.fullname;
    Owner owner{new_row_id(), OwnerKind::kUser, wanted.name, fullname, hub.clock.now()};
    return User{std::move(owner), wanted.email, std::move(hash), wanted.is_admin};
}

Result<void> insert_prepared(Session& session, Hub& hub, const Actor& by, const User& user) {
    TRY(check_name_is_free(session, user.owner.name));
    TRY(check_email_is_free(session, user.email, user.owner.id));
    TRY(catalog::insert_user(session, user));
    return audit(session, hub, by, user.is_admin ? "user.create-admin" : "user.create", user.owner.name);
}

Result<User> create_user(Hub& hub, const Actor& by, const NewUser& wanted) {
    TRY(auto user, prepare_user(hub, wanted));
    TRY(hub.catalog.write([&](Session& s) { return insert_prepared(s, hub, by, user); }));
    return user;
}

Result<Owner> create_organization(Hub& hub, const Actor& by, const std::string& name, const std::string& fullname,
                                  const std::string& owner) {
    TRY(in_field("name", check_owner_name(name)));
    TRY(check_fullname(fullname));
    const Owner org{new_row_id(), OwnerKind::kOrganization, name, fullname.empty() ? name : fullname, hub.clock.now()};
    return hub.catalog.write([&](Session& s) -> Result<Owner> {
        TRY(const auto admin, need_user(s, owner));
        TRY(check_name_is_free(s, name));
        TRY(catalog::insert_organization(s, org));
        TRY(catalog::put_member(s, org.id, admin.owner.id, OrgRole::kAdmin, org.created));
        TRY(audit(s, hub, by, "organization.create", org.name));
        return org;
    });
}

Result<void> set_member(Hub& hub, const Actor& by, const std::string& org_name, const std::string& user_name, OrgRole role) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto org, need_organization(s, org_name));
        TRY(const auto user, need_user(s, user_name));
        if (role != OrgRole::kAdmin) {
            TRY(const bool last, is_last_admin(s, org.id, user.owner.id));
            if (last) return keeps_an_admin(org);
        }
        TRY(audit(s, hub, by, "member." + std::string(name_of(role)), org.name + "/" + user.owner.name));
        if (role != OrgRole::kNone) return catalog::put_member(s, org.id, user.owner.id, role, hub.clock.now());
        TRY(const bool was_member, catalog::delete_member(s, org.id, user.owner.id));
        if (was_member) return ok();
        return Error{Code::kNotFound, "\"" + user.owner.name + "\" is no member of \"" + org.name + "\"."};
    });
}

Result<void> change_password(Hub& hub, const Actor& by, RowId id, const Secret& old_password, const Secret& new_password) {
    TRY(in_field("new", check_password_rules(new_password)));
    TRY(const auto user, hub.catalog.read([&](Session& s) { return catalog::find_user_by_id(s, id); }));
    if (!user) return no_user(by.name);
    TRY(const bool right, check_password(hub, *user, old_password, by.address));
    if (!right) return Error{Code::kForbidden, "The old password is not right.", Reason::kWrongPassword, "", "old"};
    TRY(const auto hash, hash_password(new_password));
    return hub.catalog.write([&](Session& s) { return store_password(s, hub, by, *user, hash); });
}

Result<User> change_user(Hub& hub, const Actor& by, const std::string& name, const UserChange& change) {
    std::string hash;
    if (change.password) {
        TRY(in_field("password", check_password_rules(*change.password)));
        TRY(hash, hash_password(*change.password));
    }
    return hub.catalog.write([&](Session& s) -> Result<User> {
        TRY(auto user, need_user(s, name));
        if (change.is_admin) TRY(store_admin(s, hub, by, user, *change.is_admin));
        if (change.disabled) TRY(store_disabled(s, hub, by, user, *change.disabled));
        if (change.password) TRY(store_password(s, hub, by, user, hash));
        user.password_hash.clear();
        return user;
    });
}

Result<void> reset_password(Hub& hub, const Actor& by, const std::string& name, const Secret& new_password) {
    TRY(change_user(hub, by, name, {.password = new_password}));
    return ok();
}

Result<void> set_admin(Hub& hub, const Actor& by, const std::string& name, bool is_admin) {
    TRY(change_user(hub, by, name, {.is_admin = is_admin}));
    return ok();
}

Result<void> delete_user(Hub& hub, const Actor& by, const std::string& name) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto user, need_user(s, name));
        TRY(check_owns_nothing(s, user.owner));
        TRY(check_may_stop_administering(s, user));
        TRY(const auto orgs, catalog::organizations_of(s, user.owner.id));
        for (const auto& membership : orgs) {
            TRY(const bool last, is_last_admin(s, membership.owner.id, user.owner.id));
            if (last) return keeps_an_admin(membership.owner);
        }
        TRY(catalog::delete_owner(s, user.owner.id));
        return audit(s, hub, by, "user.delete", user.owner.name);
    });
}

Result<void> delete_organization(Hub& hub, const Actor& by, const std::string& name) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto org, need_organization(s, name));
        TRY(check_owns_nothing(s, org));
        TRY(catalog::delete_owner(s, org.id));
        return audit(s, hub, by, "organization.delete", org.name);
    });
}

Result<std::vector<User>> list_users(Hub& hub, const std::string& after, int limit, const std::string& search) {
    TRY(auto users, hub.catalog.read([&](Session& s) { return catalog::list_users(s, after, limit, search); }));
    for (auto& user : users) user.password_hash.clear();
    return users;
}

Result<std::vector<Owner>> list_organizations(Hub& hub, const std::string& after, int limit) {
    return hub.catalog.read([&](Session& s) { return catalog::list_organizations(s, after, limit); });
}

Result<User> load_user(Hub& hub, const std::string& name) {
    TRY(auto user, hub.catalog.read([&](Session& s) { return need_user(s, name); }));
    user.password_hash.clear();
    return user;
}

Result<Owner> load_organization(Hub& hub, const std::string& name) {
    return hub.catalog.read([&](Session& s) { return need_organization(s, name); });
}

Result<Owner> require_org_admin(Hub& hub, const Principal& who, const std::string& name) {
    TRY(require_user(who));
    return hub.catalog.read([&](Session& s) -> Result<Owner> {
        TRY(auto org, need_organization(s, name));
        TRY(const auto role, catalog::role_of(s, org.id, who.user));
        if (who.is_admin || role == OrgRole::kAdmin) return org;
        return Error{Code::kForbidden, "Only an administrator of \"" + org.name + "\" may do this."};
    });
}

Result<std::vector<Membership>> list_members(Hub& hub, const std::string& name) {
    return hub.catalog.read([&](Session& s) -> Result<std::vector<Membership>> {
        TRY(const auto org, need_organization(s, name));
        return catalog::members_of(s, org.id);
    });
}

Result<std::vector<Membership>> list_organizations_of(Hub& hub, RowId user) {
    return hub.catalog.read([&](Session& s) { return catalog::organizations_of(s, user); });
}

std::string_view name_of(OrgRole role) {
    switch (role) {
        case OrgRole::kNone: return "none";
        case OrgRole::kRead: return "read";
        case OrgRole::kContributor: return "contributor";
        case OrgRole::kWrite: return "write";
        case OrgRole::kAdmin: return "admin";
    }
    return "none";
}

Result<OrgRole> parse_org_role(std::string_view text) {
    for (const auto role : {OrgRole::kRead, OrgRole::kContributor, OrgRole::kWrite, OrgRole::kAdmin})
        if (name_of(role) == text) return role;
    return Error{Code::kInvalidArgument,
                 "The role \"" + std::string(text.substr(0, 100)) + "\" is not one of read, contributor, write, admin.",
                 Reason::kRoleInvalid, "", "role"};
}

}  // namespace mirfa::hub
