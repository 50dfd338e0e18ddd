// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/sign_up.h"

#include <gtest/gtest.h>

#include "hub/accounts/availability.h"
#include "hub/accounts/device_flow.h"
#include "hub/accounts/sessions.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/accounts/tokens.h"

namespace mirfa::hub {
namespace {

using std::chrono::hours;

class SignUpTest : public ::testing::Test, protected testing::BareHub {
protected:
    Result<catalog::User> join(const std::string& name, const std::string& invitation = "",
                               const std::string& address = "10.0.0.1") {
        return sign_up(hub, {name, name + "@corp.test", Secret("long enough")}, invitation, address);
    }
    Reason refusal(const std::string& name, const std::string& invitation = "") {
        const auto made = join(name, invitation);
        return made.has_value() ? Reason::kNone : made.error().reason;
    }
    void allow(SignUpPolicy policy) { ASSERT_TRUE(set_sign_up_policy(hub, admin, policy).has_value()); }
};

TEST_F(SignUpTest, IsClosedUntilAnAdministratorOpensIt) {
    EXPECT_EQ(load_sign_up_policy(hub).value(), SignUpPolicy::kClosed);
    EXPECT_EQ(refusal("alice"), Reason::kSignUpClosed);
    allow(SignUpPolicy::kOpen);
    const auto made = sign_up(hub, {"alice", "a@corp.test", Secret("long enough"), "", true}, "", "10.0.0.1").value();
    EXPECT_FALSE(made.is_admin);
    EXPECT_EQ(audit_lines()[0], "alice user.create alice");
    EXPECT_EQ(audit_lines()[1], "admin sign-up.policy open");
    allow(SignUpPolicy::kClosed);
    EXPECT_EQ(refusal("bob"), Reason::kSignUpClosed);
}

TEST_F(SignUpTest, AnInvitationLetsInAsManyAsItSaysAndNotForEver) {
    allow(SignUpPolicy::kInvitation);
    const auto made = create_invitation(hub, admin, {"for the team", hours(24), 2}).value();
    const auto secret = made.secret.reveal();
    EXPECT_EQ(refusal("alice"), Reason::kInvitationInvalid);
    EXPECT_EQ(refusal("alice", std::string(32, 'x')), Reason::kInvitationInvalid);
    EXPECT_EQ(refusal("alice", secret), Reason::kNone);
    EXPECT_EQ(refusal("alice", secret), Reason::kNameTaken);  // which uses nothing up
    EXPECT_EQ(refusal("bob", secret), Reason::kNone);
    EXPECT_EQ(list_invitations(hub).value()[0].uses, 2);
    EXPECT_EQ(refusal("carol", secret), Reason::kInvitationInvalid);
    const auto later = create_invitation(hub, admin, {"", hours(24), 1}).value();
    clock.pass(hours(24));
    EXPECT_EQ(refusal("carol", later.secret.reveal()), Reason::kInvitationInvalid);
    allow(SignUpPolicy::kClosed);
    EXPECT_EQ(refusal("carol", create_invitation(hub, admin, {}).value().secret.reveal()), Reason::kSignUpClosed);
}

TEST_F(SignUpTest, ADeletedInvitationLetsNobodyIn) {
    allow(SignUpPolicy::kInvitation);
    const auto made = create_invitation(hub, admin, {}).value();
    ASSERT_TRUE(delete_invitation(hub, admin, made.row.id).has_value());
    EXPECT_EQ(delete_invitation(hub, admin, made.row.id).error().code, Code::kNotFound);
    EXPECT_EQ(refusal("alice", made.secret.reveal()), Reason::kInvitationInvalid);
    EXPECT_TRUE(list_invitations(hub).value().empty());
}

TEST_F(SignUpTest, InvitationsHaveLimitsThatAreNamed) {
    const std::pair<NewInvitation, std::string> cases[] = {{{std::string(201, 'x')}, "note"}, {{"a\nb"}, "note"},
                                                           {{"", hours(0)}, "days"},          {{"", hours(24 * 366)}, "days"},
                                                           {{"", hours(1), 0}, "uses"},       {{"", hours(1), 10'001}, "uses"}};
    for (const auto& [wanted, field] : cases) EXPECT_EQ(create_invitation(hub, admin, wanted).error().field, field);
}

TEST_F(SignUpTest, AnAddressThatTriesOftenMustWait) {
    allow(SignUpPolicy::kOpen);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(refusal("api"), Reason::kNameReserved) << i;
    const auto refused = join("alice").error();
    EXPECT_EQ(refused.code, Code::kTooManyRequests);
    EXPECT_EQ(refused.message, "Too many attempts to make an account. Try again in 1 second.");
    EXPECT_TRUE(join("alice", "", "10.0.0.2").has_value());
    clock.pass(std::chrono::seconds(1));
    EXPECT_TRUE(join("bob").has_value());
}

TEST_F(SignUpTest, FieldsAtFaultAreNamed) {
    allow(SignUpPolicy::kOpen);
    add_user("alice");
    const auto field = [&](const NewUser& wanted) { return sign_up(hub, wanted, "", "10.0.0.9").error(); };
    const auto short_one = field({"bob", "b@corp.test", Secret("short")});
    EXPECT_EQ(short_one.reason, Reason::kPasswordTooShort);
    EXPECT_EQ(short_one.field, "password");
    EXPECT_EQ(field({"bob", "nothing", Secret("long enough")}).field, "email");
    const auto same = field({"bob", "ALICE@corp.test", Secret("long enough")});
    EXPECT_EQ(same.reason, Reason::kEmailTaken);
    EXPECT_EQ(same.field, "email");
    EXPECT_EQ(field({"-b", "b@corp.test", Secret("long enough")}).field, "name");
}

TEST_F(SignUpTest, NamesTellWhetherTheyAreFree) {
    add_user("alice");
    add_user("gone");
    ASSERT_TRUE(delete_user(hub, admin, "gone").has_value());
    const std::pair<const char*, Reason> cases[] = {{"bob", Reason::kNone},         {"ALICE", Reason::kNameTaken},
                                                    {"gone", Reason::kNameTaken},   {"Settings", Reason::kNameReserved},
                                                    {"a--b", Reason::kNameInvalid}, {"", Reason::kNameInvalid}};
    for (const auto& [name, reason] : cases) EXPECT_EQ(check_owner_availability(hub, name).value().reason, reason) << name;
}

TEST_F(SignUpTest, NamesOfRepositoriesAreToldToThoseWhoMayCreateThem) {
    const auto alice = add_user("alice");
    add_user("bob");
    catalog::Repository repo;
    repo.id = 7;
    repo.owner = repo.creator = alice.owner.id;
    repo.name = "m";
    ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::insert_repository(s, repo); }).has_value());
    Principal who;
    who.kind = PrincipalKind::kSession;
    who.user = alice.owner.id;
    const auto ask = [&](const char* owner, const char* name, catalog::RepoType type = catalog::RepoType::kModel) {
        return check_repo_availability(hub, who, type, owner, name);
    };
    EXPECT_EQ(ask("alice", "M").value().reason, Reason::kNameTaken);
    EXPECT_TRUE(ask("alice", "m", catalog::RepoType::kDataset).value().available());
    EXPECT_TRUE(ask("alice", "n").value().available());
    EXPECT_EQ(ask("alice", ".n").value().reason, Reason::kNameInvalid);
    EXPECT_EQ(ask("bob", "m").error().code, Code::kForbidden);
    EXPECT_EQ(ask("nobody", "m").error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mirfa::hub
