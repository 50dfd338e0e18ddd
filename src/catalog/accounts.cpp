// SPDX-License-Identifier: Apache-2.0
#include "catalog/accounts.h"

#include "base/ascii.h"
#include "catalog/finding.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_OWNER_COLUMNS "o.id, o.kind, o.name, o.fullname, o.created"
#define MIRFA_USER_COLUMNS MIRFA_OWNER_COLUMNS ", u.email, u.password_hash, u.is_admin"
#define MIRFA_USER_TABLES " FROM owner o JOIN user_account u ON u.owner_id = o.id "

const Statement kFindOwner("SELECT " MIRFA_OWNER_COLUMNS " FROM owner o WHERE o.name_key = $1");
const Statement kFindOwnerById("SELECT " MIRFA_OWNER_COLUMNS " FROM owner o WHERE o.id = $1");
const Statement kFindUser("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE o.name_key = $1");
const Statement kFindUserById("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE o.id = $1");
const Statement kFindUserByEmail("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE u.email_key = $1");
const Statement kListUsers("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE o.name_key > $1 ORDER BY o.name_key LIMIT $2");
const Statement kListOrganizations("SELECT " MIRFA_OWNER_COLUMNS
                                   " FROM owner o WHERE o.kind = 2 AND o.name_key > $1 ORDER BY o.name_key LIMIT $2");
const Statement kCountUsers("SELECT COUNT(*) FROM user_account");
const Statement kCountAdmins("SELECT COUNT(*) FROM user_account WHERE is_admin = 1");
const Statement kInsertOwner("INSERT INTO owner (id, kind, name, name_key, fullname, created) VALUES ($1, $2, $3, $4, $5, $6)");
const Statement kInsertUser(
    "INSERT INTO user_account (owner_id, email, email_key, password_hash, is_admin) VALUES ($1, $2, $3, $4, $5)");
const Statement kUpdatePassword("UPDATE user_account SET password_hash = $2 WHERE owner_id = $1");
const Statement kUpdateProfile("UPDATE owner SET fullname = $2 WHERE id = $1");
const Statement kUpdateAdmin("UPDATE user_account SET is_admin = $2 WHERE owner_id = $1");
const Statement kMarkDeleted("UPDATE owner SET kind = 3, fullname = '' WHERE id = $1");
const Statement kDeleteAccount("DELETE FROM user_account WHERE owner_id = $1");
const Statement kDeleteMemberships("DELETE FROM org_member WHERE user_id = $1 OR org_id = $1");
const Statement kDeleteTokens("DELETE FROM access_token WHERE user_id = $1");
const Statement kDeleteSessions("DELETE FROM web_session WHERE user_id = $1");
const Statement kDeleteGrants("DELETE FROM device_grant WHERE user_id = $1");
const Statement kRole("SELECT role FROM org_member WHERE org_id = $1 AND user_id = $2");
const Statement kPutMember(
    "INSERT INTO org_member (org_id, user_id, role, created) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (org_id, user_id) DO UPDATE SET role = excluded.role");
const Statement kDeleteMember("DELETE FROM org_member WHERE org_id = $1 AND user_id = $2");
const Statement kOrganizationsOf("SELECT " MIRFA_OWNER_COLUMNS
                                 ", m.role FROM org_member m JOIN owner o ON o.id = m.org_id "
                                 "WHERE m.user_id = $1 ORDER BY o.name_key");
const Statement kMembersOf("SELECT " MIRFA_OWNER_COLUMNS
                           ", m.role FROM org_member m JOIN owner o ON o.id = m.user_id "
                           "WHERE m.org_id = $1 ORDER BY o.name_key");

Owner owner_of(const Row& row) {
    return {row.integer(0), static_cast<OwnerKind>(row.integer(1)), row.string(2), row.string(3), row.integer(4)};
}
User user_of(const Row& row) { return {owner_of(row), row.string(5), row.string(6), row.boolean(7)}; }
Membership membership_of(const Row& row) { return {owner_of(row), static_cast<OrgRole>(row.integer(5))}; }

Result<std::int64_t> count(Session& session, const Statement& statement) {
    TRY(const auto found, find_row(session, statement, {}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}

Result<void> insert_owner(Session& session, const Owner& owner) {
    TRY(session.change(kInsertOwner, {owner.id, static_cast<int>(owner.kind), owner.name, ascii_lower(owner.name), owner.fullname,
                                      owner.created}));
    return index_owner(session, owner);
}

}  // namespace

Result<std::optional<Owner>> find_owner(Session& session, std::string_view name) {
    return find_row(session, kFindOwner, {ascii_lower(name)}, owner_of);
}
Result<std::optional<Owner>> find_owner_by_id(Session& session, RowId id) {
    return find_row(session, kFindOwnerById, {id}, owner_of);
}
Result<std::optional<User>> find_user(Session& session, std::string_view name) {
    return find_row(session, kFindUser, {ascii_lower(name)}, user_of);
}
Result<std::optional<User>> find_user_by_id(Session& session, RowId id) {
    return find_row(session, kFindUserById, {id}, user_of);
}
Result<std::optional<User>> find_user_by_email(Session& session, std::string_view email) {
    return find_row(session, kFindUserByEmail, {ascii_lower(email)}, user_of);
}
Result<std::vector<User>> list_users(Session& session, std::string_view after, int limit) {
    return list_rows(session, kListUsers, {ascii_lower(after), limit}, user_of);
}
Result<std::vector<Owner>> list_organizations(Session& session, std::string_view after, int limit) {
    return list_rows(session, kListOrganizations, {ascii_lower(after), limit}, owner_of);
}
Result<std::int64_t> count_users(Session& session) { return count(session, kCountUsers); }
Result<std::int64_t> count_admins(Session& session) { return count(session, kCountAdmins); }

Result<void> insert_user(Session& session, const User& user) {
    TRY(insert_owner(session, user.owner));
    TRY(session.change(kInsertUser, {user.owner.id, user.email, ascii_lower(user.email), user.password_hash, user.is_admin}));
    return ok();
}
Result<void> insert_organization(Session& session, const Owner& owner) { return insert_owner(session, owner); }

Result<void> update_password(Session& session, RowId user, std::string_view password_hash) {
    TRY(session.change(kUpdatePassword, {user, password_hash}));
    return ok();
}
Result<void> update_profile(Session& session, RowId owner, std::string_view fullname) {
    TRY(session.change(kUpdateProfile, {owner, fullname}));
    TRY(const auto changed, find_owner_by_id(session, owner));
    return changed ? index_owner(session, *changed) : Result<void>(ok());
}
Result<void> update_admin(Session& session, RowId user, bool is_admin) {
    TRY(session.change(kUpdateAdmin, {user, is_admin}));
    return ok();
}
Result<void> delete_owner(Session& session, RowId id) {
    for (const auto* statement :
         {&kDeleteGrants, &kDeleteSessions, &kDeleteTokens, &kDeleteMemberships, &kDeleteAccount, &kMarkDeleted})
        TRY(session.change(*statement, {id}));
    return index_deleted_owner(session, id);
}

Result<OrgRole> role_of(Session& session, RowId org, RowId user) {
    TRY(const auto role, find_row(session, kRole, {org, user}, [](const Row& row) { return row.integer(0); }));
    return static_cast<OrgRole>(role.value_or(0));
}
Result<void> put_member(Session& session, RowId org, RowId user, OrgRole role, UnixMillis now) {
    TRY(session.change(kPutMember, {org, user, static_cast<int>(role), now}));
    return ok();
}
Result<bool> delete_member(Session& session, RowId org, RowId user) {
    TRY(const auto changed, session.change(kDeleteMember, {org, user}));
    return changed > 0;
}
Result<std::vector<Membership>> organizations_of(Session& session, RowId user) {
    return list_rows(session, kOrganizationsOf, {user}, membership_of);
}
Result<std::vector<Membership>> members_of(Session& session, RowId org) {
    return list_rows(session, kMembersOf, {org}, membership_of);
}

}  // namespace mirfa::catalog
