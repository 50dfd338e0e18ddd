// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/accounts.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "catalog/repos.h"
#include "hub/accounts/first_admin.h"
#include "hub/accounts/passwords.h"
#include "hub/accounts/sessions.h"
#include "hub/accounts/testing/bare_hub.h"

namespace mirfa::hub {
namespace {

using catalog::OrgRole;

class AccountsTest : public ::testing::Test, protected testing::BareHub {
protected:
    NewUser user_named(const std::string& name) { return {name, name + "@corp.test", Secret("long enough")}; }
    void give_repository(RowId owner) {
        catalog::Repository repo;
        repo.id = new_row_id();
        repo.owner = owner;
        repo.creator = owner;
        repo.name = "m";
        ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::insert_repository(s, repo); }).has_value());
    }
    Code failure_of(const Result<void>& result) { return result.has_value() ? Code::kInternal : result.error().code; }
};

TEST(Passwords, MatchTheirOwnHashOnly) {
    const auto hash = hash_password(Secret("correct horse")).value();
    EXPECT_TRUE(hash.starts_with("$argon2id$"));
    EXPECT_TRUE(verify_password(hash, Secret("correct horse")).value());
    EXPECT_FALSE(verify_password(hash, Secret("correct house")).value());
    EXPECT_FALSE(verify_password("", Secret("correct horse")).value());
    EXPECT_NE(hash, hash_password(Secret("correct horse")).value());
}

TEST(Passwords, MustBeNeitherShortNorEndlessNorBytes) {
    EXPECT_TRUE(check_password_rules(Secret("12345678")).has_value());
    EXPECT_TRUE(check_password_rules(Secret(std::string(1024, 'x'))).has_value());
    for (const auto& bad : {std::string("1234567"), std::string(1025, 'x'), std::string("12345678\xff"), std::string(9, '\0')})
        EXPECT_FALSE(check_password_rules(Secret(bad)).has_value());
}

TEST_F(AccountsTest, AUserIsFoundUnderAnyCaseOfTheName) {
    const auto made = create_user(hub, admin, user_named("Alice")).value();
    EXPECT_EQ(load_user(hub, "aLICE").value().owner.id, made.owner.id);
    EXPECT_EQ(load_user(hub, "alice").value().owner.fullname, "Alice");
    EXPECT_EQ(load_user(hub, "alice").value().password_hash, "");
    EXPECT_EQ(audit_lines(), (std::vector<std::string>{"admin user.create Alice"}));
}

TEST_F(AccountsTest, BadNamesAddressesAndPasswordsAreRefused) {
    for (const auto& bad : {"api", "-x", "a b", ""}) EXPECT_FALSE(create_user(hub, admin, user_named(bad)).has_value()) << bad;
    for (const auto& email : {"", "alice", "@x", "a@", "a@b@c", "a b@c", "<a@b>", "a\n@b"}) {
        auto user = user_named("alice");
        user.email = email;
        EXPECT_FALSE(create_user(hub, admin, user).has_value()) << email;
    }
    auto user = user_named("alice");
    user.password = Secret("short");
    EXPECT_FALSE(create_user(hub, admin, user).has_value());
    EXPECT_TRUE(list_users(hub, "", 10).value().empty());
}

TEST_F(AccountsTest, UsersAndOrganizationsShareOneNameSpace) {
    add_user("alice");
    EXPECT_EQ(create_user(hub, admin, user_named("ALICE")).error().code, Code::kAlreadyExists);
    EXPECT_EQ(create_organization(hub, admin, "Alice", "", "alice").error().code, Code::kAlreadyExists);
    auto same_email = user_named("bob");
    same_email.email = "Alice@corp.test";
    EXPECT_EQ(create_user(hub, admin, same_email).error().code, Code::kAlreadyExists);
    ASSERT_TRUE(create_organization(hub, admin, "acme", "Acme Lab", "alice").has_value());
    EXPECT_EQ(create_user(hub, admin, user_named("acme")).error().code, Code::kAlreadyExists);
    EXPECT_EQ(create_organization(hub, admin, "other", "", "nobody").error().code, Code::kNotFound);
}

TEST_F(AccountsTest, AnOrganizationAlwaysKeepsAnAdministrator) {
    add_user("alice");
    add_user("bob");
    ASSERT_TRUE(create_organization(hub, admin, "acme", "Acme Lab", "alice").has_value());
    EXPECT_EQ(failure_of(set_member(hub, admin, "acme", "alice", OrgRole::kWrite)), Code::kConflict);
    EXPECT_EQ(failure_of(set_member(hub, admin, "acme", "alice", OrgRole::kNone)), Code::kConflict);
    EXPECT_EQ(failure_of(set_member(hub, admin, "acme", "bob", OrgRole::kNone)), Code::kNotFound);
    EXPECT_EQ(failure_of(delete_user(hub, admin, "alice")), Code::kConflict);
    ASSERT_TRUE(set_member(hub, admin, "acme", "bob", OrgRole::kAdmin).has_value());
    ASSERT_TRUE(set_member(hub, admin, "acme", "alice", OrgRole::kContributor).has_value());
    const auto members = list_members(hub, "ACME").value();
    ASSERT_EQ(members.size(), 2u);
    EXPECT_EQ(members[0].role, OrgRole::kContributor);
    EXPECT_EQ(members[1].role, OrgRole::kAdmin);
    EXPECT_EQ(failure_of(set_member(hub, admin, "alice", "bob", OrgRole::kRead)), Code::kNotFound);
}

TEST_F(AccountsTest, WhoeverOwnsRepositoriesIsNotDeleted) {
    const auto alice = add_user("alice");
    give_repository(alice.owner.id);
    const auto refused = delete_user(hub, admin, "alice");
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_NE(refused.error().message.find("owns 1 repository"), std::string::npos);
    add_user("bob");
    const auto acme = create_organization(hub, admin, "acme", "", "bob").value();
    give_repository(acme.id);
    EXPECT_EQ(failure_of(delete_organization(hub, admin, "acme")), Code::kConflict);
}

TEST_F(AccountsTest, TheNameOfADeletedOwnerIsNotGivenAway) {
    add_user("alice");
    ASSERT_TRUE(create_organization(hub, admin, "acme", "", "alice").has_value());
    ASSERT_TRUE(delete_organization(hub, admin, "acme").has_value());
    ASSERT_TRUE(delete_user(hub, admin, "alice").has_value());
    EXPECT_EQ(create_user(hub, admin, user_named("alice")).error().code, Code::kAlreadyExists);
    EXPECT_EQ(load_user(hub, "alice").error().code, Code::kNotFound);
    EXPECT_EQ(failure_of(delete_organization(hub, admin, "acme")), Code::kNotFound);
}

TEST_F(AccountsTest, TheLastAdministratorOfTheHubStays) {
    add_user("root1", true);
    EXPECT_EQ(failure_of(delete_user(hub, admin, "root1")), Code::kConflict);
    EXPECT_EQ(failure_of(set_admin(hub, admin, "root1", false)), Code::kConflict);
    add_user("bob");
    ASSERT_TRUE(set_admin(hub, admin, "bob", true).has_value());
    EXPECT_TRUE(delete_user(hub, admin, "root1").has_value());
}

TEST_F(AccountsTest, ChangingAPasswordEndsEverySession) {
    const auto alice = add_user("alice");
    const auto session = sign_in(hub, {"alice", Secret("password of alice"), "10.0.0.1", "test"}).value();
    const Secret fresh("another password");
    EXPECT_EQ(failure_of(change_password(hub, admin, alice.owner.id, Secret("wrong one"), fresh)), Code::kForbidden);
    ASSERT_TRUE(find_session(hub, session.cookie.reveal()).value().has_value());
    ASSERT_TRUE(change_password(hub, admin, alice.owner.id, Secret("password of alice"), fresh).has_value());
    EXPECT_FALSE(find_session(hub, session.cookie.reveal()).value().has_value());
    EXPECT_TRUE(sign_in(hub, {"alice", fresh, "10.0.0.1", ""}).has_value());
    ASSERT_TRUE(reset_password(hub, admin, "alice", Secret("third password")).has_value());
    EXPECT_FALSE(sign_in(hub, {"alice", fresh, "10.0.0.1", ""}).has_value());
}

TEST_F(AccountsTest, TheSetUpLinkWorksOnce) {
    const auto first = ensure_setup_link(hub).value().value();
    const auto link = ensure_setup_link(hub).value().value();
    const auto secret_of = [](const std::string& url) { return url.substr(url.rfind('/') + 1); };
    EXPECT_TRUE(link.starts_with("http://127.0.0.1:8080/setup/"));
    EXPECT_FALSE(is_setup_open(hub, secret_of(first)).value());
    EXPECT_TRUE(is_setup_open(hub, secret_of(link)).value());
    EXPECT_EQ(complete_setup(hub, "guess", user_named("eve"), "").error().code, Code::kNotFound);
    EXPECT_EQ(complete_setup(hub, secret_of(link), user_named("api"), "").error().code, Code::kInvalidArgument);
    const auto made = complete_setup(hub, secret_of(link), user_named("alice"), "10.0.0.1").value();
    EXPECT_TRUE(made.is_admin);
    EXPECT_EQ(complete_setup(hub, secret_of(link), user_named("eve"), "").error().code, Code::kNotFound);
    EXPECT_FALSE(ensure_setup_link(hub).value().has_value());
    EXPECT_EQ(audit_lines(), (std::vector<std::string>{"alice user.create-admin alice"}));
}

TEST_F(AccountsTest, TheSetUpLinkEndsWhenAUserWasMadeOtherwise) {
    const auto link = ensure_setup_link(hub).value().value();
    add_user("alice", true);
    EXPECT_FALSE(is_setup_open(hub, link.substr(link.rfind('/') + 1)).value());
}

TEST(Roles, AreReadAsTheyAreWritten) {
    for (const auto role : {OrgRole::kRead, OrgRole::kContributor, OrgRole::kWrite, OrgRole::kAdmin})
        EXPECT_EQ(parse_org_role(name_of(role)).value(), role);
    EXPECT_FALSE(parse_org_role("none").has_value());
}

}  // namespace
}  // namespace mirfa::hub
