// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/ascii.h"
#include "git/path_rules.h"
#include "git/ref_name.h"
#include "git/testing/git_program.h"

namespace mirfa::git {
namespace {

TEST(PathRules, AllowOrdinaryPaths) {
    for (const std::string& path :
         {std::string("README.md"), std::string(".gitattributes"), std::string("a/b/c d.txt"), std::string("نموذج/ملف.txt"),
          std::string("..."), std::string("a..b"), std::string("x.git"), std::string("git"), std::string(".gitignore"),
          std::string("git~2"), std::string("-x"), std::string("a\\b"), std::string(255, 'x'), std::string(".github/x")})
        EXPECT_TRUE(check_path(path).has_value()) << path;
}

TEST(PathRules, RefuseWhatWouldHarmACheckout) {
    const std::vector<std::string> refused = {"",
                                              "/",
                                              "/a",
                                              "a//b",
                                              "a/",
                                              ".",
                                              "..",
                                              "a/..",
                                              "../a",
                                              "./a",
                                              "a/./b",
                                              "..\\x",
                                              "a\\..\\b",
                                              "\\..\\x",
                                              ".git",
                                              ".GIT/config",
                                              "a/.Git/b",
                                              ".git ",
                                              ".git.",
                                              ".git. .",
                                              ".git::$INDEX_ALLOCATION",
                                              "git~1",
                                              "GIT~1/x",
                                              "x\\.git\\y",
                                              ".g\u200cit",
                                              "\ufeff.git",
                                              ".git\u206f/x",
                                              std::string("a\0b", 3),
                                              "a\nb",
                                              "a\x7f",
                                              "\xff",
                                              "a/\xc0\xaf",
                                              "\xed\xa0\x80",
                                              std::string(256, 'x'),
                                              std::string(4'097, 'x')};
    for (const auto& path : refused) {
        const auto checked = check_path(path);
        ASSERT_FALSE(checked.has_value()) << path;
        EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
        EXPECT_TRUE(is_utf8(checked.error().message)) << path;
    }
    std::string long_path;
    for (int i = 0; i < 150; ++i) long_path += "مرفأ/";
    EXPECT_TRUE(is_utf8(check_path(long_path + "/x").error().message));
}

TEST(RefName, AgreesWithGit) {
    testing::GitProgram git;
    const std::vector<std::string> names = {
        "main", "feat/x", "v1.0", "a.",   "a./b", ".a", "a/.b", "a..b", "a.lock", "a.lock/b", "a b",   "a~b", "a^b", "a:b", "a?b",
        "a*b",  "a[b",    "a\\b", "a//b", "/a",   "a/", "a@{b", "a@b",  "فرع",    "a\x7f",    "a\x01", "a{b", "@x",  "x@"};
    for (const auto& name : names) {
        const bool by_git = git.try_run({"check-ref-format", "refs/heads/" + name}).first == 0;
        EXPECT_EQ(check_ref_name("refs/heads/" + name).has_value(), by_git) << name;
        EXPECT_EQ(check_branch_or_tag_name(name).has_value(), by_git) << name;
    }
}

TEST(RefName, RefusesNamesThatWouldBeTakenForSomethingElse) {
    for (const std::string& name :
         {std::string("refs/heads/x"), std::string(40, 'a'), std::string(40, 'A'), std::string("HEAD"), std::string("@"),
          std::string("-x"), std::string(256, 'x'), std::string("\xff"), std::string()})
        EXPECT_EQ(check_branch_or_tag_name(name).error().code, Code::kInvalidArgument) << name;
    EXPECT_TRUE(check_branch_or_tag_name(std::string(255, 'x')).has_value());
    EXPECT_TRUE(check_ref_name("refs/heads/" + std::string(255, 'x')).has_value());
    EXPECT_FALSE(check_ref_name("heads/x").has_value());
    EXPECT_FALSE(check_ref_name("refs/").has_value());
}

TEST(RefName, TellsHashesFromNames) {
    EXPECT_TRUE(is_commit_id(std::string(40, 'a')));
    EXPECT_FALSE(is_commit_id(std::string(40, 'g')));
    EXPECT_FALSE(is_commit_id(std::string(39, 'a')));
    EXPECT_TRUE(is_short_commit_id("abc1234"));
    EXPECT_FALSE(is_short_commit_id("abc"));
    EXPECT_FALSE(is_short_commit_id("main"));
}

}  // namespace
}  // namespace mirfa::git
