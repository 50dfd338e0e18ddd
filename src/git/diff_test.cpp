// SPDX-License-Identifier: Apache-2.0
#include "git/diff.h"

#include <gtest/gtest.h>

#include "base/ascii.h"
#include "git/testing/git_program.h"
#include "git/testing/tree_bomb.h"

namespace mirfa::git {
namespace {

using testing::GitProgram;
using testing::MemoryObjects;

std::string lines(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += "line " + std::to_string(i) + "\n";
    return text;
}

/// A history of two commits with every kind of change.
class Diff : public ::testing::Test {
protected:
    Diff() {
        git.write("same/x", "same");
        git.write("edited.txt", lines(1, 40));
        git.write("folder.txt/no", "1");
        git.write("gone/a.txt", "bye\n");
        git.write("moved.txt", lines(100, 160));
        git.write("exact.txt", lines(200, 230));
        git.write("bin", std::string("\0\1", 2));
        git.write("no newline", "one");
        git.write("run.sh", "#!/bin/sh\n");
        git.write("becomes-link", "target");
        git.write("empty", "");
        git.write("q\"uote", "1\n");
        git.commit("before");
        git.write("edited.txt", lines(1, 20) + "new\n" + lines(21, 39));
        git.remove("folder.txt");
        git.write("folder.txt", "a file\n");
        git.remove("gone");
        git.remove("moved.txt");
        git.write("new/place.txt", lines(100, 158) + "tail\n");
        git.remove("exact.txt");
        git.write("new/exact.txt", lines(200, 230));
        git.write("bin", std::string("\0\2", 2));
        git.write("no newline", "two");
        git.remove("becomes-link");
        git.run({"update-index", "--add", "--cacheinfo", "100755," + git.run({"rev-parse", "HEAD:run.sh"}) + ",run.sh"});
        std::filesystem::permissions(git.folder() / "run.sh", std::filesystem::perms::owner_all);
        std::filesystem::create_symlink("target", git.folder() / "becomes-link");
        git.remove("empty");
        git.write("ملف", "مرحبا\n");
        git.write("q\"uote", "2\n");
        git.commit("after");
        git.copy_to(objects);
        before = git.id("HEAD~1^{tree}");
        after = git.id("HEAD^{tree}");
    }
    std::string by_git(std::vector<std::string> more) {
        std::vector<std::string> arguments = {"-c", "core.quotePath=false", "diff-tree", "-r"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.insert(arguments.end(), {before.hex(), after.hex()});
        return git.run(arguments) + "\n";
    }

    GitProgram git;
    MemoryObjects objects;
    ObjectId before, after;
};

/// git prints a word after the second @@ that depends on the language; it is no part of the change.
std::string without_hunk_words(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size() - 1);
        auto line = text.substr(at, end - at);
        if (line.starts_with("@@ ")) line.resize(line.find(" @@", 3) + 3);
        out += line + "\n";
        at = end + 1;
    }
    return out;
}

std::string raw_like_git(const std::vector<Change>& changes) {
    std::string text;
    for (const auto& change : changes) {
        char modes[32];
        std::snprintf(modes, sizeof modes, ":%06o %06o ", change.old_mode, change.new_mode);
        const bool quoted = change.new_path.find('"') != std::string::npos;
        text += modes + change.old_id.hex() + " " + change.new_id.hex() + " " + static_cast<char>(change.kind) + "\t" +
                (quoted ? "\"q\\\"uote\"" : change.new_path) + "\n";
    }
    return text;
}

TEST_F(Diff, FindsTheChangesThatGitFinds) {
    EXPECT_EQ(raw_like_git(diff_trees(objects, before, after).value()), by_git({"--no-renames"}));
    EXPECT_TRUE(diff_trees(objects, after, after).value().empty());
    EXPECT_EQ(diff_trees(objects, std::nullopt, after).value().size(), diff_trees(objects, after, std::nullopt).value().size());
}

TEST_F(Diff, DoesNotReadFoldersThatAreEqual) {
    objects.objects.erase(find_path(objects, after, "same").value()->id);
    EXPECT_TRUE(diff_trees(objects, before, after).has_value());
    EXPECT_TRUE(changed_paths(objects, before, after).has_value());
}

TEST_F(Diff, FindsRenamesByContentAndByLikeness) {
    const auto changes = diff_trees(objects, before, after, Renames::kDetect).value();
    int exact = 0, alike = 0;
    for (const auto& change : changes) {
        if (change.kind != ChangeKind::kRenamed) continue;
        if (change.new_path == "new/exact.txt") {
            ++exact;
            EXPECT_EQ(change.old_path, "exact.txt");
            EXPECT_EQ(change.similarity, 100);
        } else if (change.new_path == "new/place.txt") {
            ++alike;
            EXPECT_EQ(change.old_path, "moved.txt");
            EXPECT_GE(change.similarity, 80);
        }
    }
    EXPECT_EQ(exact, 1);
    EXPECT_EQ(alike, 1);
    EXPECT_EQ(std::count_if(changes.begin(), changes.end(), [](const auto& change) { return change.new_path == "exact.txt"; }),
              0);
}

TEST_F(Diff, PrintsWhatGitPrints) {
    const auto text = unified_diff(objects, diff_trees(objects, before, after).value()).value();
    EXPECT_EQ(without_hunk_words(text), without_hunk_words(by_git({"--no-renames", "-p", "--abbrev=7"})));
}

TEST_F(Diff, CountsLinesAsGitDoes) {
    std::string counted;
    const auto changes = diff_trees(objects, before, after).value();
    for (const auto& change : changes) {
        if (change.new_path.find('"') != std::string::npos) continue;  // git writes it in quotes
        if (change.kind == ChangeKind::kTypeChanged) continue;         // git counts the texts, and prints all lines
        const auto diff = file_diff(objects, change).value();
        const auto number = [&](std::int64_t lines) { return diff.is_binary ? "-" : std::to_string(lines); };
        counted += number(diff.added) + "\t" + number(diff.removed) + "\t" + change.new_path + "\n";
    }
    std::string by_git_program;
    const auto told = by_git({"--no-renames", "--numstat"});
    for (const auto line : split(told, '\n'))
        if (!line.empty() && line.find('"') == std::string::npos && !line.ends_with("becomes-link"))
            by_git_program += std::string(line) + "\n";
    EXPECT_EQ(counted, by_git_program);
}

TEST_F(Diff, GitCanApplyWhatIsPrinted) {
    auto changes = diff_trees(objects, before, after, Renames::kDetect).value();
    std::erase_if(changes, [](const auto& change) { return change.new_path == "bin"; });
    const auto text = unified_diff(objects, changes).value();
    git.run({"checkout", "-q", "-f", "HEAD~1"});
    git.run({"apply", "--index"}, text);
    git.write("bin", std::string("\0\2", 2));
    git.run({"add", "-A"});
    EXPECT_EQ(git.run({"write-tree"}), after.hex());
}

TEST_F(Diff, ShowsAPlaceholderForLargeFilesAndStopsAtItsLimit) {
    const auto pointer = find_path(objects, after, "edited.txt").value()->id;
    DiffOptions options;
    options.find_large = [&](const ObjectId& id) -> Result<std::optional<LargeFile>> {
        if (id != pointer) return std::optional<LargeFile>{};
        return std::optional(LargeFile{12'000'000, "(large file)"});
    };
    const auto changes = diff_trees(objects, before, after).value();
    const auto text = unified_diff(objects, changes, options).value();
    EXPECT_NE(text.find("+(large file)\n"), std::string::npos);
    EXPECT_EQ(text.find("+new\n"), std::string::npos);
    EXPECT_NE(raw_diff(objects, changes, options).value().find("B 12000000\t:100644 100644 "), std::string::npos);
    options.max_octets = 300;
    EXPECT_NE(unified_diff(objects, changes, options).value().find("The rest is too large"), std::string::npos);
    options = {};
    options.max_file_octets = 100;
    EXPECT_NE(unified_diff(objects, changes, options).value().find("Binary files a/edited.txt and b/edited.txt differ"),
              std::string::npos);
}

TEST_F(Diff, WritesOneRawLineAFile) {
    const auto raw = raw_diff(objects, diff_trees(objects, before, after, Renames::kDetect).value()).value();
    const auto id = find_path(objects, after, "new/exact.txt").value()->id.hex();
    EXPECT_NE(raw.find("T 279\t:100644 100644 " + id + "... " + id + "... R100\texact.txt\tnew/exact.txt\n"), std::string::npos)
        << raw;
    EXPECT_NE(raw.find("B 2\t:100644 100644 "), std::string::npos);
    EXPECT_NE(raw.find("T 4\t:100644 000000 "), std::string::npos);
    EXPECT_NE(raw.find(" D\tgone/a.txt\n"), std::string::npos);
}

TEST_F(Diff, ChangedPathsNameFoldersToo) {
    const auto paths = changed_paths(objects, before, after).value().paths;
    for (const char* path : {"gone", "gone/a.txt", "new", "new/place.txt", "folder.txt", "folder.txt/no", "edited.txt"})
        EXPECT_EQ(std::count(paths.begin(), paths.end(), path), 1) << path;
    EXPECT_EQ(std::count(paths.begin(), paths.end(), "same"), 0);
}

TEST_F(Diff, ChangedPathsSayByHowMuchATreeHasGrown) {
    TreeSum count(objects, weigh_one);
    const auto growth = changed_paths(objects, before, after).value().growth;
    EXPECT_EQ(growth, count.below(after).value() - count.below(before).value());
    EXPECT_EQ(changed_paths(objects, after, before).value().growth, -growth);
    EXPECT_EQ(changed_paths(objects, std::nullopt, after).value().growth, count.below(after).value());
}

TEST_F(Diff, ChangedPathsEndAtTheirLimits) {
    const auto whole = changed_paths(objects, before, after).value();
    const auto with = [&](std::size_t paths, std::size_t octets) {
        return changed_paths(objects, before, after, {paths, octets});
    };
    EXPECT_TRUE(with(whole.paths.size(), whole.octets).has_value());
    EXPECT_EQ(with(whole.paths.size() - 1, whole.octets).error().code, Code::kTooLarge);
    EXPECT_EQ(with(whole.paths.size(), whole.octets - 1).error().code, Code::kTooLarge);
}

TEST(DiffLimits, FoldersNestedWithoutEndAreRefused) {
    MemoryObjects objects;
    auto id = put_object(objects, ObjectType::kTree, {}).value();
    for (int i = 0; i < 5'000; ++i) id = put_object(objects, ObjectType::kTree, write_tree({{kModeTree, "a", id}})).value();
    EXPECT_EQ(changed_paths(objects, std::nullopt, id).error().code, Code::kCorrupt);
    EXPECT_EQ(walk_tree(objects, id, [](const auto&, const auto&) -> Result<void> { return ok(); }).error().code, Code::kCorrupt);
}

/// 10^20 paths cannot be walked, but they can be counted.
TEST(DiffLimits, FoldersThatNameTheSameFolderManyTimesAreCountedNotWalked) {
    MemoryObjects objects;
    const auto leaf = testing::put_tree_bomb(objects, 1);
    const auto bomb = testing::put_tree_bomb(objects, 20);
    const PathLimits limits{1'000, 1'000'000};
    objects.reads = 0;
    EXPECT_EQ(changed_paths(objects, std::nullopt, bomb, limits).error().code, Code::kTooLarge);
    EXPECT_EQ(changed_paths(objects, leaf, bomb, limits).error().code, Code::kTooLarge);
    EXPECT_EQ(changed_paths(objects, bomb, leaf, limits).error().code, Code::kTooLarge);
    EXPECT_LT(objects.reads, 200u);
    TreeSum count(objects, weigh_one);
    EXPECT_EQ(count.below(leaf).value(), 10);
    EXPECT_EQ(count.below(bomb).value(), INT64_MAX);
}

TEST(DiffLimits, ADeepChainOfLongNamesCostsNoMoreThanAPath) {
    MemoryObjects objects;
    auto id = put_object(objects, ObjectType::kTree, {}).value();
    for (int i = 0; i < 30; ++i)
        id = put_object(objects, ObjectType::kTree, write_tree({{kModeTree, std::string(255, 'n'), id}})).value();
    EXPECT_EQ(changed_paths(objects, std::nullopt, id).error().code, Code::kCorrupt);
    EXPECT_EQ(walk_tree(objects, id, [](const auto&, const auto&) -> Result<void> { return ok(); }).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace mirfa::git
