// SPDX-License-Identifier: Apache-2.0
// Pushes of hostile and unlucky clients; what the real git program sends otherwise is in tests/e2e/test_git.py.
#include <gtest/gtest.h>

#include "hub/testing/git_push.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using git::testing::GitProgram;

class PushTest : public ::testing::Test, protected testing::WholeHub {
protected:
    GitProgram git;
    Principal alice = add_user("alice");
    Principal bob = add_user("bob");
    catalog::Repository repo = add_repo(alice, "m");

    std::string push(const std::vector<std::pair<std::string, std::string>>& refs) {
        return testing::push(*this, git, alice, repo, refs);
    }
    static bool says(const std::string& report, std::string_view text) { return report.find(text) != std::string::npos; }
};

/// `git push origin $(git rev-parse v1):refs/heads/main` made a branch that no client could clone any more.
TEST_F(PushTest, OnlyTagsMayBeTagObjects) {
    git.write("a", "1");
    git.commit("c");
    git.run({"tag", "-a", "v1", "-m", "one"});
    const auto before = ref(repo, "refs/heads/main")->target;
    for (const char* name : {"refs/heads/main", "refs/heads/other", "refs/convert/parquet"}) {
        const auto report = push({{name, "refs/tags/v1"}});
        EXPECT_TRUE(says(report, "ng " + std::string(name) + " only refs/tags/ keeps annotated tags")) << report;
        EXPECT_TRUE(says(report, git.id("v1^{commit}").hex())) << report;
    }
    EXPECT_EQ(ref(repo, "refs/heads/main")->target, before);
    EXPECT_TRUE(says(push({{"refs/tags/v1", "refs/tags/v1"}}), "ok refs/tags/v1"));
    EXPECT_EQ(ref(repo, "refs/tags/v1")->target, git.id("refs/tags/v1"));
    EXPECT_EQ(ref(repo, "refs/tags/v1")->commit, git.id("v1^{commit}"));
}

/// A stranger could have hundreds of megabytes written to the database before he was told that he may not push.
TEST_F(PushTest, WhoMayNotPushBringsNothingIn) {
    PushRequest request(hub, repo, bob);
    ASSERT_TRUE(
        request
            .feed(as_bytes(testing::push_head(*this, repo, {{"refs/heads/main", ObjectId::parse(std::string(40, 'a')).value()}})))
            .has_value());
    ASSERT_TRUE(request.feed(as_bytes("this is no pack, and nothing looks at it")).has_value());
    const auto report = request.finish().value();
    EXPECT_TRUE(says(report, "unpack ok")) << report;
    EXPECT_TRUE(says(report, "ng refs/heads/main You don't have the required permissions")) << report;
}

TEST_F(PushTest, ARefusedPackIsReadOverToALimit) {
    PushRequest request(hub, repo, bob);
    ASSERT_TRUE(
        request
            .feed(as_bytes(testing::push_head(*this, repo, {{"refs/heads/main", ObjectId::parse(std::string(40, 'a')).value()}})))
            .has_value());
    const Bytes piece(16u << 20);
    for (int i = 0; i < 16; ++i) ASSERT_TRUE(request.feed(piece).has_value()) << i;
    EXPECT_EQ(request.feed(piece).error().code, Code::kForbidden);
}

TEST_F(PushTest, AnAtomicPushWithARefusedPartBringsNothingIn) {
    git.write("a", "1");
    git.commit("c");
    const auto tip = git.id("HEAD");
    PushRequest request(hub, repo, alice);
    ASSERT_TRUE(
        request.feed(as_bytes(testing::push_head(*this, repo, {{"refs/heads/fine", tip}, {"refs/other/x", tip}}, " atomic")))
            .has_value());
    ASSERT_TRUE(request.feed(as_bytes("no pack")).has_value());
    const auto report = request.finish().value();
    EXPECT_TRUE(says(report, "ng refs/heads/fine the push is atomic")) << report;
    EXPECT_TRUE(says(report, "ng refs/other/x only branches and tags are kept here")) << report;
}

TEST_F(PushTest, OfOtherPushesTheRestIsTaken) {
    git.write("a", "1");
    git.commit("c");
    const auto report = push({{"refs/heads/fine", "HEAD"}, {"refs/other/x", "HEAD"}});
    EXPECT_TRUE(says(report, "ok refs/heads/fine")) << report;
    EXPECT_TRUE(says(report, "ng refs/other/x")) << report;
    EXPECT_EQ(ref(repo, "refs/heads/fine")->commit, git.id("HEAD"));
}

/// The row of the repository was that of the push's beginning.
TEST_F(PushTest, WhoLosesTheRepositoryWhileThePackComesInDoesNotPush) {
    const auto theirs = add_repo(bob, "n");
    add_organization("corp", {{alice, catalog::OrgRole::kAdmin}, {bob, catalog::OrgRole::kAdmin}});
    const auto corp = catalog->read([&](Session& s) { return catalog::find_owner(s, "corp"); }).value()->id;
    git.write("a", "1");
    git.commit("c");
    const auto tip = git.id("HEAD");
    PushRequest request(hub, theirs, bob);
    ASSERT_TRUE(request.feed(as_bytes(testing::push_head(*this, theirs, {{"refs/heads/new", tip}}))).has_value());
    ASSERT_TRUE(request.feed(as_bytes(testing::pack_for(*this, git, theirs, {tip}))).has_value());
    ASSERT_TRUE(move_repository(hub, bob, theirs, "corp", "n").has_value());
    ASSERT_TRUE(catalog->write([&](Session& s) { return catalog::delete_member(s, corp, bob.user); }).has_value());
    const auto report = request.finish().value();
    EXPECT_TRUE(says(report, "ng refs/heads/new You don't have the required permissions")) << report;
    EXPECT_FALSE(ref(theirs, "refs/heads/new"));
}

}  // namespace
}  // namespace mirfa::hub
