// SPDX-License-Identifier: Apache-2.0
// A push of 36 KB with seven nested folders of ten entries made ten million rows in one transaction, and answers that
// took gigabytes.
#include "hub/commits/describe_commit.h"

#include <gtest/gtest.h>

#include "git/commit.h"
#include "git/testing/memory_objects.h"
#include "git/testing/tree_bomb.h"
#include "hub/repos/trees.h"
#include "hub/testing/git_push.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using git::testing::MemoryObjects;
using git::testing::put_tree_bomb;

ObjectId put_commit(git::ObjectSink& sink, const ObjectId& tree, const std::vector<ObjectId>& parents) {
    git::Commit commit;
    commit.tree = tree;
    commit.parents = parents;
    commit.message = "m";
    return put_object(sink, git::ObjectType::kCommit, as_bytes(git::write_commit(commit))).value();
}

TEST(DescribeCommit, ACommitOfMillionsOfPathsIsRefusedBeforeTheyAreWalked) {
    MemoryObjects objects;
    const auto bomb = put_tree_bomb(objects, 7);
    const auto refused = describe_commit(objects, put_commit(objects, bomb, {}));
    EXPECT_EQ(refused.error().code, Code::kTooLarge);
    EXPECT_NE(refused.error().message.find("Too many files change"), std::string::npos) << refused.error().message;
    EXPECT_LT(objects.reads, 100u);
}

/// Each commit on top adds little; together they must not grow without end. A repository from before the limit can shrink.
TEST(DescribeCommit, ALargeTreeMayShrinkAndNotGrow) {
    MemoryObjects objects;
    const auto inner = put_tree_bomb(objects, 6);
    const auto file = put_object(objects, git::ObjectType::kBlob, {}).value();
    const auto root = [&](const std::vector<std::string>& files) {
        std::vector<git::TreeEntry> entries = {{git::kModeTree, "d", inner}};
        for (const auto& name : files) entries.push_back({git::kModeFile, name, file});
        return put_object(objects, git::ObjectType::kTree, git::write_tree(entries)).value();
    };
    const auto large = put_commit(objects, root({"x"}), {});
    const auto grown = describe_commit(objects, put_commit(objects, root({"x", "y"}), {large}));
    EXPECT_EQ(grown.error().code, Code::kTooLarge);
    EXPECT_NE(grown.error().message.find("holds 1111113 files and folders"), std::string::npos) << grown.error().message;
    const auto shrunk = describe_commit(objects, put_commit(objects, root({}), {large}));
    ASSERT_TRUE(shrunk.has_value()) << describe(shrunk.error());
    EXPECT_EQ(shrunk.value().changed_paths, std::vector<std::string>{"x"});
}

class TreeBombTest : public ::testing::Test, protected testing::WholeHub {
protected:
    Principal alice = add_user("alice");
    catalog::Repository repo = add_repo(alice, "m");
};

TEST_F(TreeBombTest, APushOfOneIsRefusedAndSaysWhy) {
    git::testing::GitProgram git(true);
    MemoryObjects objects;
    const auto commit = put_commit(objects, put_tree_bomb(objects, 7), {});
    git.copy_from(objects);
    const auto report = testing::push(*this, git, alice, repo, {{"refs/heads/b7", commit.hex()}});
    EXPECT_NE(report.find("ng refs/heads/b7 Too many files change at once"), std::string::npos) << report;
    EXPECT_FALSE(ref(repo, "refs/heads/b7"));
}

/// One that is there from before the limits: whoever asks about it gets a bounded answer soon.
TEST_F(TreeBombTest, AnswersAboutOneAreBounded) {
    NewObjects objects(hub, repo.id);
    const auto tree = put_tree_bomb(objects, 7);
    const auto file = objects.add(git::ObjectType::kBlob, as_bytes("12345")).value();
    const auto root =
        put_object(objects, git::ObjectType::kTree,
                   git::write_tree({{git::kModeTree, "d", tree}, {git::kModeFile, "f", file}, {git::kModeTree, "g", tree}}))
            .value();
    const auto commit = put_commit(objects, root, {});
    const auto main = ref(repo, "refs/heads/main")->target;
    Changes changes{.objects = &objects, .commits = {NewCommit{commit, 1, {}, {}}}};
    changes.refs.push_back({"refs/heads/main", main, catalog::Ref{"refs/heads/main", commit, commit}});
    ASSERT_TRUE(commit_changes(hub, repo, changes).has_value());  // which also reads the files' names for the card

    EXPECT_EQ(tree_size(hub, repo, {"main"}).value(), 5);
    EXPECT_EQ(tree_size(hub, repo, {"main", "d"}).value(), 0);
    EXPECT_EQ(tree_size(hub, repo, {"main", "f"}).error().reason, Reason::kEntryNotFound);
    const auto files = catalog->read([&](Session& s) { return list_files(s, repo, commit, true, 1'000); }).value();
    ASSERT_EQ(files.size(), 1'000u);
    EXPECT_EQ(files.front().path, "d/a/a/a/a/a/a/a");
}

}  // namespace
}  // namespace mirfa::hub
