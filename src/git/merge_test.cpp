// SPDX-License-Identifier: Apache-2.0
#include "git/merge.h"

#include <gtest/gtest.h>

#include <map>

#include "git/commit.h"
#include "git/testing/git_program.h"

namespace mirfa::git {
namespace {

using testing::GitProgram;
using testing::MemoryObjects;
using Files = std::map<std::string, std::string>;

ObjectId tree(MemoryObjects& objects, const Files& files) {
    std::vector<TreeEdit> edits;
    for (const auto& [path, text] : files)
        edits.push_back(TreeEdit::put(path, kModeFile, put_object(objects, ObjectType::kBlob, as_bytes(text)).value()));
    return apply_edits(objects, objects, std::nullopt, edits).value();
}

struct Case {
    const char* name;
    Files base, ours, theirs;
    std::optional<Files> merged;
    std::vector<std::string> conflicts;
};

TEST(MergeTrees, TakesEachSidesChanges) {
    const std::vector<Case> cases = {
        {"added on both sides",
         {{"a", "1"}},
         {{"a", "1"}, {"b", "2"}},
         {{"a", "1"}, {"d/c", "3"}},
         Files{{"a", "1"}, {"b", "2"}, {"d/c", "3"}},
         {}},
        {"removed and edited apart", {{"a", "1"}, {"b", "2"}}, {{"b", "2"}}, {{"a", "1"}, {"b", "3"}}, Files{{"b", "3"}}, {}},
        {"the same on both", {{"a", "1"}}, {{"a", "2"}}, {{"a", "2"}}, Files{{"a", "2"}}, {}},
        {"lines apart",
         {{"a", "1\n2\n3\n4\n5\n"}},
         {{"a", "x\n2\n3\n4\n5\n"}},
         {{"a", "1\n2\n3\n4\ny\n"}},
         Files{{"a", "x\n2\n3\n4\ny\n"}},
         {}},
        {"one line", {{"d/a", "1\n"}}, {{"d/a", "2\n"}}, {{"d/a", "3\n"}}, std::nullopt, {"d/a"}},
        {"edited and removed", {{"a", "1"}, {"z", "0"}}, {{"a", "2"}, {"z", "0"}}, {{"z", "0"}}, std::nullopt, {"a"}},
        {"folder removed, file in it edited",
         {{"d/a", "1"}, {"d/b", "1"}, {"z", ""}},
         {{"z", ""}},
         {{"d/a", "2"}, {"d/b", "1"}, {"z", ""}},
         std::nullopt,
         {"d/a"}},
        {"file against folder", {{"z", ""}}, {{"a", "1"}, {"z", ""}}, {{"a/b", "1"}, {"z", ""}}, std::nullopt, {"a"}},
        {"added differently", {{"z", ""}}, {{"a", "1"}, {"z", ""}}, {{"a", "2"}, {"z", ""}}, std::nullopt, {"a"}},
        {"binary on both",
         {{"a", std::string("\0a\n", 3)}},
         {{"a", std::string("\0b\n", 3)}},
         {{"a", std::string("\0c\n", 3)}},
         std::nullopt,
         {"a"}},
        {"everything removed", {{"a", "1"}, {"b", "1"}}, {{"a", "1"}}, {{"b", "1"}}, Files{}, {}},
        {"pointers never mix",
         {{"p", "version 1\noid sha256:aa\nsize 1\n"}},
         {{"p", "version 1\noid sha256:bb\nsize 1\n"}},
         {{"p", "version 1\noid sha256:cc\nsize 2\n"}},
         std::nullopt,
         {"p"}},
    };
    for (const auto& one : cases) {
        MemoryObjects objects;
        const auto base = tree(objects, one.base), ours = tree(objects, one.ours), theirs = tree(objects, one.theirs);
        const auto merged = merge_trees(objects, objects, base, ours, theirs).value();
        const auto mirrored = merge_trees(objects, objects, base, theirs, ours).value();
        EXPECT_EQ(merged.conflicts, one.conflicts) << one.name;
        EXPECT_EQ(merged.tree, mirrored.tree) << one.name;
        EXPECT_EQ(merged.tree, one.merged ? std::optional(tree(objects, *one.merged)) : std::nullopt) << one.name;
    }
}

TEST(MergeTrees, KeepsABitToRunAndTheOtherSidesText) {
    MemoryObjects objects;
    const auto file = [&](std::uint32_t mode, std::string_view text) {
        return apply_edits(objects, objects, std::nullopt,
                           {TreeEdit::put("x", mode, put_object(objects, ObjectType::kBlob, as_bytes(text)).value())})
            .value();
    };
    const auto merged =
        merge_trees(objects, objects, file(kModeFile, "1"), file(kModeExecutable, "1"), file(kModeFile, "2")).value();
    EXPECT_EQ(merged.tree, file(kModeExecutable, "2"));
}

TEST(MergeTrees, ComesToTheSameTreeAsGit) {
    GitProgram git;
    std::string text;
    for (int i = 0; i < 60; ++i) text += "line " + std::to_string(i) + "\n";
    for (int i = 0; i < 30; ++i) git.write("d" + std::to_string(i % 5) + "/f" + std::to_string(i), text);
    git.commit("base");
    git.run({"branch", "other"});
    for (int i = 0; i < 30; i += 2) git.write("d" + std::to_string(i % 5) + "/f" + std::to_string(i), "ours\n" + text);
    git.remove("d1/f1");
    git.commit("ours");
    git.run({"checkout", "-q", "other"});
    for (int i = 0; i < 30; i += 3) git.write("d" + std::to_string(i % 5) + "/f" + std::to_string(i), text + "theirs\n");
    git.write("d9/new", "x");
    git.commit("theirs");
    git.run({"checkout", "-q", "main"});
    git.run({"merge", "-q", "other", "-m", "merged"});
    MemoryObjects objects;
    git.copy_to(objects);
    const auto merged =
        merge_trees(objects, objects, git.id("main~1~1^{tree}"), git.id("main~1^{tree}"), git.id("other^{tree}")).value();
    ASSERT_TRUE(merged.tree) << merged.conflicts.size();
    EXPECT_EQ(*merged.tree, git.id("main^{tree}"));
}

/// Heights are counts of ancestors.
class Graph final : public CommitGraph {
public:
    explicit Graph(GitProgram& git) {
        std::string text = git.run({"rev-list", "--all", "--parents", "--topo-order", "--reverse"}) + "\n";
        for (std::size_t at = 0; at < text.size();) {
            const auto end = text.find('\n', at);
            CommitNode node;
            for (std::size_t i = at + 41; i < end; i += 41) {
                node.parents.push_back(ObjectId::parse(text.substr(i, 40)).value());
                node.height = std::max(node.height, nodes_[node.parents.back()].height);
            }
            ++node.height;
            nodes_[ObjectId::parse(text.substr(at, 40)).value()] = node;
            at = end + 1;
        }
    }
    Result<CommitNode> load(const ObjectId& commit) override { return nodes_.at(commit); }
    std::vector<ObjectId> all() const {
        std::vector<ObjectId> ids;
        for (const auto& [id, node] : nodes_) ids.push_back(id);
        return ids;
    }

private:
    std::map<ObjectId, CommitNode> nodes_;
};

TEST(MergeBase, IsOneThatGitNames) {
    GitProgram git;
    git.commit("root");
    for (int i = 0; i < 4; ++i) git.run({"branch", "b" + std::to_string(i)});
    for (int i = 0; i < 12; ++i) {
        git.run({"checkout", "-q", "b" + std::to_string(i * 7 % 4)});
        git.commit("c" + std::to_string(i));
        if (i % 3 == 2) git.run({"merge", "-q", "b" + std::to_string((i * 7 + 1) % 4), "-m", "m"});
    }
    git.run({"checkout", "-q", "--orphan", "alone"});
    git.commit("alone");
    Graph graph(git);
    for (const auto& a : graph.all())
        for (const auto& b : graph.all()) {
            const auto [status, by_git] = git.try_run({"merge-base", "--all", a.hex(), b.hex()});
            const auto base = merge_base(graph, a, b).value();
            if (base) {
                EXPECT_NE(by_git.find(base->hex()), std::string::npos);
            }
            EXPECT_EQ(base.has_value(), status == 0);
            EXPECT_EQ(is_ancestor(graph, a, b).value(), base == a);
        }
}

}  // namespace
}  // namespace mirfa::git
