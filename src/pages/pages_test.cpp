// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <regex>

#include "base/random.h"
#include "hub/accounts/device_flow.h"
#include "hub/accounts/first_admin.h"
#include "hub/accounts/own_profile.h"
#include "hub/accounts/testing/bare_hub.h"
#include "pages/testing/browser.h"

namespace mirfa::pages {
namespace {

using enum http::Verb;
using testing::Browser;
using testing::shows;
using Fields = Browser::Fields;
using Form = Browser::Form;

class PagesTest : public ::testing::Test, protected hub::testing::BareHub {
protected:
    Browser browser{hub};
    api::testing::InProcess& client = browser.client;
    std::string& cookie = browser.cookie;
    std::string& csrf = browser.csrf;

    http::Response get(const std::string& path) { return browser.get(path); }
    http::Response post(const std::string& path, Form form, Fields more = {}) {
        return browser.post(path, std::move(form), std::move(more));
    }
    void sign_in(const std::string& name) { ASSERT_EQ(browser.sign_in(name), 303); }
};

TEST_F(PagesTest, EveryPageForbidsWhatIsNotOurs) {
    for (const auto* path : {"/join"}) {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_TRUE(shows(answer, "<html lang=\"en\" dir=\"ltr\">")) << path;
        EXPECT_TRUE(answer.headers.get("Content-Security-Policy").starts_with("default-src 'none'")) << path;
        EXPECT_EQ(answer.headers.get("X-Content-Type-Options"), "nosniff") << path;
        EXPECT_FALSE(shows(answer, "<script")) << path;
    }
    EXPECT_EQ(get("/assets/pages.css").headers.get("Content-Type"), "text/css; charset=utf-8");
    EXPECT_EQ(get("/assets/icon.svg").status, 200);
    EXPECT_TRUE(shows(get("/avatars/Zoe.svg"), ">z</text>"));
    EXPECT_EQ(get("/nobody").status, 404);
    EXPECT_EQ(get("/api").status, 404);
}

TEST_F(PagesTest, APictureIsServedAsWhatItIsAndCanDoNothing) {
    using namespace std::string_literals;
    const std::string png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\xc8\x08\x02\0\0\0"s;
    const auto alice = add_user("alice");
    ASSERT_TRUE(hub::set_avatar(hub, admin, alice.owner.id, as_bytes(png)).has_value());
    const auto bare = get("/avatars/Alice.svg");
    EXPECT_EQ(bare.text, png);
    EXPECT_EQ(bare.headers.get("Content-Type"), "image/png");
    EXPECT_EQ(bare.headers.get("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(bare.headers.get("Content-Security-Policy"), "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    EXPECT_EQ(bare.headers.get("Cache-Control"), "public, max-age=300");
    EXPECT_EQ(get("/avatars/alice.svg?v=1").headers.get("Cache-Control"), "public, max-age=604800");
    ASSERT_TRUE(hub::remove_avatar(hub, admin, alice.owner.id).has_value());
    EXPECT_EQ(get("/avatars/alice.svg").headers.get("Content-Type"), "image/svg+xml");
}

TEST_F(PagesTest, SigningInAndOutSetsAndEndsTheCookie) {
    add_user("alice");
    const auto wrong = post("/login", {{"login", "alice"}, {"password", "no"}});
    EXPECT_EQ(wrong.status, 401);
    EXPECT_TRUE(shows(wrong, "The name or the password is not right."));
    const auto right = post("/login", {{"login", "alice"}, {"password", "password of alice"}, {"next", "/device?code=X"}});
    EXPECT_EQ(right.status, 303);
    EXPECT_EQ(right.headers.get("Location"), "/device?code=X");
    const std::string set(right.headers.get("Set-Cookie"));
    EXPECT_TRUE(
        std::regex_match(set, std::regex("mirfa_session=[A-Za-z0-9]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax")))
        << set;
    EXPECT_TRUE(shows(get("/join"), "Sign out"));
    const auto held = cookie;
    EXPECT_EQ(post("/logout", {}).status, 303);
    cookie = held;
    EXPECT_FALSE(shows(get("/join"), "Sign out"));
}

TEST_F(PagesTest, SigningInLeadsNowhereButToOurOwnPages) {
    add_user("alice");
    for (const auto* next : {"https://evil.test/", "//evil.test", "/\\evil.test", "javascript:x", "/a\nb"}) {
        cookie.clear();
        const auto answer = post("/login", {{"login", "alice"}, {"password", "password of alice"}, {"next", next}});
        EXPECT_EQ(answer.headers.get("Location"), "/") << next;
    }
}

TEST_F(PagesTest, FormsFromOtherSitesAreRefused) {
    add_user("alice");
    const Form right = {{"login", "alice"}, {"password", "password of alice"}};
    EXPECT_EQ(post("/login", right, {{"Origin", "http://evil.test"}}).status, 403);
    EXPECT_EQ(post("/login", right, {{"Origin", "http://127.0.0.1"}}).status, 403);
    EXPECT_EQ(post("/login", right, {{"Sec-Fetch-Site", "cross-site"}}).status, 403);
    EXPECT_EQ(post("/login", right, {{"Origin", "http://127.0.0.1:8080"}, {"Sec-Fetch-Site", "same-origin"}}).status, 303);
    get("/settings/tokens");
    const Form token = {{"name", "t"}, {"role", "read"}};
    EXPECT_EQ(post("/settings/tokens", token, {{"Origin", "http://evil.test"}}).status, 403);
    csrf = "0000";
    EXPECT_EQ(post("/settings/tokens", token).status, 403);
    EXPECT_FALSE(shows(get("/settings/tokens"), "<td dir=\"auto\">t</td>"));
}

TEST_F(PagesTest, PagesOfOnesOwnAccountSendOthersToSignIn) {
    const auto answer = get("/settings/tokens/new?tokenType=read");
    EXPECT_EQ(answer.status, 303);
    EXPECT_EQ(answer.headers.get("Location"), "/login?next=%2Fsettings%2Ftokens%2Fnew%3FtokenType%3Dread");
    const auto alice = add_user("alice");
    const auto token = hub::create_token(hub, admin, alice.owner.id, {"wide", catalog::TokenRole::kWrite}).value();
    const Fields bearer = {{"Authorization", "Bearer " + token.text.reveal()}};
    EXPECT_EQ(client.send(kGet, "/settings/tokens", bearer).status, 303);
    for (const auto* path : {"/settings/tokens", "/settings/tokens/revoke", "/settings/password", "/device"})
        EXPECT_EQ(client.send(kPost, path, bearer, "").status, 303) << path;
}

TEST_F(PagesTest, ATokenIsShownOnceAndRevokedByItsRow) {
    add_user("alice");
    sign_in("alice");
    const auto made =
        post("/settings/tokens", {{"name", "<laptop>"},
                                  {"role", "fineGrained"},
                                  {"days", "30"},
                                  {"scopes", "model acme/m repo.write  discussion.write\r\n\r\norg acme repo.content.read\r\n"}});
    EXPECT_EQ(made.status, 200);
    std::smatch found;
    ASSERT_TRUE(std::regex_search(made.text, found, std::regex("<pre>(hf_[A-Za-z0-9]{37})</pre>")));
    hub::LastUsed used;
    const auto who = hub::authenticate(hub, used, {"Bearer " + found[1].str(), ""}).value();
    ASSERT_EQ(who.scopes.size(), 2u);
    EXPECT_EQ(who.scopes[0].permissions, (std::vector<std::string>{"repo.write", "discussion.write"}));
    const auto listed = get("/settings/tokens");
    EXPECT_FALSE(shows(listed, found[1].str()));
    EXPECT_TRUE(shows(listed, "&lt;laptop&gt;"));
    EXPECT_EQ(post("/settings/tokens", {{"name", "<laptop>"}, {"role", "read"}}).status, 409);
    EXPECT_EQ(post("/settings/tokens", {{"name", "x"}, {"role", "king"}}).status, 400);
    EXPECT_EQ(post("/settings/tokens", {{"name", "x"}, {"role", "fineGrained"}, {"scopes", "model"}}).status, 400);
    EXPECT_EQ(post("/settings/tokens/revoke", {{"id", "7"}}).status, 404);
    EXPECT_EQ(post("/settings/tokens/revoke", {{"id", std::to_string(who.token)}}).status, 303);
    EXPECT_FALSE(hub::authenticate(hub, used, {"Bearer " + found[1].str(), ""}).has_value());
}

TEST_F(PagesTest, ChangingThePasswordKeepsThisBrowserAndEndsTheOthers) {
    add_user("alice");
    sign_in("alice");
    const auto other = cookie;
    sign_in("alice");
    EXPECT_EQ(post("/settings/password", {{"old", "wrong"}, {"new", "fresh password"}}).status, 403);
    EXPECT_EQ(post("/settings/password", {{"old", "password of alice"}, {"new", "fresh password"}}).status, 303);
    EXPECT_TRUE(shows(get("/join"), "Sign out"));
    cookie = other;
    EXPECT_FALSE(shows(get("/join"), "Sign out"));
}

TEST_F(PagesTest, TheDevicePageSaysWhoAsksAndApprovesOnce) {
    add_user("alice");
    const auto codes = hub::begin_device_flow(hub, "26be6b09-91c5-47da-9861-d2d2bb7a7e36").value();
    const auto path = "/device?code=" + codes.user_code;
    EXPECT_EQ(get(path).headers.get("Location"), "/login?next=" + percent_encode(path));
    sign_in("alice");
    const auto asked = get(path);
    EXPECT_TRUE(shows(asked, codes.user_code));
    EXPECT_TRUE(shows(asked, "the hf command line"));
    EXPECT_EQ(get("/device?code=AAAA-AAAA").status, 404);
    EXPECT_EQ(get("/device").status, 200);
    EXPECT_EQ(post("/device", {{"code", codes.user_code}}).status, 400);
    EXPECT_TRUE(shows(post("/device", {{"code", codes.user_code}, {"decision", "approve"}}), "Approved"));
    EXPECT_EQ(post("/device", {{"code", codes.user_code}, {"decision", "deny"}}).status, 404);
    const auto answer =
        hub::poll_device_flow(hub, codes.device_code.reveal(), "26be6b09-91c5-47da-9861-d2d2bb7a7e36", "").value();
    EXPECT_TRUE(std::holds_alternative<hub::TokenGrant>(answer));
}

TEST_F(PagesTest, TheFirstAdministratorIsMadeByTheOneTimeLink) {
    const auto link = hub::ensure_setup_link(hub).value().value();
    const auto path = link.substr(std::string("http://127.0.0.1:8080").size());
    EXPECT_EQ(get("/setup/guess").status, 404);
    EXPECT_EQ(get(path).status, 200);
    const auto bad = post(path, {{"name", "api"}, {"email", "a@b.test"}, {"password", "long enough"}});
    EXPECT_EQ(bad.status, 400);
    EXPECT_TRUE(shows(bad, "value=\"a@b.test\""));
    EXPECT_FALSE(shows(bad, "long enough"));
    EXPECT_EQ(post(path, {{"name", "boss"}, {"email", "a@b.test"}, {"password", "long enough"}}).status, 303);
    EXPECT_TRUE(shows(get("/join"), "Sign out"));
    EXPECT_EQ(get(path).status, 404);
    EXPECT_EQ(post(path, {{"name", "eve"}, {"email", "e@b.test"}, {"password", "long enough"}}).status, 404);
}

class PrefixedPagesTest : public PagesTest {
protected:
    PrefixedPagesTest() { hub.options.public_url = "https://intra.test/hf"; }
};

TEST_F(PrefixedPagesTest, LinksAndCookiesStayBelowThePathOfThePublicUrl) {
    api::testing::InProcess prefixed(hub);
    prefixed.app().add_routes(page_routes());
    add_user("alice");
    const Fields type = {{"Content-Type", "application/x-www-form-urlencoded"}};
    const auto answer = prefixed.send(kPost, "/hf/login", type, "login=alice&password=password%20of%20alice&next=/device");
    EXPECT_EQ(answer.headers.get("Location"), "/hf/device");
    EXPECT_NE(answer.headers.get("Set-Cookie").find("; Path=/hf; "), std::string_view::npos);
    EXPECT_TRUE(answer.headers.get("Set-Cookie").ends_with("; Secure"));
    EXPECT_EQ(prefixed.send(kGet, "/hf/settings/tokens").headers.get("Location"), "/hf/login?next=%2Fsettings%2Ftokens");
    EXPECT_TRUE(shows(prefixed.send(kGet, "/hf/nobody"), "href=\"/hf/assets/pages.css\""));
}

}  // namespace
}  // namespace mirfa::pages
