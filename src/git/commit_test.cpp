// SPDX-License-Identifier: Apache-2.0
#include "git/commit.h"

#include <gtest/gtest.h>

#include "git/deflate.h"
#include "git/testing/git_program.h"

namespace mirfa::git {
namespace {

using testing::GitProgram;
using testing::MemoryObjects;

const std::string kTree = "tree " + std::string(40, 'a') + "\n";
const std::string kPeople = "author A <a@x> 1 +0000\ncommitter B <b@x> 2 -0130\n";

TEST(Commit, IsReadAndWrittenAsGitDoes) {
    GitProgram git;
    git.write("a", "1");
    git.commit("First\n\nWith a description\nof two lines.");
    git.write("a", "2");
    const auto id = git.commit("الثانية");
    MemoryObjects objects;
    git.copy_to(objects);
    for (const auto& revision : {id, git.id("HEAD~1")}) {
        const auto data = need_object(objects, revision, ObjectType::kCommit).value();
        const auto commit = parse_commit(as_text(data)).value();
        EXPECT_EQ(commit.author.name, "Layla");
        EXPECT_EQ(commit.committer.email, "omar@example.org");
        EXPECT_EQ(commit.author.offset_minutes, 120);
        EXPECT_EQ(write_commit(commit), as_text(data));
    }
}

TEST(Commit, IgnoresWhatItDoesNotKnowAndForgedParents) {
    const auto text = kTree + kPeople + "parent " + std::string(40, 'b') +
                      "\ngpgsig -----BEGIN\n \n abc\n -----END\nodd\nencoding x\n\nHello\n";
    const auto commit = parse_commit(text).value();
    EXPECT_TRUE(commit.parents.empty());
    EXPECT_EQ(commit.message, "Hello\n");
    EXPECT_EQ(commit.committer.offset_minutes, -90);
}

TEST(Commit, MayEndWithItsHead) {
    EXPECT_EQ(parse_commit(kTree + kPeople).value().message, "");
    EXPECT_EQ(parse_commit(kTree + "author A <a@x> 1 +0000").error().code, Code::kCorrupt);
}

TEST(Commit, GivesUtf8WhateverWasStored) {
    const auto commit =
        parse_commit(kTree + "author Ren\xe9 <r@x> 1 +0000\ncommitter B <b@x> 2 +0000\nencoding ISO-8859-1\n\nd\xe9j\xe0\n")
            .value();
    EXPECT_EQ(commit.author.name, "René");
    EXPECT_EQ(commit.message, "déjà\n");
}

TEST(Commit, RefusesDamage) {
    for (const std::string& text : {std::string(), std::string("tree"), std::string("tree x\n\n"),
                                    "parent " + std::string(40, 'a') + "\n\n", "tree " + std::string(39, 'a') + "\n\n"})
        EXPECT_EQ(parse_commit(text).error().code, Code::kCorrupt) << text;
}

TEST(Commit, OddIdentitiesAreReadAsFarAsTheyGo) {
    const auto read = [](const std::string& line) { return parse_commit(kTree + "author " + line + "\n\n").value().author; };
    EXPECT_EQ(read("nobody").name, "nobody");
    EXPECT_EQ(read("A <a@x>").time, 0);
    EXPECT_EQ(read("A <a <b@x> 5 +0000").time, 5);
    EXPECT_EQ(read("<a@x> 7 junk").time, 7);
    EXPECT_EQ(read("A <a@x> 99999999999999999999 +0000").time, 0);
}

TEST(Commit, WhatIsWrittenPassesGitsOwnChecks) {
    GitProgram git;
    MemoryObjects objects;
    Commit commit;
    commit.tree = put_object(objects, ObjectType::kTree, {}).value();
    const std::vector<Identity> people = {
        {"", "", -5, 100'000}, {"<A>\nB", "a b\n<c>", 1, -90}, {" .,; ", "x", 0, 0}, {"ليلى", "l@x", 1'700'000'000, 330}};
    for (const auto& who : people) {
        commit.author = commit.committer = who;
        commit.message = std::string("x\0y\n\n\n", 6);
        const auto written = put_object(objects, ObjectType::kCommit, as_bytes(write_commit(commit))).value();
        Tag tag{written, ObjectType::kCommit, "v1", who, "A tag"};
        EXPECT_TRUE(put_object(objects, ObjectType::kTag, as_bytes(write_tag(tag))).has_value());
    }
    git.copy_from(objects);
    const auto [status, output] = git.try_run({"fsck", "--strict", "--no-dangling"});
    EXPECT_EQ(status, 0) << output;
}

TEST(Commit, IsWrittenInOneWayOnly) {
    Commit commit;
    commit.author = commit.committer = {"A .\x7f", "\x01 a@x", 1, 0};
    commit.message = std::string("x\n\0\0", 4);
    const auto written = write_commit(commit);
    EXPECT_EQ(write_commit(parse_commit(written).value()), written);
    EXPECT_TRUE(written.ends_with("author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\n\nx\n"));
}

TEST(Tag, IsReadAndWrittenAsGitDoes) {
    GitProgram git;
    const auto target = git.commit("x");
    git.run({"tag", "-a", "v1.0", "-m", "Release\n\nNotes"});
    MemoryObjects objects;
    git.copy_to(objects);
    const auto data = need_object(objects, git.id("v1.0"), ObjectType::kTag).value();
    const auto tag = parse_tag(as_text(data)).value();
    EXPECT_EQ(tag.target, target);
    EXPECT_EQ(tag.name, "v1.0");
    EXPECT_EQ(write_tag(tag), as_text(data));
    EXPECT_EQ(parse_tag("object " + std::string(40, 'a') + "\ntype fish\ntag v\n\n").error().code, Code::kCorrupt);
    EXPECT_EQ(parse_tag("type commit\n\n").error().code, Code::kCorrupt);
}

TEST(Message, SplitsIntoTitleAndDescription) {
    EXPECT_EQ(title_of("\n\nTitle \nrest"), "Title");
    EXPECT_EQ(description_of("Title\n\nOne\nTwo\n"), "One\nTwo");
    EXPECT_EQ(title_of(""), "");
    EXPECT_EQ(description_of("Title"), "");
}

TEST(Deflate, GivesBackExactlyWhatWentIn) {
    for (const std::size_t size : {0u, 1u, 1'000u, 1'000'000u}) {
        const Bytes content(size, 'x');
        const auto stream = deflate(content);
        EXPECT_EQ(inflate(stream, size).value(), content);
        EXPECT_EQ(inflate(stream, size + 1).error().code, Code::kCorrupt);
        if (size > 0) {
            EXPECT_EQ(inflate(stream, size - 1).error().code, Code::kCorrupt);
        }
        EXPECT_EQ(inflate(ByteView(stream).first(stream.size() - 1), size).error().code, Code::kCorrupt);
        auto longer = stream;
        longer.push_back(0);
        EXPECT_EQ(inflate(longer, size).error().code, Code::kCorrupt);
    }
}

}  // namespace
}  // namespace mirfa::git
