// SPDX-License-Identifier: Apache-2.0
// Settings of one's own account, tokens, devices and organisations, as the web application speaks of them.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/web_app.h"
#include "base/random.h"
#include "catalog/repos.h"
#include "hub/accounts/device_flow.h"
#include "hub/accounts/own_profile.h"
#include "hub/accounts/testing/bare_hub.h"

namespace mirfa::api {
namespace {

using namespace std::string_literals;
using enum http::Verb;
using catalog::OrgRole;
using testing::WebApp;

const std::string kPng = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\xc8\x08\x02\0\0\0"s;

class SettingsApiTest : public ::testing::Test, protected hub::testing::BareHub {
protected:
    catalog::User alice = add_user("alice");
    WebApp web{hub};

    void SetUp() override { ASSERT_EQ(web.sign_in("alice"), 200); }
    std::string outcome(http::Verb verb, const std::string& path, const std::string& body = "") {
        return WebApp::outcome_of(web.send(verb, path, body));
    }
    int with_token(const std::string& text, const std::string& path) {
        return web.client.send(kGet, path, {{"Authorization", "Bearer " + text}}).status;
    }
};

TEST_F(SettingsApiTest, TheProfileIsShownAndChanged) {
    EXPECT_EQ(web.get("/api/settings/profile").text,
              R"({"name":"alice","fullname":"alice","email":"alice@corp.test","bio":"","homepage":"",)"
              R"("avatarUrl":"http://127.0.0.1:8080/avatars/alice.svg","hasAvatar":false,"isAdmin":false,"createdAt":")" +
                  to_iso8601(clock.time) + "\"}");
    const auto changed = web.send(kPatch, "/api/settings/profile", R"({"fullname":"Alice","bio":"b","homepage":null})");
    EXPECT_EQ(changed.status, 200);
    EXPECT_EQ(WebApp::json_of(changed).at("fullname").as_string(), "Alice");
    EXPECT_EQ(WebApp::json_of(web.get("/api/users/alice/overview")).at("details").as_string(), "b");
    EXPECT_EQ(outcome(kPatch, "/api/settings/profile", R"({"homepage":"javascript:x"})"), "400 homepage_invalid homepage");
    EXPECT_EQ(outcome(kPatch, "/api/settings/profile", R"({"bio":7})"), "400 field_missing bio");
    EXPECT_EQ(outcome(kPatch, "/api/settings/profile", R"({"email":"new@corp.test"})"), "403 wrong_password password");
    EXPECT_EQ(outcome(kPatch, "/api/settings/profile", R"({"email":"new@corp.test","password":"password of alice"})"), "200");
    EXPECT_EQ(hub::load_user(hub, "alice").value().email, "new@corp.test");
}

TEST_F(SettingsApiTest, ThePictureHasAnotherAddressAfterEachChange) {
    EXPECT_EQ(outcome(kPut, "/api/settings/avatar", "<svg/>"), "400 picture_invalid");
    const auto first = WebApp::json_of(web.send(kPut, "/api/settings/avatar", kPng)).at("avatarUrl");
    EXPECT_NE(first.as_string().find("/avatars/alice.svg?v="), std::string::npos);
    EXPECT_EQ(WebApp::json_of(web.get("/api/session")).at("user").at("avatarUrl"), first);
    const auto second = WebApp::json_of(web.send(kPut, "/api/settings/avatar", kPng));
    EXPECT_NE(second.at("avatarUrl"), first);
    EXPECT_TRUE(second.at("hasAvatar").as_bool());
    EXPECT_FALSE(WebApp::json_of(web.send(kDelete, "/api/settings/avatar")).at("hasAvatar").as_bool());
}

TEST_F(SettingsApiTest, ANewPasswordEndsTheOtherBrowsersAndNotThisOne) {
    WebApp other{hub};
    ASSERT_EQ(other.sign_in("alice"), 200);
    const auto change = [&](const std::string& old_one, const std::string& new_one) {
        return outcome(kPut, "/api/settings/password", R"({"old":")" + old_one + R"(","new":")" + new_one + "\"}");
    };
    EXPECT_EQ(change("wrong", "long enough"), "403 wrong_password old");
    EXPECT_EQ(change("password of alice", "short"), "400 password_too_short new");
    EXPECT_EQ(change("password of alice", "long enough"), "200");
    EXPECT_EQ(web.get("/api/settings/profile").status, 200);
    EXPECT_EQ(outcome(kPatch, "/api/settings/profile", "{}"), "200");  // with the CSRF token it was told
    EXPECT_EQ(WebApp::outcome_of(other.get("/api/settings/profile")), "401 missing_credentials");
}

TEST_F(SettingsApiTest, BrowsersAreListedAndEnded) {
    WebApp other{hub};
    clock.pass(std::chrono::seconds(1));
    ASSERT_EQ(other.sign_in("alice"), 200);
    const auto list = WebApp::json_of(web.get("/api/settings/sessions"));
    ASSERT_EQ(list.as_array().size(), 2u);
    EXPECT_EQ(list.at(0).at("agent").as_string(), "a browser");
    EXPECT_FALSE(list.at(0).at("current").as_bool());
    EXPECT_TRUE(list.at(1).at("current").as_bool());
    const std::string id(list.at(0).at("id").as_string());
    EXPECT_EQ(outcome(kDelete, "/api/settings/sessions/" + id), "200");
    EXPECT_EQ(outcome(kDelete, "/api/settings/sessions/" + id), "404 not_found");
    EXPECT_EQ(other.get("/api/settings/profile").status, 401);
    EXPECT_EQ(web.get("/api/settings/profile").status, 200);
}

TEST_F(SettingsApiTest, TheTextOfATokenIsShownOnce) {
    const auto made = web.post("/api/settings/tokens",
                               R"({"name":"ci","role":"fineGrained","expiresAt":"2099-01-01T00:00:00Z","fineGrained":{"scoped":[)"
                               R"({"entity":{"type":"model","name":"alice/m"},"permissions":["repo.write"]}]}})");
    ASSERT_EQ(made.status, 201) << made.text;
    EXPECT_EQ(made.headers.get("Cache-Control"), "private, no-store");
    const std::string text(WebApp::json_of(made).at("token").as_string());
    EXPECT_EQ(with_token(text, "/api/whoami-v2"), 200);
    const auto list = web.get("/api/settings/tokens");
    EXPECT_EQ(list.text.find(text), std::string::npos);
    const auto row = WebApp::json_of(list).at(0);
    EXPECT_EQ(row.at("name").as_string(), "ci");
    EXPECT_EQ(row.at("expiresAt").as_string(), "2099-01-01T00:00:00.000Z");
    EXPECT_TRUE(row.at("lastUsedAt").is_null());
    EXPECT_EQ(boost::json::serialize(row.at("fineGrained")),
              R"({"scoped":[{"entity":{"type":"model","name":"alice/m"},"permissions":["repo.write"]}],"global":[]})");
    const auto path = "/api/settings/tokens/" + std::string(row.at("id").as_string());
    EXPECT_EQ(outcome(kDelete, path), "200");
    EXPECT_EQ(outcome(kDelete, path), "404 not_found");
    EXPECT_EQ(outcome(kDelete, "/api/settings/tokens/x"), "404 not_found");
    EXPECT_EQ(with_token(text, "/api/whoami-v2"), 401);
}

TEST_F(SettingsApiTest, WhatIsWrongWithATokenIsSaidOfItsField) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"role":"read"})", "400 field_missing name"},
        {R"({"name":" x","role":"read"})", "400 name_invalid name"},
        {R"({"name":"x","role":"all"})", "400 role_invalid role"},
        {R"({"name":"x","role":"read","expiresAt":"soon"})", "400 date_invalid expiresAt"},
        {R"({"name":"x","role":"read","expiresAt":"2001-01-01T00:00:00Z"})", "400 date_invalid expiresAt"},
        {R"({"name":"x","role":"fineGrained","fineGrained":{"scoped":[{"entity":{"type":"model","name":"a/b"},"permissions":["x"]}]}})",
         "400 scopes_invalid fineGrained"},
        {R"({"name":"x","role":"fineGrained","fineGrained":{"scoped":[{"entity":{"type":"model","name":"-a/b"},"permissions":["repo.write"]}]}})",
         "400 scopes_invalid fineGrained"},
        {R"({"name":"x","role":"read","fineGrained":{"scoped":[{"entity":{"type":"user","name":"a"},"permissions":["repo.write"]}]}})",
         "400 scopes_invalid fineGrained"},
        {R"({"name":"x","role":"read"})", "201"},
        {R"({"name":"x","role":"read"})", "409 name_taken name"}};
    for (const auto& [body, expected] : cases) EXPECT_EQ(outcome(kPost, "/api/settings/tokens", body), expected) << body;
}

TEST_F(SettingsApiTest, ATokenOpensNoSettings) {
    const auto text = hub::create_token(hub, admin, alice.owner.id, {"all", catalog::TokenRole::kWrite}).value().text.reveal();
    const auto answer = web.client.send(kPost, "/api/settings/tokens", {{"Authorization", "Bearer " + text}},
                                        R"({"name":"another","role":"write"})");
    EXPECT_EQ(WebApp::outcome_of(answer), "403 session_needed");
}

TEST_F(SettingsApiTest, ADeviceIsLetInOrTurnedAway) {
    constexpr const char* kClient = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";
    const auto poll = [&](const hub::DeviceCodes& codes) {
        return hub::poll_device_flow(hub, codes.device_code.reveal(), kClient, "10.0.0.1").value();
    };
    const auto yes = hub::begin_device_flow(hub, kClient).value(), no = hub::begin_device_flow(hub, kClient).value();
    const auto path = "/api/device/" + yes.user_code;
    const auto shown = WebApp::json_of(web.get(path));
    EXPECT_EQ(shown.at("userCode").as_string(), yes.user_code);
    EXPECT_EQ(shown.at("clientName").as_string(), "the hf command line");
    EXPECT_EQ(outcome(kPost, path, R"({"decision":"perhaps"})"), "400 invalid_argument decision");
    EXPECT_EQ(web.post(path, R"({"decision":"approve"})").text, R"({"decision":"approve"})");
    EXPECT_EQ(outcome(kPost, "/api/device/" + no.user_code, R"({"decision":"deny"})"), "200");
    EXPECT_TRUE(std::holds_alternative<hub::TokenGrant>(poll(yes)));
    EXPECT_EQ(std::get<hub::OAuthError>(poll(no)), hub::OAuthError::kAccessDenied);
    EXPECT_EQ(outcome(kGet, path), "404 code_unknown code");
    EXPECT_EQ(outcome(kPost, path, R"({"decision":"approve"})"), "404 code_unknown code");
}

TEST_F(SettingsApiTest, AnOrganizationIsMadeAndItsMembersManaged) {
    add_user("bob");
    EXPECT_EQ(outcome(kPost, "/api/organizations/create", R"({"name":"alice","fullname":""})"), "409 name_taken name");
    EXPECT_EQ(outcome(kPost, "/api/organizations/create", R"({"name":"acme","fullname":"Acme Lab"})"), "201");
    EXPECT_EQ(outcome(kPut, "/api/organizations/acme/members/bob", R"({"role":"owner"})"), "400 role_invalid role");
    EXPECT_EQ(outcome(kPut, "/api/organizations/acme/members/nobody", R"({"role":"read"})"), "404 not_found");
    const auto added = WebApp::json_of(web.send(kPut, "/api/organizations/acme/members/BOB", R"({"role":"write"})"));
    EXPECT_EQ(added.at("user").as_string(), "bob");
    EXPECT_EQ(added.at("role").as_string(), "write");
    EXPECT_EQ(WebApp::json_of(web.get("/api/organizations/acme/members")).as_array().size(), 2u);
    EXPECT_EQ(outcome(kPut, "/api/organizations/acme/members/alice", R"({"role":"read"})"), "409 last_administrator");
    EXPECT_EQ(outcome(kDelete, "/api/organizations/acme/members/alice"), "409 last_administrator");
    WebApp bob{hub};
    ASSERT_EQ(bob.sign_in("bob"), 200);
    EXPECT_EQ(WebApp::outcome_of(bob.send(kDelete, "/api/organizations/acme/members/alice")), "403 forbidden");
    EXPECT_EQ(WebApp::outcome_of(bob.send(kPut, "/api/organizations/acme/members/bob", R"({"role":"admin"})")), "403 forbidden");
    EXPECT_EQ(WebApp::outcome_of(bob.send(kDelete, "/api/organizations/acme/members/bob")), "200");  // leaves
    EXPECT_EQ(WebApp::json_of(web.get("/api/organizations/acme/members")).as_array().size(), 1u);
}

TEST_F(SettingsApiTest, AnOrganizationIsDescribedAndDeleted) {
    const auto acme = hub::create_organization(hub, admin, "acme", "Acme", "alice").value();
    const auto changed =
        web.send(kPatch, "/api/organizations/acme/settings", R"({"fullname":"Acme Lab","homepage":"https://a.test"})");
    EXPECT_EQ(WebApp::json_of(changed).at("fullname").as_string(), "Acme Lab");
    EXPECT_EQ(WebApp::json_of(web.get("/api/organizations/acme/overview")).at("homepage").as_string(), "https://a.test");
    const auto pictured = WebApp::json_of(web.send(kPut, "/api/organizations/acme/avatar", kPng));
    EXPECT_NE(pictured.at("avatarUrl").as_string().find("acme.svg?v="), std::string::npos);
    EXPECT_EQ(outcome(kDelete, "/api/organizations/acme/avatar"), "200");
    EXPECT_EQ(outcome(kDelete, "/api/organizations/acme", R"({"confirm":"Acme"})"), "400 confirmation_wrong confirm");
    catalog::Repository repo;
    repo.id = new_row_id();
    repo.owner = acme.id;
    repo.creator = alice.owner.id;
    repo.name = "m";
    ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::insert_repository(s, repo); }).has_value());
    EXPECT_EQ(outcome(kDelete, "/api/organizations/acme", R"({"confirm":"acme"})"), "409 owns_repositories");
    ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::delete_repository(s, repo.id); }).has_value());
    EXPECT_EQ(outcome(kDelete, "/api/organizations/acme", R"({"confirm":"acme"})"), "200");
    EXPECT_EQ(outcome(kGet, "/api/organizations/acme/overview"), "404 not_found");
    EXPECT_EQ(audit_lines()[0], "alice organization.delete acme");
}

}  // namespace
}  // namespace mirfa::api
