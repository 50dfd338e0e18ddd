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

}  // namespace
}  // namespace mirfa::hub
