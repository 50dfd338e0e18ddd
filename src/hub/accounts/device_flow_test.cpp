// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/device_flow.h"

#include <gtest/gtest.h>

#include <regex>

#include "base/ascii.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/accounts/tokens.h"

namespace mirfa::hub {
namespace {

using std::chrono::seconds;

class DeviceFlowTest : public ::testing::Test, protected testing::BareHub {
protected:
    const std::string client = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";
    Principal alice = browser_of(add_user("alice"));
    DeviceCodes codes = begin_device_flow(hub, client).value();
    LastUsed last_used;

    static Principal browser_of(const catalog::User& user) {
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user.owner.id;
        who.name = user.owner.name;
        return who;
    }
    GrantOrError poll() { return poll_device_flow(hub, codes.device_code.reveal(), client, "10.0.0.1").value(); }
    std::string error_of(const GrantOrError& answer) {
        const auto* error = std::get_if<OAuthError>(&answer);
        return error == nullptr ? "granted" : std::string(name_of(*error));
    }
    Result<void> decide(Decision decision) { return decide_device_request(hub, alice, codes.user_code, decision, "10.0.0.1"); }
    Result<Principal> who_has(const Secret& token) { return authenticate(hub, last_used, {"Bearer " + token.reveal(), ""}); }
};

TEST_F(DeviceFlowTest, ShowsACodeThatIsEasyToType) {
    EXPECT_TRUE(std::regex_match(codes.user_code, std::regex("[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}")))
        << codes.user_code;
    auto typed = ascii_lower(codes.user_code);
    typed.replace(4, 1, " ");
    EXPECT_EQ(find_device_request(hub, typed).value().user_code, codes.user_code);
    EXPECT_EQ(find_device_request(hub, "AAAA-AAAA").error().code, Code::kNotFound);
}

TEST_F(DeviceFlowTest, WaitsThenGivesOneTokenOfThePersonWhoApproved) {
    EXPECT_EQ(error_of(poll()), "authorization_pending");
    ASSERT_TRUE(decide(Decision::kApprove).has_value());
    clock.pass(seconds(5));
    const auto answer = poll();
    const auto* grant = std::get_if<TokenGrant>(&answer);
    ASSERT_NE(grant, nullptr);
    const auto who = who_has(grant->access_token).value();
    EXPECT_EQ(who.user, alice.user);
    EXPECT_EQ(who.token_role, catalog::TokenRole::kWrite);
    EXPECT_EQ(who.token_name, "oauth-" + ascii_lower(codes.user_code));
    EXPECT_EQ(grant->expires_in, std::chrono::days(30));
    EXPECT_EQ(error_of(poll()), "invalid_grant");
    clock.pass(std::chrono::days(30));
    EXPECT_FALSE(who_has(grant->access_token).has_value());
}

TEST_F(DeviceFlowTest, TellsAHastyClientToSlowDown) {
    EXPECT_EQ(error_of(poll()), "authorization_pending");
    clock.pass(seconds(2));
    EXPECT_EQ(error_of(poll()), "slow_down");
    clock.pass(seconds(5));
    EXPECT_EQ(error_of(poll()), "authorization_pending");
}

TEST_F(DeviceFlowTest, ADeniedRequestStaysDenied) {
    ASSERT_TRUE(decide(Decision::kDeny).has_value());
    EXPECT_EQ(error_of(poll()), "access_denied");
    EXPECT_EQ(decide(Decision::kApprove).error().code, Code::kNotFound);
    EXPECT_EQ(error_of(poll()), "access_denied");
}

TEST_F(DeviceFlowTest, ACodeExpiresAfterFifteenMinutes) {
    clock.pass(seconds(900));
    EXPECT_EQ(error_of(poll()), "expired_token");
    EXPECT_EQ(decide(Decision::kApprove).error().code, Code::kNotFound);
    ASSERT_TRUE(
        decide_device_request(hub, alice, begin_device_flow(hub, client).value().user_code, Decision::kApprove, "").has_value());
}

TEST_F(DeviceFlowTest, OnlyABrowserMayApprove) {
    auto token = alice;
    token.kind = PrincipalKind::kToken;
    const auto refused = decide_device_request(hub, token, codes.user_code, Decision::kApprove, "").error();
    EXPECT_EQ(refused.code, Code::kForbidden);
    EXPECT_EQ(refused.reason, Reason::kSessionNeeded);
    EXPECT_EQ(decide_device_request(hub, {}, codes.user_code, Decision::kApprove, "").error().code, Code::kUnauthenticated);
}

TEST_F(DeviceFlowTest, ClientsMustBeKnown) {
    EXPECT_EQ(begin_device_flow(hub, "stranger").error().code, Code::kUnauthenticated);
    ASSERT_TRUE(
        catalog->write([](catalog::Session& s) { return catalog::put_setting(s, "oauth-client:mine", "My tool"); }).has_value());
    const auto mine = begin_device_flow(hub, "mine").value();
    EXPECT_EQ(find_device_request(hub, mine.user_code).value().client_name, "My tool");
    EXPECT_EQ(error_of(poll_device_flow(hub, mine.device_code.reveal(), client, "").value()), "invalid_client");
}

TEST_F(DeviceFlowTest, ARefreshTokenWorksOnceAndEndsTheOldPair) {
    ASSERT_TRUE(decide(Decision::kApprove).has_value());
    const auto first = std::get<TokenGrant>(poll());
    const auto refresh = [&](const TokenGrant& grant) {
        return refresh_grant(hub, grant.refresh_token.reveal(), client).value();
    };
    clock.pass(std::chrono::days(40));
    const auto second = std::get<TokenGrant>(refresh(first));
    EXPECT_FALSE(who_has(first.access_token).has_value());
    EXPECT_TRUE(who_has(second.access_token).has_value());
    EXPECT_EQ(error_of(refresh(first)), "invalid_grant");
    EXPECT_EQ(error_of(refresh_grant(hub, second.refresh_token.reveal(), "stranger").value()), "invalid_client");
    clock.pass(std::chrono::days(120));
    EXPECT_EQ(error_of(refresh(second)), "invalid_grant");
}

TEST_F(DeviceFlowTest, ARequestOfADeletedUserGivesNothing) {
    ASSERT_TRUE(decide(Decision::kApprove).has_value());
    ASSERT_TRUE(delete_user(hub, admin, "alice").has_value());
    EXPECT_EQ(error_of(poll()), "invalid_grant");
}

}  // namespace
}  // namespace mirfa::hub
