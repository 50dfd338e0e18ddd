// SPDX-License-Identifier: Apache-2.0
// What administrators of the hub see and change through the web application.
#include <gtest/gtest.h>

#include "api/testing/web_app.h"
#include "base/digest.h"
#include "hub/accounts/sessions.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::api {
namespace {

using enum http::Verb;
using testing::WebApp;

class AdminApiTest : public ::testing::Test, protected hub::testing::BareHub {
protected:
    catalog::User ruth = add_user("ruth", true);
    WebApp web{hub};

    void SetUp() override { ASSERT_EQ(web.sign_in("ruth"), 200); }
    std::string outcome(http::Verb verb, const std::string& path, const std::string& body = "") {
        return WebApp::outcome_of(web.send(verb, path, body));
    }
    /// Names in an answer that is a list.
    static std::string names_in(const http::Response& response) {
        std::string names;
        const auto list = WebApp::json_of(response);
        for (const auto& row : list.as_array()) names += std::string(row.at("name").as_string()) + " ";
        return names;
    }
};

TEST_F(AdminApiTest, UsersAreFoundPageByPage) {
    for (const auto* name : {"ann", "bob_x", "bobby", "carl"}) add_user(name);
    const auto first = web.get("/api/admin/users?limit=2");
    EXPECT_EQ(names_in(first), "ann bob_x ");
    EXPECT_EQ(first.headers.get("Link"), R"(<http://127.0.0.1:8080/api/admin/users?limit=2&cursor=bob_x>; rel="next")");
    EXPECT_EQ(names_in(web.get("/api/admin/users?limit=2&cursor=bob_x")), "bobby carl ");
    EXPECT_EQ(names_in(web.get("/api/admin/users?search=BOB")), "bob_x bobby ");
    EXPECT_EQ(names_in(web.get("/api/admin/users?search=b_")), "bob_x ");  // no wildcard
    EXPECT_EQ(names_in(web.get("/api/admin/users?search=%25")), "");
    EXPECT_EQ(names_in(web.get("/api/admin/users?search=carl@corp")), "carl ");
    const auto all = web.get("/api/admin/users");
    EXPECT_FALSE(all.headers.has("Link"));
    EXPECT_EQ(all.text.find("argon2"), std::string::npos);
}

TEST_F(AdminApiTest, UsersAreMadeChangedAndDeleted) {
    const auto made = web.post("/api/admin/users", R"({"name":"ann","email":"ann@corp.test","password":"long enough"})");
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(made.text,
              R"({"name":"ann","fullname":"ann","email":"ann@corp.test","isAdmin":false,"disabled":false,"createdAt":")" +
                  to_iso8601(clock.time) + R"(","avatarUrl":"http://127.0.0.1:8080/avatars/ann.svg"})");
    const auto changed =
        WebApp::json_of(web.send(kPatch, "/api/admin/users/ann", R"({"isAdmin":true,"disabled":true,"password":"another one"})"));
    EXPECT_TRUE(changed.at("isAdmin").as_bool());
    EXPECT_TRUE(changed.at("disabled").as_bool());
    EXPECT_EQ(outcome(kPatch, "/api/admin/users/ann", R"({"disabled":false,"isAdmin":false})"), "200");
    WebApp ann{hub};
    EXPECT_EQ(ann.post("/api/session", R"({"login":"ann","password":"another one"})").status, 200);
    EXPECT_EQ(WebApp::outcome_of(ann.get("/api/admin/users")), "403 forbidden");
    EXPECT_EQ(outcome(kPatch, "/api/admin/users/ann", R"({"disabled":"yes"})"), "400 field_missing disabled");
    EXPECT_EQ(outcome(kPatch, "/api/admin/users/ann", R"({"password":"short"})"), "400 password_too_short password");
    EXPECT_EQ(outcome(kPatch, "/api/admin/users/nobody", "{}"), "404 not_found");
    EXPECT_EQ(outcome(kPatch, "/api/admin/users/ruth", R"({"isAdmin":false})"), "409 last_administrator");
    EXPECT_EQ(outcome(kPatch, "/api/admin/users/ruth", R"({"disabled":true})"), "409 own_account");
    EXPECT_EQ(outcome(kDelete, "/api/admin/users/ruth"), "409 own_account");
    EXPECT_EQ(outcome(kDelete, "/api/admin/users/ann"), "200");
    EXPECT_EQ(outcome(kDelete, "/api/admin/users/ann"), "404 not_found");
    EXPECT_EQ(ann.get("/api/settings/profile").status, 401);
}

TEST_F(AdminApiTest, OrganizationsAreListed) {
    (void)hub::create_organization(hub, admin, "acme", "Acme", "ruth").value();
    (void)hub::create_organization(hub, admin, "beta", "Beta", "ruth").value();
    EXPECT_EQ(names_in(web.get("/api/admin/organizations?limit=1")), "acme ");
    EXPECT_EQ(names_in(web.get("/api/admin/organizations?cursor=acme")), "beta ");
}

TEST_F(AdminApiTest, ThePolicyOfSignUpIsSet) {
    EXPECT_EQ(web.get("/api/admin/sign-up").text, R"({"policy":"closed"})");
    EXPECT_EQ(web.send(kPut, "/api/admin/sign-up", R"({"policy":"open"})").text, R"({"policy":"open"})");
    EXPECT_EQ(WebApp::json_of(web.get("/api/session")).at("signUp").as_string(), "open");
    EXPECT_EQ(outcome(kPut, "/api/admin/sign-up", R"({"policy":"half"})"), "400 invalid_argument policy");
}

TEST_F(AdminApiTest, TheSecretOfAnInvitationIsShownOnce) {
    const auto made = web.post("/api/admin/invitations", R"({"note":"the team","days":2,"uses":3})");
    ASSERT_EQ(made.status, 201) << made.text;
    const auto json = WebApp::json_of(made);
    const std::string secret(json.at("secret").as_string());
    EXPECT_EQ(json.at("url").as_string(), "http://127.0.0.1:8080/join?invitation=" + secret);
    EXPECT_EQ(json.at("expiresAt").as_string(), to_iso8601(clock.time + 2 * 24 * 3'600'000LL));
    const auto list = web.get("/api/admin/invitations");
    EXPECT_EQ(list.text.find(secret), std::string::npos);
    const auto row = WebApp::json_of(list).at(0);
    EXPECT_EQ(row.at("maxUses").to_number<int>(), 3);
    EXPECT_EQ(row.at("createdBy").as_string(), "ruth");
    EXPECT_TRUE(row.at("open").as_bool());
    EXPECT_EQ(outcome(kPost, "/api/admin/invitations", R"({"days":0})"), "400 invalid_argument days");
    EXPECT_EQ(outcome(kPost, "/api/admin/invitations", R"({"uses":"many"})"), "400 field_missing uses");
    const auto path = "/api/admin/invitations/" + std::string(row.at("id").as_string());
    EXPECT_EQ(outcome(kDelete, path), "200");
    EXPECT_EQ(outcome(kDelete, path), "404 not_found");
}

TEST_F(AdminApiTest, WhatHappenedIsToldNewestFirst) {
    add_user("ann");
    const auto first = web.get("/api/admin/audit?limit=1");
    const auto newest = WebApp::json_of(first).at(0);
    EXPECT_EQ(newest.at("action").as_string(), "user.create");
    EXPECT_EQ(newest.at("target").as_string(), "ann");
    EXPECT_EQ(newest.at("actor").as_string(), "admin");
    EXPECT_EQ(newest.at("at").as_string(), to_iso8601(clock.time));
    const std::string link(first.headers.get("Link"));
    const auto next = link.substr(link.find("/api/"), link.find('>') - link.find("/api/"));
    EXPECT_EQ(WebApp::json_of(web.get(next)).at(0).at("action").as_string(), "sign-in");
}

TEST_F(AdminApiTest, TokensOfAdministratorsLookAndChangeNothing) {
    const auto text = hub::create_token(hub, admin, ruth.owner.id, {"all", catalog::TokenRole::kWrite}).value().text.reveal();
    const testing::InProcess::Fields bearer = {{"Authorization", "Bearer " + text}};
    EXPECT_EQ(web.client.send(kGet, "/api/admin/users", bearer).status, 200);
    EXPECT_EQ(WebApp::outcome_of(web.client.send(kPut, "/api/admin/sign-up", bearer, R"({"policy":"open"})")),
              "403 session_needed");
}

/// A hub with its stores, and ann, who administers it and is signed in.
struct WholeAdmin {
    WholeAdmin() {
        EXPECT_TRUE(
            whole.catalog->write([&](catalog::Session& s) { return catalog::update_admin(s, ann.user, true); }).has_value());
        const auto user = hub::load_user(whole.hub, "ann").value();
        web.cookie = "mirfa_session=" + hub::start_session(whole.hub, user, "10.0.0.1", "").value().cookie.reveal();
    }
    hub::testing::WholeHub whole;
    hub::Principal ann = whole.add_user("ann");
    catalog::Repository repo = whole.add_repo(ann, "m");
    WebApp web{whole.hub};
};

// These events had no address at all.
TEST(AdminAudit, TellsWhereWhatHappenedToARepositoryCameFrom) {
    WholeAdmin by;
    by.web.csrf = WebApp::json_of(by.web.get("/api/session")).at("csrf").as_string();
    ASSERT_EQ(by.web.send(kDelete, "/api/repos/delete", R"({"name":"m"})").status, 200);
    const auto newest = WebApp::json_of(by.web.get("/api/admin/audit?limit=1")).at(0);
    EXPECT_EQ(newest.at("action").as_string(), "repo.delete");
    EXPECT_EQ(newest.at("target").as_string(), "ann/m");
    EXPECT_EQ(newest.at("address").as_string(), "10.0.0.1");
}

TEST(AdminStorage, CountsWhatIsKeptOnce) {
    WholeAdmin by;
    auto& [whole, ann, repo, web] = by;
    const auto oid = whole.upload(ann, repo, "twelve bytes");
    ASSERT_TRUE(whole.commit(ann, repo, "main", whole.lfs_line("a.bin", oid, 12)).has_value());
    const auto answer = web.get("/api/admin/storage");
    ASSERT_EQ(answer.status, 200) << answer.text;
    const auto json = WebApp::json_of(answer);
    EXPECT_EQ(json.at("logical").to_number<int>(), 12);
    EXPECT_EQ(json.at("stored").to_number<int>(), 12);
    EXPECT_EQ(json.at("objects").to_number<int>(), 1);
    EXPECT_EQ(json.at("xorbs").to_number<int>(), 0);
    EXPECT_TRUE(json.as_object().contains("freeDisk"));
}

}  // namespace
}  // namespace mirfa::api
