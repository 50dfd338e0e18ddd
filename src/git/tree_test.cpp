// SPDX-License-Identifier: Apache-2.0
#include "git/tree.h"

#include <gtest/gtest.h>

#include <chrono>

#include "git/testing/git_program.h"

namespace mirfa::git {
namespace {

using testing::GitProgram;
using testing::MemoryObjects;

ObjectId blob(MemoryObjects& objects, std::string_view text) {
    return put_object(objects, ObjectType::kBlob, as_bytes(text)).value();
}

std::string listing(MemoryObjects& objects, const ObjectId& root) {
    std::string text;
    EXPECT_TRUE(walk_tree(objects, root, [&](const std::string& path, const TreeEntry& entry) -> Result<void> {
                    if (!entry.is_tree()) text += path + "\n";
                    return ok();
                }).has_value());
    return text;
}

Bytes raw_tree(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string text;
    for (const auto& [mode, name] : entries) text += mode + " " + name + std::string(1, '\0') + std::string(20, 'x');
    const auto bytes = as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
}

TEST(Object, HasTheNameThatGitGivesIt) {
    EXPECT_EQ(hash_object(ObjectType::kBlob, {}).value().hex(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    EXPECT_EQ(hash_object(ObjectType::kTree, {}).value().hex(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    GitProgram git;
    EXPECT_EQ(hash_object(ObjectType::kBlob, as_bytes("مرفأ\n")).value().hex(), git.run({"hash-object", "--stdin"}, "مرفأ\n"));
}

TEST(Tree, IsReadAndWrittenAsGitDoes) {
    GitProgram git;
    for (const char* path : {"a.b", "a/x", "a0", "link", "run.sh", "z/y/deep.txt", "ملف.txt"}) git.write(path, path);
    git.run({"add", "-A"});
    git.run({"update-index", "--chmod=+x", "run.sh"});
    git.run({"update-index", "--add", "--cacheinfo", "160000," + std::string(40, '1') + ",sub"});
    const auto root = ObjectId::parse(git.run({"write-tree"})).value();
    MemoryObjects objects;
    git.copy_to(objects);
    const auto data = need_object(objects, root, ObjectType::kTree).value();
    const auto entries = parse_tree(data).value();
    EXPECT_EQ(write_tree(entries), data);
    EXPECT_EQ(write_tree({entries.rbegin(), entries.rend()}), data);
    EXPECT_EQ(listing(objects, root), git.run({"-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", root.hex()}) + "\n");
}

TEST(Tree, RefusesWhatGitWouldNotWrite) {
    const std::vector<std::vector<std::pair<std::string, std::string>>> refused = {
        {{"100644", "b"}, {"100644", "a"}},
        {{"100644", "a"}, {"100644", "a"}},
        {{"100644", "a"}, {"40000", "a"}},
        {{"100644", "a"}, {"100644", "a.b"}, {"40000", "a"}},
        {{"100644", "a"}, {"100644", "a-"}, {"100644", "a-b"}, {"40000", "a"}},
        {{"40000", "a"}, {"100644", "a"}},
        {{"100644", ""}},
        {{"100644", "."}},
        {{"100644", ".."}},
        {{"40000", ".GIT"}},
        {{"100644", "a/b"}},
        {{"0", "a"}},
        {{"100644x", "a"}},
        {{"170000", "a"}},
        {{"", "a"}},
        {{"10064400", "a"}}};
    for (const auto& entries : refused)
        EXPECT_EQ(parse_tree(raw_tree(entries)).error().code, Code::kCorrupt)
            << entries.back().first << " " << entries.back().second;
    auto cut = raw_tree({{"100644", "a"}});
    cut.pop_back();
    EXPECT_EQ(parse_tree(cut).error().code, Code::kCorrupt);
}

TEST(Tree, ReadsModesOfOldProgramsAsFiles) {
    const auto entries = parse_tree(raw_tree({{"100664", "a"}, {"100775", "b"}, {"040000", "c"}})).value();
    EXPECT_EQ(entries[0].mode, kModeFile);
    EXPECT_EQ(entries[1].mode, kModeExecutable);
    EXPECT_EQ(entries[2].mode, kModeTree);
}

TEST(Tree, FindsPathsWithOneReadForEachFolder) {
    MemoryObjects objects;
    const auto id = blob(objects, "x");
    const auto root = apply_edits(objects, objects, std::nullopt,
                                  {TreeEdit::put("a/b/c.txt", kModeFile, id), TreeEdit::put("d", kModeFile, id)})
                          .value();
    objects.reads = 0;
    EXPECT_EQ(find_path(objects, root, "a/b/c.txt").value()->id, id);
    EXPECT_EQ(objects.reads, 3u);
    EXPECT_TRUE(find_path(objects, root, "a/b").value()->is_tree());
    EXPECT_TRUE(find_path(objects, root, "a/").value()->is_tree());
    EXPECT_EQ(find_path(objects, root, "").value()->id, root);
    for (const char* missing : {"x", "a/x", "d/x", "a//b", "/a"})
        EXPECT_FALSE(find_path(objects, root, missing).value()) << missing;
}

TEST(Tree, IsReadFromWhereverAPageBegins) {
    const auto data = raw_tree({{"100644", "a"}, {"100644", "a.b"}, {"040000", "a"}, {"100644", "a0"}, {"040000", "b"}});
    const auto from = [&](std::string_view key) {
        TreeReader reader(data);
        EXPECT_TRUE(reader.skip_before(key).has_value());
        std::string names;
        for (;;) {
            const auto entry = reader.next().value();
            if (!entry) return names;
            names += entry->name + (entry->is_tree() ? "/ " : " ");
        }
    };
    EXPECT_EQ(from(""), "a a.b a/ a0 b/ ");
    EXPECT_EQ(from("a"), "a a.b a/ a0 b/ ");
    EXPECT_EQ(from("a/"), "a/ a0 b/ ");
    EXPECT_EQ(from("a1"), "b/ ");
    EXPECT_EQ(from("b"), "b/ ");
    EXPECT_EQ(from("b/"), "b/ ");
    EXPECT_EQ(from("b0"), "");
    TreeReader cut(Bytes(data.begin(), data.end() - 1));
    EXPECT_EQ(cut.skip_before("z").error().code, Code::kCorrupt);
}

TEST(Tree, AMissingFolderIsCorruptionAndNotAnAnswer) {
    MemoryObjects objects;
    const auto root = apply_edits(objects, objects, std::nullopt, {TreeEdit::put("a/b", kModeFile, blob(objects, "x"))}).value();
    objects.objects.erase(find_path(objects, root, "a").value()->id);
    EXPECT_EQ(find_path(objects, root, "a/b").error().code, Code::kCorrupt);
}

TEST(TreeEdit, ComesToTheSameTreeAsGit) {
    GitProgram git;
    MemoryObjects objects;
    const auto put = [&](const char* path, std::string_view text) { return TreeEdit::put(path, kModeFile, blob(objects, text)); };
    struct Step {
        std::vector<TreeEdit> edits;
        std::function<void()> by_git;
    };
    const std::vector<Step> steps = {
        {{put("a", "1"), put("d/x", "2"), put("d/e/y", "3"), put("z", "4")},
         [&] { git.write("a", "1"), git.write("d/x", "2"), git.write("d/e/y", "3"), git.write("z", "4"); }},
        {{put("d", "a file now")}, [&] { git.remove("d"), git.write("d", "a file now"); }},
        {{put("a/b/c", "a folder now")}, [&] { git.remove("a"), git.write("a/b/c", "a folder now"); }},
        {{put("a/b/d", "5"), TreeEdit::remove_file("a/b/c"), TreeEdit::remove_file("z")},
         [&] { git.write("a/b/d", "5"), git.remove("a/b/c"), git.remove("z"); }},
        {{put("n/1", "6"), put("n/2", "7"), TreeEdit::remove_folder("n"), put("n/3", "8")}, [&] { git.write("n/3", "8"); }},
        {{TreeEdit::remove_file("a/b/d")}, [&] { git.remove("a"); }},
        {{TreeEdit::remove_folder("n"), TreeEdit::remove_file("d")}, [&] { git.remove("n"), git.remove("d"); }}};
    std::optional<ObjectId> root;
    for (const auto& step : steps) {
        root = apply_edits(objects, objects, root, step.edits).value();
        step.by_git();
        git.run({"add", "-A"});
        EXPECT_EQ(root->hex(), git.run({"write-tree"}));
    }
}

TEST(TreeEdit, SaysWhichFileIsNotThere) {
    MemoryObjects objects;
    const auto root = apply_edits(objects, objects, std::nullopt, {TreeEdit::put("a/b", kModeFile, blob(objects, "x"))}).value();
    for (const auto& edit : {TreeEdit::remove_file("x"), TreeEdit::remove_file("a"), TreeEdit::remove_folder("a/b"),
                             TreeEdit::remove_file("a/b/c"), TreeEdit::remove_file("a/x"), TreeEdit::remove_folder("y/z")}) {
        const auto failed = apply_edits(objects, objects, root, {edit});
        ASSERT_FALSE(failed.has_value()) << edit.path;
        EXPECT_EQ(failed.error().code, Code::kNotFound);
        EXPECT_EQ(failed.error().reason, Reason::kEntryNotFound);
        EXPECT_EQ(failed.error().message, "A file with this name doesn't exist: " + edit.path);
    }
}

TEST(TreeEdit, RewritesOnlyTheFoldersItTouches) {
    MemoryObjects objects;
    const auto id = blob(objects, "x");
    const auto root =
        apply_edits(objects, objects, std::nullopt, {TreeEdit::put("a/x", kModeFile, id), TreeEdit::put("b/c/y", kModeFile, id)})
            .value();
    MemoryObjects added;
    objects.reads = 0;
    EXPECT_TRUE(apply_edits(objects, added, root, {TreeEdit::put("a/z", kModeFile, id)}).has_value());
    EXPECT_EQ(added.objects.size(), 2u);
    EXPECT_EQ(objects.reads, 2u);
    EXPECT_EQ(apply_edits(objects, added, root, {}).value(), root);
}

TEST(TreeEdit, IsQuickForOneFileAndForThousands) {
    MemoryObjects objects;
    const auto id = blob(objects, "x");
    std::vector<TreeEdit> edits;
    for (int i = 0; i < 10'000; ++i)
        edits.push_back(TreeEdit::put("f" + std::to_string(i % 100) + "/n" + std::to_string(i), kModeFile, id));
    const auto begin = std::chrono::steady_clock::now();
    const auto root = apply_edits(objects, objects, std::nullopt, edits).value();
    const auto many = std::chrono::steady_clock::now() - begin;
    for (int i = 0; i < 100; ++i)
        EXPECT_TRUE(apply_edits(objects, objects, root, {TreeEdit::put("f7/new", kModeFile, id)}).has_value());
    const auto one = (std::chrono::steady_clock::now() - begin - many) / 100;
    RecordProperty("ten_thousand_us", static_cast<int>(many.count() / 1000));
    RecordProperty("one_us", static_cast<int>(one.count() / 1000));
    EXPECT_LT(many, std::chrono::seconds(5));
    EXPECT_LT(one, std::chrono::milliseconds(50));
}

}  // namespace
}  // namespace mirfa::git
