// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/own_profile.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "hub/accounts/device_flow.h"
#include "hub/accounts/sessions.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/accounts/tokens.h"

namespace mirfa::hub {
namespace {

using namespace std::string_literals;
using catalog::OrgRole;

const std::string kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\xc8\x08\x02\0\0\0"s;

class OwnProfileTest : public ::testing::Test, protected testing::BareHub {
protected:
    catalog::User ruth = add_user("ruth", true);
    catalog::User alice = add_user("alice");
    Actor self{"alice", "10.0.0.1"};
    const Secret password{"password of alice"};

    catalog::User now() { return load_user(hub, "alice").value(); }
    Result<void> change(const ProfileChange& wanted, const std::optional<std::string>& email = {}, const Secret& given = {}) {
        return change_own_profile(hub, self, alice.owner.id, wanted, email, given);
    }
    Result<SignedIn> enter() { return sign_in(hub, {"alice", password, "10.0.0.1", "a browser"}); }
    Principal principal_of(const SignedIn& session) { return find_session(hub, session.cookie.reveal()).value().value(); }
};

TEST_F(OwnProfileTest, ChangesWhatIsGivenAndKeepsTheRest) {
    ASSERT_TRUE(change({.fullname = "Alice L.", .bio = "Models\nand more", .homepage = "https://alice.test/x"}).has_value());
    ASSERT_TRUE(change({.bio = ""}).has_value());
    EXPECT_EQ(now().owner.fullname, "Alice L.");
    EXPECT_EQ(now().owner.bio, "");
    EXPECT_EQ(now().owner.homepage, "https://alice.test/x");
    ASSERT_TRUE(change({.fullname = ""}).has_value());
    EXPECT_EQ(now().owner.fullname, "alice");
    EXPECT_EQ(audit_lines()[0], "alice profile.change alice");
}

TEST_F(OwnProfileTest, RefusesWhatCouldBeMoreThanText) {
    const std::pair<ProfileChange, std::string> cases[] = {{{.fullname = std::string(201, 'x')}, "fullname"},
                                                           {{.bio = "a\x01"}, "bio"},
                                                           {{.bio = std::string(1001, 'x')}, "bio"},
                                                           {{.homepage = "javascript:alert(1)"}, "homepage"},
                                                           {{.homepage = "https://"}, "homepage"},
                                                           {{.homepage = "https:///x"}, "homepage"},
                                                           {{.homepage = "https://me@evil.test"}, "homepage"},
                                                           {{.homepage = "https://a.test/\"><b>"}, "homepage"},
                                                           {{.homepage = "https://a.test/ b"}, "homepage"},
                                                           {{.homepage = "HTTPS://" + std::string(300, 'x')}, "homepage"}};
    for (const auto& [wanted, field] : cases) {
        const auto refused = change(wanted);
        ASSERT_FALSE(refused.has_value()) << field;
        EXPECT_EQ(refused.error().field, field);
    }
    EXPECT_EQ(now().owner.homepage, "");
}

TEST_F(OwnProfileTest, TheAddressChangesWithThePasswordOnly) {
    const auto wrong = change({.bio = "new"}, "other@corp.test", Secret("wrong")).error();
    EXPECT_EQ(wrong.reason, Reason::kWrongPassword);
    EXPECT_EQ(wrong.field, "password");
    EXPECT_EQ(now().owner.bio, "");
    EXPECT_EQ(change({}, "ruth@CORP.test", password).error().reason, Reason::kEmailTaken);
    EXPECT_EQ(change({}, "no address", password).error().reason, Reason::kEmailInvalid);
    EXPECT_TRUE(change({}, "alice@corp.test").has_value());  // the one there is
    ASSERT_TRUE(change({}, "other@corp.test", password).has_value());
    EXPECT_EQ(now().email, "other@corp.test");
    EXPECT_EQ(audit_lines()[0], "alice email.change alice");
    EXPECT_TRUE(sign_in(hub, {"OTHER@corp.test", password, "10.0.0.1", ""}).has_value());
}

TEST_F(OwnProfileTest, APictureIsKeptUntilItIsReplacedOrRemoved) {
    EXPECT_FALSE(find_avatar(hub, "alice").value().has_value());
    ASSERT_TRUE(set_avatar(hub, self, alice.owner.id, as_bytes(kPng)).has_value());
    const auto first = find_avatar(hub, "ALICE").value().value();
    EXPECT_EQ(first.type, "image/png");
    EXPECT_EQ(as_text(first.content), kPng);
    EXPECT_EQ(now().owner.avatar, first.version);
    ASSERT_TRUE(set_avatar(hub, self, alice.owner.id, as_bytes("GIF89a\x2c\x01\xc8\0\xf7\0\0"s)).has_value());
    EXPECT_EQ(find_avatar(hub, "alice").value()->type, "image/gif");
    EXPECT_NE(now().owner.avatar, first.version);
    ASSERT_TRUE(remove_avatar(hub, self, alice.owner.id).has_value());
    EXPECT_FALSE(find_avatar(hub, "alice").value().has_value());
    EXPECT_EQ(now().owner.avatar, 0);
    EXPECT_TRUE(remove_avatar(hub, self, alice.owner.id).has_value());
    EXPECT_EQ(audit_lines()[0], "alice avatar.delete alice");
}

TEST_F(OwnProfileTest, APictureIsNeitherScriptNorGiant) {
    EXPECT_EQ(set_avatar(hub, self, alice.owner.id, as_bytes("<svg/>")).error().reason, Reason::kPictureInvalid);
    const auto endless = kPng + std::string(kLargestAvatar, 'x');
    EXPECT_EQ(set_avatar(hub, self, alice.owner.id, as_bytes(endless)).error().reason, Reason::kPictureTooLarge);
    auto wide = kPng;
    wide[18] = '\x7f';
    EXPECT_EQ(set_avatar(hub, self, alice.owner.id, as_bytes(wide)).error().reason, Reason::kPictureTooLarge);
    EXPECT_FALSE(find_avatar(hub, "alice").value().has_value());
}

TEST_F(OwnProfileTest, ADeletedAccountTakesItsPictureWithIt) {
    ASSERT_TRUE(set_avatar(hub, self, alice.owner.id, as_bytes(kPng)).has_value());
    ASSERT_TRUE(delete_user(hub, admin, "alice").has_value());
    EXPECT_FALSE(find_avatar(hub, "alice").value().has_value());
    EXPECT_EQ(set_avatar(hub, self, alice.owner.id, as_bytes(kPng)).error().code, Code::kNotFound);
}

TEST_F(OwnProfileTest, OpenBrowsersAreListedAndEndedOneByOne) {
    const auto first = principal_of(enter().value());
    clock.pass(std::chrono::seconds(1));
    const auto second = principal_of(enter().value());
    const auto sessions = list_sessions(hub, second).value();
    ASSERT_EQ(sessions.size(), 2u);
    EXPECT_TRUE(sessions[0].is_current);
    EXPECT_FALSE(sessions[1].is_current);
    EXPECT_EQ(sessions[0].agent, "a browser");
    EXPECT_EQ(first.session.hex().find(sessions[1].id), std::string::npos);
    Principal other = principal_of(sign_in(hub, {"ruth", Secret("password of ruth"), "10.0.0.1", ""}).value());
    EXPECT_EQ(end_session(hub, other, sessions[1].id, "10.0.0.1").error().code, Code::kNotFound);
    ASSERT_TRUE(end_session(hub, second, sessions[1].id, "10.0.0.1").has_value());
    EXPECT_EQ(list_sessions(hub, second).value().size(), 1u);
    EXPECT_EQ(audit_lines()[0], "alice session.end alice");
}

TEST_F(OwnProfileTest, ADisabledUserIsSignedOutAndStaysOut) {
    const auto session = enter().value();
    const auto token = create_token(hub, self, alice.owner.id, {"laptop", catalog::TokenRole::kWrite}).value();
    LastUsed last_used;
    const std::string header = "Bearer " + token.text.reveal();
    ASSERT_TRUE(authenticate(hub, last_used, {header, ""}).has_value());
    EXPECT_TRUE(change_user(hub, {"ruth", "local"}, "alice", {.disabled = true}).value().disabled);
    EXPECT_FALSE(find_session(hub, session.cookie.reveal()).value().has_value());
    EXPECT_EQ(authenticate(hub, last_used, {header, ""}).error().reason, Reason::kBadCredentials);
    EXPECT_EQ(enter().error().reason, Reason::kAccountDisabled);
    EXPECT_EQ(audit_lines()[0], "alice sign-in.refuse alice");
    EXPECT_EQ(sign_in(hub, {"alice", Secret("wrong one"), "10.0.0.1", ""}).error().reason, Reason::kWrongPassword);
    ASSERT_TRUE(change_user(hub, {"ruth", "local"}, "alice", {.disabled = false}).has_value());
    EXPECT_TRUE(authenticate(hub, last_used, {header, ""}).has_value());
    EXPECT_TRUE(enter().has_value());
}

TEST_F(OwnProfileTest, ADisabledUserGetsNoTokenFromADevice) {
    constexpr const char* kClient = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";
    const auto who = principal_of(enter().value());
    const auto begin_approved = [&] {
        auto codes = begin_device_flow(hub, kClient).value();
        EXPECT_TRUE(decide_device_request(hub, who, codes.user_code, Decision::kApprove, "10.0.0.1").has_value());
        return codes;
    };
    const auto first = begin_approved(), second = begin_approved();
    const auto granted = poll_device_flow(hub, first.device_code.reveal(), kClient, "10.0.0.1").value();
    const auto refresh = std::get<TokenGrant>(granted).refresh_token.reveal();
    ASSERT_TRUE(change_user(hub, {"ruth", "local"}, "alice", {.disabled = true}).has_value());
    EXPECT_EQ(std::get<OAuthError>(poll_device_flow(hub, second.device_code.reveal(), kClient, "10.0.0.1").value()),
              OAuthError::kAccessDenied);
    EXPECT_EQ(std::get<OAuthError>(refresh_grant(hub, refresh, kClient).value()), OAuthError::kInvalidGrant);
}

TEST_F(OwnProfileTest, SomebodyWhoCanAdministerAlwaysRemains) {
    EXPECT_EQ(change_user(hub, admin, "ruth", {.disabled = true}).error().reason, Reason::kLastAdministrator);
    ASSERT_TRUE(change_user(hub, admin, "alice", {.is_admin = true}).has_value());
    EXPECT_EQ(change_user(hub, {"ruth", "local"}, "ruth", {.disabled = true}).error().reason, Reason::kOwnAccount);
    ASSERT_TRUE(change_user(hub, {"ruth", "local"}, "alice", {.disabled = true}).has_value());
    EXPECT_EQ(change_user(hub, admin, "ruth", {.is_admin = false}).error().reason, Reason::kLastAdministrator);
    // All or nothing: the second part fails, so the first is not done either.
    add_user("carl");
    EXPECT_EQ(change_user(hub, {"carl", "local"}, "carl", {.is_admin = true, .disabled = true}).error().reason,
              Reason::kOwnAccount);
    EXPECT_FALSE(load_user(hub, "carl").value().is_admin);
}

TEST_F(OwnProfileTest, OrganizationsAreChangedByTheirAdministratorsAndTheHubs) {
    (void)create_organization(hub, admin, "acme", "Acme", "alice").value();
    const auto bob = add_user("bob");
    ASSERT_TRUE(set_member(hub, admin, "acme", "bob", OrgRole::kWrite).has_value());
    Principal who;
    who.kind = PrincipalKind::kSession;
    who.user = alice.owner.id;
    EXPECT_EQ(require_org_admin(hub, who, "ACME").value().name, "acme");
    who.user = bob.owner.id;
    EXPECT_EQ(require_org_admin(hub, who, "acme").error().code, Code::kForbidden);
    who.is_admin = true;
    EXPECT_TRUE(require_org_admin(hub, who, "acme").has_value());
    EXPECT_EQ(require_org_admin(hub, who, "alice").error().code, Code::kNotFound);
    EXPECT_EQ(require_org_admin(hub, {}, "acme").error().code, Code::kUnauthenticated);
    EXPECT_EQ(change_organization_profile(hub, self, "acme", {.fullname = "Acme Lab"}).value().fullname, "Acme Lab");
    EXPECT_EQ(load_organization(hub, "acme").value().fullname, "Acme Lab");
}

}  // namespace
}  // namespace mirfa::hub
