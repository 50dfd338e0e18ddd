// SPDX-License-Identifier: Apache-2.0
// Sessions, sign-up, the first administrator, and names, as the web application speaks of them.
#include <gtest/gtest.h>

#include "api/testing/web_app.h"
#include "hub/accounts/first_admin.h"
#include "hub/accounts/sign_up.h"
#include "hub/accounts/testing/bare_hub.h"

namespace mirfa::api {
namespace {

using enum http::Verb;
using testing::WebApp;

class SessionApiTest : public ::testing::Test, protected hub::testing::BareHub {
protected:
    WebApp web{hub};

    static std::string account(const std::string& name, const std::string& more = "") {
        return R"({"name":")" + name + R"(","email":")" + name + R"(@corp.test","password":"long enough")" + more + "}";
    }
    void allow(hub::SignUpPolicy policy) { ASSERT_TRUE(hub::set_sign_up_policy(hub, admin, policy).has_value()); }
};

TEST_F(SessionApiTest, NobodyIsToldHowToJoinAndWhereTheyAre) {
    const auto answer = web.get("/api/session");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.text.substr(0, answer.text.find(R"(,"version")")),
              R"({"user":null,"csrf":null,"signUp":"closed","hub":{"url":"http://127.0.0.1:8080")");
    EXPECT_EQ(answer.headers.get("Cache-Control"), "private, no-store");
    allow(hub::SignUpPolicy::kInvitation);
    EXPECT_EQ(WebApp::json_of(web.get("/api/session")).at("signUp").as_string(), "invitation");
}

TEST_F(SessionApiTest, ASessionBeginsGoesOnAndEnds) {
    add_user("alice");
    (void)hub::create_organization(hub, admin, "acme", "Acme Lab", "alice").value();
    const auto begun = web.post("/api/session", R"({"login":"ALICE","password":"password of alice"})");
    ASSERT_EQ(begun.status, 200);
    const std::string set(begun.headers.get("Set-Cookie"));
    EXPECT_TRUE(set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax")) << set;
    const auto shown = web.get("/api/session");
    EXPECT_EQ(shown.text, begun.text);
    EXPECT_EQ(shown.text.substr(0, shown.text.find(R"(,"csrf")")),
              R"({"user":{"name":"alice","fullname":"alice","email":"alice@corp.test","isAdmin":false,)"
              R"("avatarUrl":"http://127.0.0.1:8080/avatars/alice.svg","orgs":[{"name":"acme","fullname":"Acme Lab",)"
              R"("role":"admin","avatarUrl":"http://127.0.0.1:8080/avatars/acme.svg"}]})");
    EXPECT_EQ(web.csrf.size(), 64u);
    const auto kept = web.cookie;
    const auto ended = web.send(kDelete, "/api/session");
    EXPECT_EQ(ended.text, "{}");
    EXPECT_EQ(web.cookie, "");
    web.cookie = kept;
    EXPECT_TRUE(WebApp::json_of(web.get("/api/session")).at("user").is_null());
    EXPECT_EQ(web.send(kDelete, "/api/session").status, 200);
}

TEST_F(SessionApiTest, AWrongSignInSaysOneWordWhoeverItWas) {
    add_user("alice");
    const auto wrong = web.post("/api/session", R"({"login":"alice","password":"guess guess"})");
    const auto nobody = web.post("/api/session", R"({"login":"nobody","password":"guess guess"})");
    EXPECT_EQ(WebApp::outcome_of(wrong), "401 wrong_password");
    EXPECT_EQ(wrong.text, nobody.text);
    EXPECT_FALSE(wrong.headers.has("Set-Cookie"));
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/session", R"({"login":"alice"})")), "400 field_missing password");
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/session", "not json")), "400 invalid_argument");
}

TEST_F(SessionApiTest, ADisabledAccountIsToldSoAfterItsPassword) {
    add_user("alice");
    ASSERT_EQ(web.sign_in("alice"), 200);
    ASSERT_TRUE(hub::change_user(hub, admin, "alice", {.disabled = true}).has_value());
    EXPECT_TRUE(WebApp::json_of(web.get("/api/session")).at("user").is_null());
    web.forget();
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/session", R"({"login":"alice","password":"password of alice"})")),
              "403 account_disabled");
}

TEST_F(SessionApiTest, NoOtherSiteSignsAnybodyIn) {
    add_user("alice");
    const std::string body = R"({"login":"alice","password":"password of alice"})";
    for (const auto& [name, value] : {std::pair{"Origin", "http://evil.test"}, std::pair{"Sec-Fetch-Site", "cross-site"}})
        for (const auto* path : {"/api/session", "/api/signup", "/api/setup/x"}) {
            const auto answer = web.client.send(kPost, path, {{name, value}}, body);
            EXPECT_EQ(WebApp::outcome_of(answer), "403 other_site") << path;
        }
    ASSERT_EQ(web.sign_in("alice"), 200);
    web.csrf = std::string(64, '0');
    EXPECT_EQ(WebApp::outcome_of(web.send(kDelete, "/api/session")), "403 page_outdated");
}

TEST_F(SessionApiTest, ATokenHasNoCsrfToken) {
    const auto alice = add_user("alice");
    const auto text = hub::create_token(hub, admin, alice.owner.id, {"laptop"}).value().text.reveal();
    const auto shown = WebApp::json_of(web.client.send(kGet, "/api/session", {{"Authorization", "Bearer " + text}}));
    EXPECT_EQ(shown.at("user").at("name").as_string(), "alice");
    EXPECT_TRUE(shown.at("csrf").is_null());
}

TEST_F(SessionApiTest, SigningUpFollowsThePolicyAndSignsIn) {
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/signup", account("bob"))), "403 sign_up_closed");
    allow(hub::SignUpPolicy::kInvitation);
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/signup", account("bob"))), "403 invitation_invalid invitation");
    const auto secret = hub::create_invitation(hub, admin, {}).value().secret.reveal();
    const auto made = web.post("/api/signup", account("bob", R"(,"invitation":")" + secret + "\""));
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(WebApp::json_of(web.get("/api/session")).at("user").at("name").as_string(), "bob");
    EXPECT_FALSE(WebApp::json_of(made).at("user").at("isAdmin").as_bool());
    web.forget();
    allow(hub::SignUpPolicy::kOpen);
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/signup", account("BOB"))), "409 name_taken name");
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/signup", R"({"name":"eve","email":"bob@corp.test","password":"long enough"})")),
              "409 email_taken email");
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/signup", R"({"name":"eve","email":"eve@corp.test","password":"short"})")),
              "400 password_too_short password");
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/signup", account("eve", R"(,"fullname":7)"))), "400 field_missing fullname");
    EXPECT_EQ(web.cookie, "");
}

TEST_F(SessionApiTest, TheFirstAdministratorComesThroughTheLinkOnce) {
    const auto link = hub::ensure_setup_link(hub).value().value();
    const auto path = "/api" + link.substr(link.find("/setup/"));
    EXPECT_EQ(web.get(path).text, R"({"open":true})");
    EXPECT_EQ(web.get("/api/setup/guess").text, R"({"open":false})");
    EXPECT_EQ(WebApp::outcome_of(web.post("/api/setup/guess", account("ruth"))), "404 setup_closed");
    EXPECT_EQ(WebApp::outcome_of(web.post(path, account("settings"))), "400 name_reserved name");
    const auto made = web.post(path, account("ruth"));
    EXPECT_EQ(made.status, 201);
    EXPECT_TRUE(WebApp::json_of(made).at("user").at("isAdmin").as_bool());
    EXPECT_EQ(web.get(path).text, R"({"open":false})");
    EXPECT_EQ(WebApp::outcome_of(web.post(path, account("second"))), "404 setup_closed");
}

TEST_F(SessionApiTest, NamesAreToldWhileTheyAreTyped) {
    add_user("alice");
    EXPECT_EQ(web.get("/api/names/bob").text, R"({"name":"bob","available":true,"reason":null})");
    EXPECT_EQ(web.get("/api/names/Alice").text, R"({"name":"Alice","available":false,"reason":"name_taken"})");
    EXPECT_EQ(web.get("/api/names/api").text, R"({"name":"api","available":false,"reason":"name_reserved"})");
    EXPECT_EQ(web.get("/api/names/-a").text, R"({"name":"-a","available":false,"reason":"name_invalid"})");
    EXPECT_EQ(WebApp::outcome_of(web.get("/api/names/alice/m")), "401 missing_credentials");
    ASSERT_EQ(web.sign_in("alice"), 200);
    EXPECT_EQ(web.get("/api/names/alice/m?type=dataset").text, R"({"name":"m","available":true,"reason":null})");
    EXPECT_EQ(web.get("/api/names/alice/m.git").text, R"({"name":"m.git","available":false,"reason":"name_invalid"})");
    EXPECT_EQ(WebApp::outcome_of(web.get("/api/names/admin/m")), "404 not_found");
    EXPECT_EQ(WebApp::outcome_of(web.get("/api/names/alice/m?type=bucket")), "400 invalid_argument type");
    add_user("bob");
    EXPECT_EQ(WebApp::outcome_of(web.get("/api/names/bob/m")), "403 forbidden");
}

}  // namespace
}  // namespace mirfa::api
