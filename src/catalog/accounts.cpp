// SPDX-License-Identifier: Apache-2.0
#include "catalog/accounts.h"

#include "base/ascii.h"
#include "catalog/finding.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_OWNER_COLUMNS "o.id, o.kind, o.name, o.fullname, o.created, o.bio, o.homepage, o.avatar"
#define MIRFA_USER_COLUMNS MIRFA_OWNER_COLUMNS ", u.email, u.password_hash, u.is_admin, u.disabled"
#define MIRFA_USER_TABLES " FROM owner o JOIN user_account u ON u.owner_id = o.id "

const Statement kFindOwner("SELECT " MIRFA_OWNER_COLUMNS " FROM owner o WHERE o.name_key = $1");
const Statement kFindOwnerById("SELECT " MIRFA_OWNER_COLUMNS " FROM owner o WHERE o.id = $1");
const Statement kFindUser("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE o.name_key = $1");
const Statement kFindUserById("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE o.id = $1");
const Statement kFindUserByEmail("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES "WHERE u.email_key = $1");
const Statement kListUsers("SELECT " MIRFA_USER_COLUMNS MIRFA_USER_TABLES
                           "WHERE o.name_key > $1 AND (o.name_key LIKE $2 ESCAPE '!' OR u.email_key LIKE $2 ESCAPE '!') "
                           "ORDER BY o.name_key LIMIT $3");
const Statement kListOrganizations("SELECT " MIRFA_OWNER_COLUMNS
                                   " FROM owner o WHERE o.kind = 2 AND o.name_key > $1 ORDER BY o.name_key LIMIT $2");
const Statement kCountUsers("SELECT COUNT(*) FROM user_account");
const Statement kCountAdmins("SELECT COUNT(*) FROM user_account WHERE is_admin = 1 AND disabled = 0");
const Statement kInsertOwner("INSERT INTO owner (id, kind, name, name_key, fullname, created) VALUES ($1, $2, $3, $4, $5, $6)");
const Statement kInsertUser(
    "INSERT INTO user_account (owner_id, email, email_key, password_hash, is_admin) VALUES ($1, $2, $3, $4, $5)");
const Statement kUpdatePassword("UPDATE user_account SET password_hash = $2 WHERE owner_id = $1");
const Statement kUpdateProfile("UPDATE owner SET fullname = $2, bio = $3, homepage = $4 WHERE id = $1");
const Statement kUpdateEmail("UPDATE user_account SET email = $2, email_key = $3 WHERE owner_id = $1");
const Statement kUpdateDisabled("UPDATE user_account SET disabled = $2 WHERE owner_id = $1");
const Statement kUpdateAvatar("UPDATE owner SET avatar = $2 WHERE id = $1");
const Statement kFindAvatar("SELECT version, type, content FROM avatar WHERE owner_id = $1");
const Statement kPutAvatar(
    "INSERT INTO avatar (owner_id, version, type, content) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (owner_id) DO UPDATE SET version = excluded.version, type = excluded.type, content = excluded.content");
const Statement kDeleteAvatar("DELETE FROM avatar WHERE owner_id = $1");
const Statement kUpdateAdmin("UPDATE user_account SET is_admin = $2 WHERE owner_id = $1");
const Statement kMarkDeleted("UPDATE owner SET kind = 3, fullname = '', bio = '', homepage = '', avatar = 0 WHERE id = $1");
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
    return {row.integer(0), static_cast<OwnerKind>(row.integer(1)),
            row.string(2),  row.string(3),
            row.integer(4), row.string(5),
            row.string(6),  row.integer(7)};
}
User user_of(const Row& row) { return {owner_of(row), row.string(8), row.string(9), row.boolean(10), row.boolean(11)}; }
Membership membership_of(const Row& row) { return {owner_of(row), static_cast<OrgRole>(row.integer(8))}; }

/// `%text%` for LIKE with the escape character `!`, lower case.
std::string part_pattern(std::string_view text) {
    std::string pattern = "%";
    for (const char c : ascii_lower(text)) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + "%";
}

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
Result<std::vector<User>> list_users(Session& session, std::string_view after, int limit, std::string_view search) {
    return list_rows(session, kListUsers, {ascii_lower(after), part_pattern(search), limit}, user_of);
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
Result<void> update_profile(Session& session, const Owner& changed) {
    TRY(session.change(kUpdateProfile, {changed.id, changed.fullname, changed.bio, changed.homepage}));
    return index_owner(session, changed);
}
Result<void> update_email(Session& session, RowId user, std::string_view email) {
    TRY(session.change(kUpdateEmail, {user, email, ascii_lower(email)}));
    return ok();
}
Result<void> update_disabled(Session& session, RowId user, bool disabled) {
    TRY(session.change(kUpdateDisabled, {user, disabled}));
    return ok();
}
Result<std::optional<Avatar>> find_avatar(Session& session, RowId owner) {
    return find_row(session, kFindAvatar, {owner}, [](const Row& row) {
        const auto content = row.blob(2);
        return Avatar{row.integer(0), row.string(1), Bytes(content.begin(), content.end())};
    });
}
Result<void> put_avatar(Session& session, RowId owner, const Avatar& avatar) {
    TRY(session.change(kPutAvatar, {owner, avatar.version, avatar.type, avatar.content}));
    TRY(session.change(kUpdateAvatar, {owner, avatar.version}));
    return ok();
}
Result<bool> delete_avatar(Session& session, RowId owner) {
    TRY(const auto changed, session.change(kDeleteAvatar, {owner}));
    TRY(session.change(kUpdateAvatar, {owner, 0}));
    return changed > 0;
}
Result<void> update_admin(Session& session, RowId user, bool is_admin) {
    TRY(session.change(kUpdateAdmin, {user, is_admin}));
    return ok();
}
Result<void> delete_owner(Session& session, RowId id) {
    for (const auto* statement :
         {&kDeleteGrants, &kDeleteSessions, &kDeleteTokens, &kDeleteMemberships, &kDeleteAvatar, &kDeleteAccount, &kMarkDeleted})
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
