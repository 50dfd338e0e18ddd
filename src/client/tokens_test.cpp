// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mirfa/accounts.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "client/hub.h"
#include "client/tokens.h"
#include "client/testing/hub_double.h"

namespace mirfa::client {
namespace {

using fetch::testing::Imposter;
using fetch::testing::Reply;
using fetch::testing::Seen;
using testing::Home;

unsigned mode_of(const std::filesystem::path& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

TEST(StoredTokens, ReadWhatThePythonClientWritesAndWriteItBack) {
    const std::string text =
        "[a b]\nhf_token = hf_1\n\n[oauth-alice]\nhf_token = hf_2\nexpires_at = 1795492943\nrefresh_token = hf_rt\n\n";
    const auto tokens = parse_stored_tokens(text);
    EXPECT_EQ(tokens,
              (StoredTokens{{"a b", {{"hf_token", "hf_1"}}},
                            {"oauth-alice", {{"hf_token", "hf_2"}, {"expires_at", "1795492943"}, {"refresh_token", "hf_rt"}}}}));
    EXPECT_EQ(write_stored_tokens(tokens), text);
}

TEST(StoredTokens, CommentsColonsAndCapitalKeysAreRead) {
    EXPECT_EQ(parse_stored_tokens("# one\n; two\n[x]\nHF_Token : hf_1\n"), (StoredTokens{{"x", {{"hf_token", "hf_1"}}}}));
}

TEST(StoredTokens, TextThatIsNoIniCountsAsEmpty) {
    for (const char* text : {"hf_token = x\n", "[a]\nno mark\n", "[a]\nk=1\nk=2\n", "[a]\n[a]\n", "[]\nx=1\n"})
        EXPECT_TRUE(parse_stored_tokens(text).empty()) << text;
}

std::string person(const std::string& token_name) {
    return R"({"name":"alice","orgs":[{"name":"acme"}],"auth":{"accessToken":{"displayName":")" + token_name +
           R"(","role":"write"}}})";
}

TEST(Login, KeepsTheTokenPrivatelyAndMakesItActive) {
    Home home;
    Imposter hub([](const Seen& seen) {
        return seen.header("Authorization") == "Bearer hf_good" ? Reply{200, {}, person("laptop")} : Reply{401, {}, "{}"};
    });
    const auto settings = home.settings(hub.url());
    const auto client = Client::open(settings);
    const auto login = login_with_token(*client, "hf_good");
    ASSERT_TRUE(login) << login.failure().message;
    EXPECT_EQ(login->stored_as, "laptop");
    EXPECT_EQ(read_small_file(settings.token_file).value(), "hf_good");
    EXPECT_EQ(read_small_file(settings.home / "stored_tokens").value(), "[laptop]\nhf_token = hf_good\n\n");
    EXPECT_EQ(mode_of(settings.token_file), 0600u);
    EXPECT_EQ(mode_of(settings.home), 0700u);

    EXPECT_EQ(login_with_token(*client, "hf_bad").failure().kind, Kind::kUnauthenticated);
    EXPECT_EQ(read_small_file(settings.token_file).value(), "hf_good") << "nothing is written when the hub refuses";
    EXPECT_EQ(who_am_i(*client)->organizations, std::vector<std::string>{"acme"});
}

TEST(Login, AnEnvironmentTokenComesBeforeTheFileAndAnExplicitOneBeforeBoth) {
    Home home;
    auto settings = home.settings();
    ASSERT_TRUE(TokenFiles(settings).write_active("hf_file").has_value());
    EXPECT_EQ(*token_in_use(*Client::open(settings)), "hf_file");
    settings.token = "hf_env";
    EXPECT_EQ(*token_in_use(*Client::open(settings)), "hf_env");
    EXPECT_EQ(*token_in_use(*Client::open(settings, "hf_given")), "hf_given");
    settings.implicit_token = false;
    EXPECT_EQ(*token_in_use(*Client::open(settings)), "");
}

TEST(Refresh, ATokenThatEndsWithinADayIsReplacedInBothFiles) {
    Home home;
    Imposter hub([](const Seen&) { return Reply{200, {}, R"({"access_token":"hf_new","expires_in":999999})"}; });
    const auto settings = home.settings(hub.url());
    const TokenFiles files(settings);
    const auto soon = std::to_string(system_clock().now() / 1000 + 3600);
    ASSERT_TRUE(files.write_active("hf_old").has_value());
    ASSERT_TRUE(files.write_stored({{"o", {{"hf_token", "hf_old"}, {"refresh_token", "rt"}, {"expires_at", soon}}}}).has_value());
    EXPECT_EQ(*token_in_use(*Client::open(settings)), "hf_new");
    EXPECT_EQ(hub.seen().at(0).body, "grant_type=refresh_token&refresh_token=rt&client_id=client");
    EXPECT_EQ(files.active().value(), "hf_new");
    EXPECT_EQ(files.stored().value().at("o").at("refresh_token"), "rt");
    EXPECT_EQ(*token_in_use(*Client::open(settings)), "hf_new");
    EXPECT_EQ(hub.seen().size(), 1u);
}

TEST(Refresh, AHubThatRefusesLeavesTheOldTokenInUse) {
    Home home;
    Imposter hub([](const Seen&) { return Reply{400, {}, R"({"error":"invalid_grant"})"}; });
    const auto settings = home.settings(hub.url());
    const TokenFiles files(settings);
    ASSERT_TRUE(files.write_active("hf_old").has_value());
    ASSERT_TRUE(files.write_stored({{"o", {{"hf_token", "hf_old"}, {"refresh_token", "rt"}, {"expires_at", "5"}}}}).has_value());
    EXPECT_EQ(*token_in_use(*Client::open(settings)), "hf_old");
}

TEST(Logout, OneNameLeavesTheOthers) {
    Home home;
    const auto settings = home.settings();
    const TokenFiles files(settings);
    ASSERT_TRUE(files.write_stored({{"a", {{"hf_token", "1"}}}, {"b", {{"hf_token", "2"}}}}).has_value());
    ASSERT_TRUE(switch_token(settings, "a"));
    EXPECT_TRUE(*logout(settings, "a"));
    EXPECT_EQ(files.active().value(), "");
    EXPECT_EQ(files.stored().value().size(), 1u);
    EXPECT_EQ(logout(settings, "a").failure().kind, Kind::kNotFound);
    EXPECT_TRUE(*logout(settings));
    EXPECT_FALSE(*logout(settings));
}

TEST(LinkHeader, TheEntryOfARelationIsFoundAmongOthers) {
    const std::string header = R"(<http://a/1?b=1,2>; rel="xet-auth", <http://a/2>; rel="next")";
    EXPECT_EQ(link_of(header, "xet-auth"), "http://a/1?b=1,2");
    EXPECT_EQ(link_of(header, "next"), "http://a/2");
    EXPECT_FALSE(link_of(header, "last"));
    EXPECT_FALSE(link_of("<http://a", "next"));
}

}  // namespace
}  // namespace mirfa::client
