// SPDX-License-Identifier: Apache-2.0
#include "api/router.h"

#include <gtest/gtest.h>

namespace mirfa::api {
namespace {

using enum http::Verb;

Result<http::Response> nothing(Call&) { return http::Response{}; }

constexpr Route kTable[] = {
    {kGet, "/", nothing, Access::kOpen},
    {kGet, "/api/{types}/{id}/tree/{rest*}", nothing, Access::kSeeInfo},
    {kPost, "/api/{types}/{id}/branch/{branch}", nothing, Access::kWrite},
    {kGet, "/{repo}/resolve/{rest*}", nothing, Access::kReadContent},
    {kGet, "/{repo}.git/info/refs", nothing, Access::kByUse},
    {kGet, "/{repo}", nothing, Access::kSeeInfo},
};

class RouterTest : public testing::Test {
protected:
    Router router;
    void SetUp() override { router.add(kTable); }
    Router::Match match(http::Verb verb, std::string_view path) { return router.match(verb, path).value(); }
    std::string pattern(http::Verb verb, std::string_view path) {
        const auto found = match(verb, path);
        return found.route == nullptr ? "" : found.route->pattern;
    }
};

TEST_F(RouterTest, KeepsAnEncodedSlashInsideItsSegment) {
    const auto found = match(kGet, "/api/datasets/acme/clips/tree/refs%2Fpr%2F3/a%2Fb");
    EXPECT_EQ(found.path.type, catalog::RepoType::kDataset);
    EXPECT_EQ(found.path.rest, (std::vector<std::string>{"refs/pr/3", "a/b"}));
}

TEST_F(RouterTest, FindsARepositoryBehindAnyPrefixButNotBehindAReservedName) {
    EXPECT_EQ(match(kGet, "/acme/m/resolve/main/x").path.owner, "acme");
    EXPECT_EQ(match(kGet, "/models/acme/m/resolve/main/x").path.name, "m");
    EXPECT_EQ(match(kGet, "/spaces/acme/m").path.type, catalog::RepoType::kSpace);
    EXPECT_EQ(pattern(kGet, "/api/whatever"), "");
    EXPECT_EQ(pattern(kGet, "/settings/tokens"), "");
}

TEST_F(RouterTest, TakesGitAddressesWithAndWithoutTheSuffix) {
    EXPECT_EQ(match(kGet, "/acme/m.git/info/refs").path.name, "m");
    EXPECT_EQ(match(kGet, "/datasets/acme/m/info/refs").path.name, "m");
}

TEST_F(RouterTest, AnswersHeadByGetAndTellsAWrongMethodFromAWrongAddress) {
    EXPECT_EQ(pattern(kHead, "/acme/m/resolve/main/x"), "/{repo}/resolve/{rest*}");
    EXPECT_TRUE(match(kDelete, "/api/models/a/b/branch/x").other_verb);
    EXPECT_FALSE(match(kDelete, "/nothing/of/this/kind").other_verb);
    EXPECT_EQ(pattern(kGet, "/"), "/");
}

TEST_F(RouterTest, RefusesBrokenEscapesAndNul) {
    EXPECT_FALSE(router.match(kGet, "/a/b%zz").has_value());
    EXPECT_FALSE(router.match(kGet, "/a/b%00").has_value());
}

}  // namespace
}  // namespace mirfa::api
