// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/tokens.h"

#include <gtest/gtest.h>

#include "hub/accounts/sessions.h"
#include "hub/accounts/testing/bare_hub.h"

namespace mirfa::hub {
namespace {

using catalog::TokenRole;

class TokensTest : public ::testing::Test, protected testing::BareHub {
protected:
    RowId alice = add_user("alice").owner.id;
    Actor by{"alice", "10.0.0.1"};
    LastUsed last_used;

    std::string make(NewToken wanted) { return create_token(hub, by, alice, wanted).value().text.reveal(); }
    Result<Principal> with_header(const std::string& header) { return authenticate(hub, last_used, {header, ""}); }
    static std::string basic(const std::string& pair) { return "Basic " + to_base64(as_bytes(pair)); }
    void expect_refused(const std::string& header) {
        const auto who = with_header(header);
        ASSERT_FALSE(who.has_value()) << header;
        EXPECT_EQ(who.error().code, Code::kUnauthenticated);
        EXPECT_EQ(who.error().reason, Reason::kBadCredentials);
        EXPECT_EQ(who.error().message, "Invalid credentials in Authorization header");
    }
};

TEST_F(TokensTest, LookAsTheClientsExpect) {
    const auto text = make({"laptop", TokenRole::kWrite});
    EXPECT_EQ(text.size(), 40u);
    EXPECT_TRUE(text.starts_with("hf_"));
    EXPECT_NE(text, make({"desk", TokenRole::kWrite}));
}

TEST_F(TokensTest, OpenTheDoorByBearerAndByBasic) {
    const auto text = make({"laptop", TokenRole::kWrite});
    for (const auto& header :
         {"Bearer " + text, "bearer  " + text, basic("anybody:" + text), basic(text + ":"), basic(text + ":x-oauth-basic")}) {
        const auto who = with_header(header).value();
        EXPECT_EQ(who.kind, PrincipalKind::kToken);
        EXPECT_EQ(who.user, alice);
        EXPECT_EQ(who.label(), "alice/laptop");
        EXPECT_EQ(who.token_role, TokenRole::kWrite);
    }
}

TEST_F(TokensTest, WhatIsMalformedOrUnknownIsRefusedInTheWordsClientsKnow) {
    for (const auto& header : {"Bearer", "Bearer hf_unknown", "Bearer ", "Token x", "Basic !!!", "hf_x"}) expect_refused(header);
    expect_refused(basic("alice"));
    expect_refused(basic("alice:password of alice"));
    expect_refused("Bearer hf_" + std::string(5000, 'a'));
}

TEST_F(TokensTest, AnExpiredOrRevokedTokenIsRefused) {
    const auto short_lived = make({"brief", TokenRole::kRead, {}, clock.time + 1000});
    EXPECT_TRUE(with_header("Bearer " + short_lived).has_value());
    clock.time += 1000;
    expect_refused("Bearer " + short_lived);
    const auto text = make({"laptop", TokenRole::kRead});
    const auto id = list_tokens(hub, alice).value().back().id;
    EXPECT_EQ(revoke_token(hub, by, alice + 1, id).error().code, Code::kNotFound);
    EXPECT_TRUE(with_header("Bearer " + text).has_value());
    ASSERT_TRUE(revoke_token(hub, by, alice, id).has_value());
    expect_refused("Bearer " + text);
    EXPECT_EQ(revoke_token(hub, by, alice, std::string("laptop")).error().code, Code::kNotFound);
}

TEST_F(TokensTest, NamesAreTakenOncePerUserAndMustBeText) {
    make({"laptop", TokenRole::kRead});
    EXPECT_EQ(create_token(hub, by, alice, {"laptop", TokenRole::kRead}).error().code, Code::kAlreadyExists);
    EXPECT_TRUE(create_token(hub, by, add_user("bob").owner.id, {"laptop", TokenRole::kRead}).has_value());
    for (const auto& bad : {std::string(), std::string(101, 'x'), std::string(" x"), std::string("a\nb"), std::string("\xff")})
        EXPECT_EQ(create_token(hub, by, alice, {bad, TokenRole::kRead}).error().code, Code::kInvalidArgument) << bad;
    EXPECT_FALSE(create_token(hub, by, alice, {"past", TokenRole::kRead, {}, clock.time}).has_value());
}

TEST_F(TokensTest, ScopesAreCheckedAndCarriedByThePrincipal) {
    const Scope good{"model", "acme/m", {"repo.write"}};
    const auto text = make({"narrow", TokenRole::kFineGrained, {good}});
    const auto who = with_header("Bearer " + text).value();
    ASSERT_EQ(who.scopes.size(), 1u);
    EXPECT_EQ(who.scopes[0].entity_name, "acme/m");
    const Scope bad[] = {{"model", "acme", {"repo.write"}}, {"org", "acme/m", {"repo.write"}}, {"moon", "acme/m", {"repo.write"}},
                         {"model", "acme/m", {"repo.fly"}}, {"model", "acme/m", {}},           {"user", "../x", {"repo.write"}}};
    for (const auto& scope : bad)
        EXPECT_FALSE(create_token(hub, by, alice, {"other", TokenRole::kFineGrained, {scope}}).has_value()) << scope.entity_name;
    EXPECT_FALSE(create_token(hub, by, alice, {"other", TokenRole::kWrite, {good}}).has_value());
}

TEST_F(TokensTest, ANarrowTokenOfAnAdministratorIsNoAdministrator) {
    const auto boss = add_user("boss", true).owner.id;
    const auto wide = create_token(hub, by, boss, {"wide", TokenRole::kWrite}).value();
    const auto narrow = create_token(hub, by, boss, {"narrow", TokenRole::kFineGrained}).value();
    EXPECT_TRUE(with_header("Bearer " + wide.text.reveal()).value().is_admin);
    EXPECT_FALSE(with_header("Bearer " + narrow.text.reveal()).value().is_admin);
}

TEST_F(TokensTest, WhoeverShowsALeakedTokenEndsIt) {
    const auto text = make({"laptop", TokenRole::kWrite});
    const std::vector<std::string> shown = {"hf_other", text, "x"};
    EXPECT_EQ(revoke_leaked(hub, {"-", "10.0.0.9"}, shown).value(), 1);
    expect_refused("Bearer " + text);
    EXPECT_EQ(audit_lines()[0], "- token.revoke-leaked laptop");
}

TEST_F(TokensTest, LastUseIsWrittenOncePerMinute) {
    const auto text = make({"laptop", TokenRole::kRead});
    const auto written = [&] { return list_tokens(hub, alice).value()[0].last_used; };
    const auto use = [&] { ASSERT_TRUE(with_header("Bearer " + text).has_value()); };
    use();
    EXPECT_FALSE(written().has_value());
    ASSERT_TRUE(last_used.flush(hub).has_value());
    const auto first = clock.now();
    EXPECT_EQ(written(), first);
    clock.pass(std::chrono::seconds(30));
    use();
    ASSERT_TRUE(last_used.flush(hub).has_value());
    EXPECT_EQ(written(), first);
    clock.pass(std::chrono::seconds(30));
    ASSERT_TRUE(last_used.flush(hub).has_value());
    EXPECT_EQ(written(), first + 30'000);
    clock.pass(std::chrono::seconds(1));
    use();
    ASSERT_TRUE(last_used.flush(hub, LastUsed::Which::kAll).has_value());
    EXPECT_EQ(written(), first + 61'000);
}

TEST_F(TokensTest, ACookieIsLookedAtOnlyWithoutAHeader) {
    const auto session = sign_in(hub, {"alice", Secret("password of alice"), "10.0.0.1", "test"}).value();
    const auto cookie = "theme=dark; mirfa_session=" + session.cookie.reveal() + "; x=y";
    EXPECT_EQ(authenticate(hub, last_used, {"", cookie}).value().label(), "alice@browser");
    EXPECT_FALSE(authenticate(hub, last_used, {"Bearer hf_x", cookie}).has_value());
    EXPECT_TRUE(authenticate(hub, last_used, {"", "mirfa_session=gone"}).value().is_anonymous());
    EXPECT_TRUE(authenticate(hub, last_used, {"", ""}).value().is_anonymous());
    clock.time += kSessionLasts;
    EXPECT_TRUE(authenticate(hub, last_used, {"", cookie}).value().is_anonymous());
}

}  // namespace
}  // namespace mirfa::hub
