// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/sessions.h"

#include <gtest/gtest.h>

#include "hub/accounts/accounts.h"
#include "hub/accounts/testing/bare_hub.h"

namespace mirfa::hub {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class SessionsTest : public ::testing::Test, protected testing::BareHub {
protected:
    void SetUp() override { add_user("alice"); }
    Code attempt(const std::string& login, const std::string& password, const std::string& address = "10.0.0.1") {
        const auto result = sign_in(hub, {login, Secret(password), address, "test"});
        return result.has_value() ? Code::kInternal : result.error().code;
    }
    static constexpr Code kSignedIn = Code::kInternal;
    const std::string right = "password of alice";
};

TEST_F(SessionsTest, SignsInByNameOrAddressAndOutAgain) {
    for (const auto& login : {"alice", "ALICE", "alice@corp.test"}) EXPECT_EQ(attempt(login, right), kSignedIn) << login;
    const auto session = sign_in(hub, {"alice", Secret(right), "10.0.0.1", "test"}).value();
    const auto who = find_session(hub, session.cookie.reveal()).value().value();
    EXPECT_EQ(who.name, "alice");
    ASSERT_TRUE(sign_out(hub, who, "10.0.0.1").has_value());
    EXPECT_FALSE(find_session(hub, session.cookie.reveal()).value().has_value());
    EXPECT_EQ(audit_lines()[0], "alice sign-out alice");
    EXPECT_EQ(audit_lines()[1], "alice sign-in alice");
}

TEST_F(SessionsTest, APasswordChangedWhileSomebodySignsInWithTheOldOneGivesNoSession) {
    const auto before = catalog->read([](catalog::Session& s) { return catalog::find_user(s, "alice"); }).value().value();
    ASSERT_TRUE(reset_password(hub, admin, "alice", Secret("another password")).has_value());
    EXPECT_EQ(start_session(hub, before, "10.0.0.1", "test").error().code, Code::kUnauthenticated);
    EXPECT_TRUE(start_session(hub, load_user(hub, "alice").value(), "10.0.0.1", "test").has_value());
}

TEST_F(SessionsTest, UnknownUsersAndWrongPasswordsAreAnsweredAlike) {
    const auto unknown = sign_in(hub, {"nobody", Secret(right), "10.0.0.1", ""}).error();
    const auto wrong = sign_in(hub, {"alice", Secret("not it at all"), "10.0.0.1", ""}).error();
    EXPECT_EQ(unknown.message, wrong.message);
    EXPECT_EQ(unknown.code, Code::kUnauthenticated);
    EXPECT_EQ(attempt("", right), Code::kUnauthenticated);
    EXPECT_EQ(attempt(std::string(300, 'x'), right), Code::kUnauthenticated);
    EXPECT_EQ(audit_lines()[0], "- sign-in.fail alice");
}

TEST_F(SessionsTest, AnAccountThatFailsOftenMustWaitLongerAndLonger) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(attempt("alice", "wrong password"), Code::kUnauthenticated) << i;
    EXPECT_EQ(attempt("alice", right), Code::kTooManyRequests);
    EXPECT_EQ(attempt("alice@corp.test", right, "10.0.0.2"), Code::kTooManyRequests);
    clock.pass(seconds(1));
    EXPECT_EQ(attempt("alice", "wrong password"), Code::kUnauthenticated);
    clock.pass(seconds(1));
    const auto refused = sign_in(hub, {"alice", Secret(right), "10.0.0.1", ""}).error();
    EXPECT_EQ(refused.message, "Too many failed sign-ins. Try again in 1 second.");
    clock.pass(seconds(1));
    EXPECT_EQ(attempt("alice", right), kSignedIn);
    EXPECT_EQ(attempt("alice", "wrong password"), Code::kUnauthenticated);
    EXPECT_EQ(attempt("alice", right), kSignedIn);
}

TEST_F(SessionsTest, AnAddressThatTriesManyAccountsMustWaitToo) {
    for (int i = 0; i < 20; ++i) EXPECT_EQ(attempt("user" + std::to_string(i), "wrong password"), Code::kUnauthenticated) << i;
    EXPECT_EQ(attempt("alice", right), Code::kTooManyRequests);
    EXPECT_EQ(attempt("alice", right, "10.0.0.2"), kSignedIn);
    clock.pass(seconds(1));
    EXPECT_EQ(attempt("alice", right), kSignedIn);
    EXPECT_EQ(attempt("user30", "wrong password"), Code::kUnauthenticated);  // the 21st: success forgave nothing
    EXPECT_EQ(attempt("alice", right), Code::kTooManyRequests);
    clock.pass(minutes(60));
    EXPECT_EQ(attempt("alice", right), kSignedIn);
}

TEST_F(SessionsTest, AnIPv6NeighbourhoodCountsAsOneAddress) {
    for (int i = 0; i < 20; ++i) attempt("user" + std::to_string(i), "wrong password", "2001:db8:1:2::" + std::to_string(i));
    EXPECT_EQ(attempt("alice", right, "2001:db8:1:2:ffff::1"), Code::kTooManyRequests);
    EXPECT_EQ(attempt("alice", right, "2001:db8:1:3::1"), kSignedIn);
}

TEST(LoginDelay, DoublesFromOneSecondToAQuarterOfAnHour) {
    EXPECT_EQ(login_delay(4, 5), 0);
    EXPECT_EQ(login_delay(5, 5), 1000);
    EXPECT_EQ(login_delay(8, 5), 8000);
    EXPECT_EQ(login_delay(15, 5), 900'000);
    EXPECT_EQ(login_delay(1'000'000, 5), 900'000);
}

TEST_F(SessionsTest, ASessionEndsAfterThirtyDays) {
    const auto session = sign_in(hub, {"alice", Secret(right), "10.0.0.1", "test"}).value();
    clock.time += kSessionLasts - 1;
    EXPECT_TRUE(find_session(hub, session.cookie.reveal()).value().has_value());
    clock.time += 1;
    EXPECT_FALSE(find_session(hub, session.cookie.reveal()).value().has_value());
}

}  // namespace
}  // namespace mirfa::hub
