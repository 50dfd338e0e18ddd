// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hub/accounts/device_flow.h"
#include "hub/accounts/first_admin.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/accounts/tokens.h"
#include "pages/testing/browser.h"

namespace mirfa::pages {
namespace {

using enum http::Verb;
using testing::Browser;
using testing::shows;
using Fields = Browser::Fields;

/// Pages about accounts; what they show is asked of the API, whose tests hold the rules.
class PagesTest : public ::testing::Test, protected hub::testing::BareHub {
protected:
    Browser browser{hub};
    api::testing::InProcess& client = browser.client;
    std::string& cookie = browser.cookie;
    std::string& csrf = browser.csrf;

    http::Response get(const std::string& path) { return browser.get(path); }
    void sign_in(const std::string& name) { ASSERT_EQ(browser.sign_in(name), 200); }
    bool is_signed_in() { return !shows(get("/join"), R"("user":null)"); }
    /// Does the page bring along what its application asks `url` for?
    static bool brings(const http::Response& page, const std::string& url) { return shows(page, R"({"url":")" + url + R"(",)"); }
};

TEST_F(PagesTest, PicturesAreThere) {
    EXPECT_EQ(get("/assets/icon.svg").status, 200);
    EXPECT_TRUE(shows(get("/avatars/Zoe.svg"), ">z</text>"));
    EXPECT_EQ(get("/nobody").status, 404);
    EXPECT_EQ(get("/api").status, 404);
}

TEST_F(PagesTest, PagesOfOnesOwnAccountSendOthersToSignIn) {
    const auto answer = get("/settings/tokens/new?tokenType=read");
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(answer.headers.get("Location"), "/login?next=%2Fsettings%2Ftokens%2Fnew%3FtokenType%3Dread");
    const auto alice = add_user("alice");
    const auto token = hub::create_token(hub, admin, alice.owner.id, {"wide", catalog::TokenRole::kWrite}).value();
    const Fields bearer = {{"Authorization", "Bearer " + token.text.reveal()}};
    for (const auto* path : {"/settings", "/settings/tokens", "/settings/tokens/new", "/device", "/organizations/new",
                             "/organizations/acme/settings", "/admin", "/admin/users"})
        EXPECT_EQ(client.send(kGet, path, bearer).status, 303) << path;
}

TEST_F(PagesTest, SectionsOfTheSettingsBringTheirData) {
    add_user("alice");
    sign_in("alice");
    for (const auto& [path, url] :
         std::vector<std::pair<std::string, std::string>>{{"/settings", "/api/settings/profile"},
                                                          {"/settings/password", "/api/settings/profile"},
                                                          {"/settings/tokens", "/api/settings/tokens"},
                                                          {"/settings/sessions", "/api/settings/sessions"}}) {
        const auto page = get(path);
        EXPECT_EQ(page.status, 200) << path;
        EXPECT_TRUE(brings(page, url)) << path;
    }
    for (const auto* path : {"/settings/tokens/new", "/settings/organizations", "/organizations/new"})
        EXPECT_EQ(get(path).status, 200) << path;
    EXPECT_EQ(get("/settings/nothing").status, 404);
}

TEST_F(PagesTest, TheDevicePageKnowsWhoAsks) {
    add_user("alice");
    const auto codes = hub::begin_device_flow(hub, "26be6b09-91c5-47da-9861-d2d2bb7a7e36").value();
    const auto path = "/device?code=" + codes.user_code;
    EXPECT_EQ(get(path).headers.get("Location"), "/login?next=" + percent_encode(path));
    sign_in("alice");
    const auto asked = get(path);
    EXPECT_TRUE(brings(asked, "/api/device/" + codes.user_code));
    EXPECT_TRUE(shows(asked, "the hf command line"));
    EXPECT_EQ(get("/device?code=AAAA-AAAA").status, 200) << "the page asks for another code";
    EXPECT_EQ(get("/device").status, 200);
}

TEST_F(PagesTest, OrganizationsAreSetUpByTheirAdministrators) {
    add_user("alice");
    add_user("bob");
    ASSERT_TRUE(hub::create_organization(hub, admin, "acme", "Acme", "alice").has_value());
    sign_in("bob");
    EXPECT_EQ(get("/organizations/acme/settings").status, 403);
    EXPECT_EQ(get("/organizations/none/settings").status, 404);
    sign_in("alice");
    const auto page = get("/organizations/acme/settings/members");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(brings(page, "/api/organizations/acme/members"));
    EXPECT_EQ(get("/organizations/acme/settings/nothing").status, 404);
    EXPECT_TRUE(brings(get("/acme"), "/api/organizations/acme/members"));
    EXPECT_TRUE(brings(get("/alice"), "/api/users/alice/likes?limit=10"));
    EXPECT_EQ(get("/admin/users").status, 403);
}

TEST_F(PagesTest, TheOneTimeLinkIsAPageUntilItWasUsed) {
    const auto link = hub::ensure_setup_link(hub).value().value();
    const auto path = link.substr(std::string("http://127.0.0.1:8080").size());
    EXPECT_EQ(get("/setup/guess").status, 404);
    EXPECT_EQ(get(path).status, 200);
    EXPECT_TRUE(shows(get(path), R"("body":{"open":true})"));
    const auto secret = path.substr(std::string("/setup/").size());
    ASSERT_TRUE(hub::complete_setup(hub, secret, {"boss", "a@b.test", Secret("long enough")}, "").has_value());
    EXPECT_EQ(get(path).status, 404);
    ASSERT_EQ(client.send(kPost, "/api/session", {}, R"({"login":"boss","password":"long enough"})").status, 200);
}

class PrefixedPagesTest : public PagesTest {
protected:
    PrefixedPagesTest() { hub.options.public_url = "https://intra.test/hf"; }
};

TEST_F(PrefixedPagesTest, RedirectsStayBelowThePathOfThePublicUrl) {
    api::testing::InProcess prefixed(hub);
    prefixed.app().add_routes(page_routes());
    EXPECT_EQ(prefixed.send(kGet, "/hf/settings/tokens").headers.get("Location"), "/hf/login?next=%2Fsettings%2Ftokens");
}

}  // namespace
}  // namespace mirfa::pages
