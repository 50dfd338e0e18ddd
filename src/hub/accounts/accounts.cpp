// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/accounts.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/random.h"
#include "catalog/repos.h"
#include "hub/access/names.h"
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

Error no_user(std::string_view name) { return Error{Code::kNotFound, "There is no user named \"" + std::string(name) + "\"."}; }
Error no_organization(std::string_view name) {
    return Error{Code::kNotFound, "There is no organization named \"" + std::string(name) + "\"."};
}

bool is_plain_text(std::string_view text) {
    return is_utf8(text) &&
           std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Result<void> check_email(std::string_view email) {
    const auto at = email.find('@');
    const bool shaped = at != email.npos && at > 0 && at + 1 < email.size() && email.find('@', at + 1) == email.npos;
    const bool clean = is_plain_text(email) && email.find_first_of(" <>\"(),:;[]\\") == email.npos;
    if (!shaped || !clean || email.size() > 254)
        return Error{Code::kInvalidArgument, "The e-mail address is not one. Write it as name@example.org."};
    return ok();
}

Result<void> check_fullname(std::string_view fullname) {
    if (fullname.size() <= 200 && is_plain_text(fullname)) return ok();
    return Error{Code::kInvalidArgument, "The full name must be at most 200 octets of plain text."};
}

Result<void> check_name_is_free(Session& session, const std::string& name) {
    TRY(const auto taken, catalog::find_owner(session, name));
    if (!taken) return ok();
    return Error{Code::kAlreadyExists, "The name \"" + name + "\" is taken. Choose another."};
}

Result<User> need_user(Session& session, std::string_view name) {
    TRY(auto user, catalog::find_user(session, name));
    if (!user) return no_user(name);
    return std::move(*user);
}

Result<Owner> need_organization(Session& session, std::string_view name) {
    TRY(auto org, catalog::find_owner(session, name));
    if (!org || org->kind != OwnerKind::kOrganization) return no_organization(name);
    return std::move(*org);
}

/// Is `user` the only administrator of `org`?
Result<bool> is_last_admin(Session& session, RowId org, RowId user) {
    TRY(const auto members, catalog::members_of(session, org));
    const auto is_admin = [](const Membership& member) { return member.role == OrgRole::kAdmin; };
    const auto admins = std::count_if(members.begin(), members.end(), is_admin);
    return admins == 1 && std::find_if(members.begin(), members.end(), is_admin)->owner.id == user;
}

Error keeps_an_admin(const Owner& org) {
    return Error{Code::kConflict,
                 "The organization \"" + org.name + "\" would be left without an administrator. Make somebody else one first."};
}

Result<void> check_owns_nothing(Session& session, const Owner& owner) {
    TRY(const auto count, catalog::count_repositories(session, owner.id));
    if (count == 0) return ok();
    return Error{Code::kConflict, "\"" + owner.name + "\" still owns " + std::to_string(count) +
                                      (count == 1 ? " repository" : " repositories") + ". Move or delete them first."};
}

Result<void> check_may_stop_administering(Session& session, const User& user) {
    if (!user.is_admin) return ok();
    TRY(const auto admins, catalog::count_admins(session));
    if (admins > 1) return ok();
    return Error{Code::kConflict,
                 "\"" + user.owner.name + "\" is the last administrator of this hub. Make somebody else one first."};
}

Result<void> store_password(Session& session, Hub& hub, const Actor& by, const User& user, const std::string& hash) {
    TRY(catalog::update_password(session, user.owner.id, hash));
    TRY(catalog::delete_web_sessions_of(session, user.owner.id));
    return audit(session, hub, by, "password.change", user.owner.name);
}

}  // namespace

Result<User> prepare_user(Hub& hub, const NewUser& wanted) {
    TRY(check_owner_name(wanted.name));
    TRY(check_email(wanted.email));
    TRY(check_fullname(wanted.fullname));
    TRY(check_password_rules(wanted.password));
    TRY(auto hash, hash_password(wanted.password));
    const auto& fullname = wanted.fullname.empty() ? wanted.name : wanted.fullname;
    Owner owner{new_row_id(), OwnerKind::kUser, wanted.name, fullname, hub.clock.now()};
    return User{std::move(owner), wanted.email, std::move(hash), wanted.is_admin};
}

Result<void> insert_prepared(Session& session, Hub& hub, const Actor& by, const User& user) {
    TRY(check_name_is_free(session, user.owner.name));
    TRY(const auto same_email, catalog::find_user_by_email(session, user.email));
    if (same_email) return Error{Code::kAlreadyExists, "The e-mail address belongs to another user."};
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
    TRY(check_owner_name(name));
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
    TRY(check_password_rules(new_password));
    TRY(const auto user, hub.catalog.read([&](Session& s) { return catalog::find_user_by_id(s, id); }));
    if (!user) return no_user(by.name);
    TRY(const bool right, check_password(hub, *user, old_password, by.address));
    if (!right) return Error{Code::kForbidden, "The old password is not right."};
    TRY(const auto hash, hash_password(new_password));
    return hub.catalog.write([&](Session& s) { return store_password(s, hub, by, *user, hash); });
}

Result<void> reset_password(Hub& hub, const Actor& by, const std::string& name, const Secret& new_password) {
    TRY(check_password_rules(new_password));
    TRY(const auto hash, hash_password(new_password));
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto user, need_user(s, name));
        return store_password(s, hub, by, user, hash);
    });
}

Result<void> set_admin(Hub& hub, const Actor& by, const std::string& name, bool is_admin) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto user, need_user(s, name));
        if (!is_admin) TRY(check_may_stop_administering(s, user));
        TRY(catalog::update_admin(s, user.owner.id, is_admin));
        return audit(s, hub, by, is_admin ? "user.make-admin" : "user.unmake-admin", user.owner.name);
    });
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

Result<std::vector<User>> list_users(Hub& hub, const std::string& after, int limit) {
    TRY(auto users, hub.catalog.read([&](Session& s) { return catalog::list_users(s, after, limit); }));
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
    return Error{Code::kInvalidArgument, "The role \"" + std::string(text) + "\" is not one of read, contributor, write, admin."};
}

}  // namespace mirfa::hub
