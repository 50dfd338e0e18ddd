// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/in_process.h"
#include "base/random.h"
#include "catalog/repos.h"
#include "hub/accounts/device_flow.h"
#include "hub/accounts/testing/bare_hub.h"

namespace mirfa::api {
namespace {

using enum http::Verb;
using catalog::OrgRole;
using catalog::TokenRole;

class AccountsApiTest : public ::testing::Test, protected hub::testing::BareHub {
protected:
    testing::InProcess client{hub};
    catalog::User alice = add_user("alice");

    std::string token(hub::NewToken wanted) {
        return hub::create_token(hub, admin, alice.owner.id, wanted).value().text.reveal();
    }
    static testing::InProcess::Fields bearer(const std::string& token) { return {{"Authorization", "Bearer " + token}}; }
    void add_repository(catalog::RowId owner, const std::string& name, bool is_private) {
        catalog::Repository repo;
        repo.id = new_row_id();
        repo.owner = owner;
        repo.creator = owner;
        repo.name = name;
        repo.is_private = is_private;
        ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::insert_repository(s, repo); }).has_value());
    }
    http::Response form(const std::string& path, const std::string& body) {
        return client.send(kPost, path, {{"Content-Type", "application/x-www-form-urlencoded"}}, body);
    }
    static boost::json::value json_of(const http::Response& response) { return format::parse_json(response.text).value(); }
};

TEST_F(AccountsApiTest, WhoamiTellsWhatClientsRead) {
    const auto acme = hub::create_organization(hub, admin, "acme", "Acme Lab", "alice").value();
    const auto text = token({"laptop", TokenRole::kWrite, {}, clock.time + 1000});
    const auto answer = client.send(kGet, "/api/whoami-v2", bearer(text));
    EXPECT_EQ(answer.status, 200);
    const std::string made = to_iso8601(clock.time);
    EXPECT_EQ(answer.text,
              R"({"type":"user","id":")" + public_id(alice.owner.id) +
                  R"(","name":"alice","fullname":"alice","email":"alice@corp.test","emailVerified":true,"canPay":false,)"
                  R"("isPro":false,"periodEnd":null,"avatarUrl":"http://127.0.0.1:8080/avatars/alice.svg","orgs":[{"type":"org",)"
                  R"("id":")" +
                  public_id(acme.id) +
                  R"(","name":"acme","fullname":"Acme Lab","email":null,"canPay":false,)"
                  R"("periodEnd":null,"isEnterprise":false,"avatarUrl":"http://127.0.0.1:8080/avatars/acme.svg",)"
                  R"("roleInOrg":"admin"}],"auth":{"type":"access_token","expiresAt":")" +
                  to_iso8601(clock.time + 1000) + R"(","accessToken":{"displayName":"laptop","role":"write","createdAt":")" +
                  made + R"("}}})");
}

TEST_F(AccountsApiTest, WhoamiShowsTheScopesOfANarrowToken) {
    const auto text = token({"narrow", TokenRole::kFineGrained, {{"model", "alice/m", {"repo.write"}}}});
    const auto answer = json_of(client.send(kGet, "/api/whoami-v2", bearer(text)));
    const auto& access = answer.at("auth").at("accessToken");
    EXPECT_EQ(access.at("role").as_string(), "fineGrained");
    EXPECT_EQ(boost::json::serialize(access.at("fineGrained")),
              R"({"scoped":[{"entity":{"type":"model","name":"alice/m"},"permissions":["repo.write"]}],"global":[]})");
}

TEST_F(AccountsApiTest, WhoamiRefusesNobodyAndBadTokensInTheWordsClientsKnow) {
    const auto nobody = client.send(kGet, "/api/whoami-v2");
    EXPECT_EQ(nobody.status, 401);
    EXPECT_EQ(nobody.headers.get("X-Error-Message"), "Invalid username or password.");
    const auto bad = client.send(kGet, "/api/whoami-v2", bearer("hf_unknown"));
    EXPECT_EQ(bad.status, 401);
    EXPECT_EQ(bad.headers.get("X-Error-Message"), "Invalid credentials in Authorization header");
    EXPECT_FALSE(bad.headers.has("X-Error-Code"));
}

TEST_F(AccountsApiTest, TheDeviceFlowRunsAsTheCommandLineDrivesIt) {
    const std::string id = "client_id=26be6b09-91c5-47da-9861-d2d2bb7a7e36";
    const auto begun = form("/oauth/device", id);
    EXPECT_EQ(begun.status, 200);
    const auto codes = json_of(begun);
    const auto user_code = format::need_string(codes, "user_code").value();
    EXPECT_EQ(codes.at("verification_uri").as_string(), "http://127.0.0.1:8080/device");
    EXPECT_EQ(codes.at("verification_uri_complete").as_string(), "http://127.0.0.1:8080/device?code=" + user_code);
    EXPECT_EQ(codes.at("interval").as_int64(), 5);
    EXPECT_EQ(codes.at("expires_in").as_int64(), 900);

    const auto poll_body = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=" +
                           format::need_string(codes, "device_code").value() + "&" + id;
    const auto waiting = form("/oauth/token", poll_body);
    EXPECT_EQ(waiting.status, 400);
    EXPECT_EQ(json_of(waiting).at("error").as_string(), "authorization_pending");

    hub::Principal browser;
    browser.kind = hub::PrincipalKind::kSession;
    browser.user = alice.owner.id;
    browser.name = "alice";
    ASSERT_TRUE(hub::decide_device_request(hub, browser, user_code, hub::Decision::kApprove, "").has_value());
    const auto granted = json_of(form("/oauth/token", poll_body));
    EXPECT_EQ(granted.at("token_type").as_string(), "bearer");
    EXPECT_EQ(granted.at("expires_in").as_int64(), 30 * 86'400);
    const auto access = format::need_string(granted, "access_token").value();
    EXPECT_EQ(client.send(kGet, "/api/whoami-v2", bearer(access)).status, 200);

    const auto refresh_body =
        "grant_type=refresh_token&" + id + "&refresh_token=" + format::need_string(granted, "refresh_token").value();
    const auto refreshed = json_of(form("/oauth/token", refresh_body));
    EXPECT_EQ(client.send(kGet, "/api/whoami-v2", bearer(access)).status, 401);
    EXPECT_EQ(client.send(kGet, "/api/whoami-v2", bearer(format::need_string(refreshed, "access_token").value())).status, 200);
    EXPECT_EQ(json_of(form("/oauth/token", refresh_body)).at("error").as_string(), "invalid_grant");
}

TEST_F(AccountsApiTest, OAuthErrorsHaveTheirOwnForm) {
    const auto stranger = form("/oauth/device", "client_id=stranger");
    EXPECT_EQ(stranger.status, 401);
    EXPECT_EQ(json_of(stranger).at("error").as_string(), "invalid_client");
    for (const auto& body : {"", "grant_type=password&username=alice&password=x"}) {
        const auto other = form("/oauth/token", body);
        EXPECT_EQ(other.status, 400);
        EXPECT_EQ(json_of(other).at("error").as_string(), "unsupported_grant_type");
    }
    const auto exchange = client.send(kPost, "/oauth/token", {{"Content-Type", "application/json"}}, "{}");
    EXPECT_EQ(json_of(exchange).at("error").as_string(), "unsupported_grant_type");
}

TEST_F(AccountsApiTest, OverviewsCountWhatTheViewerMaySee) {
    hub::create_organization(hub, admin, "acme", "Acme Lab", "alice").value();
    add_repository(alice.owner.id, "open", false);
    add_repository(alice.owner.id, "closed", true);
    const auto models = [&](const testing::InProcess::Fields& who) {
        return json_of(client.send(kGet, "/api/users/ALICE/overview", who)).at("numModels").as_int64();
    };
    EXPECT_EQ(models({}), 1);
    EXPECT_EQ(models(bearer(token({"laptop", TokenRole::kRead}))), 2);
    EXPECT_EQ(models(bearer(token({"narrow", TokenRole::kFineGrained}))), 1);
    const auto user = json_of(client.send(kGet, "/api/users/alice/overview"));
    EXPECT_EQ(user.at("user").as_string(), "alice");
    EXPECT_EQ(user.at("orgs").at(0).at("name").as_string(), "acme");
    EXPECT_EQ(user.as_object().count("email"), 0u);
    const auto org = json_of(client.send(kGet, "/api/organizations/acme/overview"));
    EXPECT_EQ(org.at("numUsers").to_number<int>(), 1);
    EXPECT_EQ(org.at("fullname").as_string(), "Acme Lab");
    for (const auto& path : {"/api/users/acme/overview", "/api/organizations/alice/overview", "/api/users/nobody/overview",
                             "/api/organizations/nobody/members"})
        EXPECT_EQ(client.send(kGet, path).status, 404) << path;
}

TEST_F(AccountsApiTest, MembersAreListedWithTheirRoles) {
    hub::create_organization(hub, admin, "acme", "Acme Lab", "alice").value();
    add_user("bob");
    ASSERT_TRUE(hub::set_member(hub, admin, "acme", "bob", OrgRole::kContributor).has_value());
    const auto members = json_of(client.send(kGet, "/api/organizations/acme/members"));
    ASSERT_EQ(members.as_array().size(), 2u);
    EXPECT_EQ(members.at(1).at("user").as_string(), "bob");
    EXPECT_EQ(members.at(1).at("role").as_string(), "contributor");
}

TEST_F(AccountsApiTest, ReportedTokensEndAndTheAnswerTellsNothing) {
    const auto text = token({"laptop", TokenRole::kWrite});
    const auto report = [&](const std::string& body) { return client.send(kPost, "/api/credentials/revoke", {}, body); };
    const auto unknown = report(R"({"credentials":["hf_unknown"]})");
    const auto known = report(R"({"credentials":[")" + text + R"(",7]})");
    EXPECT_EQ(known.status, 202);
    EXPECT_EQ(known.text, unknown.text);
    EXPECT_EQ(client.send(kGet, "/api/whoami-v2", bearer(text)).status, 401);
    EXPECT_EQ(report("[]").status, 400);
}

TEST_F(AccountsApiTest, SmallRoutesAnswer) {
    EXPECT_EQ(client.send(kHead, "/api/telemetry/a/b/c").status, 204);
    EXPECT_EQ(client.send(kGet, "/api/agent-harnesses").text, R"({"standardEnvVars":[],"harnesses":{}})");
}

}  // namespace
}  // namespace mirfa::api
