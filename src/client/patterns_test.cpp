// SPDX-License-Identifier: Apache-2.0
#include "client/patterns.h"

#include <gtest/gtest.h>
#include <mirfa/repo_id.h>

#include "base/ascii.h"
#include "base/file.h"

namespace mirfa::client {
namespace {

struct Case {
    const char* pattern;
    const char* path;
    bool matches;
};

TEST(Patterns, MatchAsThePythonClientsDo) {
    const Case cases[] = {
        {"*.json", "a.json", true},
        {"*.json", "d/e/a.json", true},
        {"*.json", "d/.h.json", true},
        {"*.json", "A.JSON", false},
        {"*.json", "a.jsonl", false},
        {"**/*.json", "d/a.json", true},
        {"**/*.json", "a.json", false},
        {"d/", "d/a.json", true},
        {"d/", "d/e/a.json", true},
        {"d/", "mydata/x", false},
        {"d", "d", true},
        {"d", "d/a", false},
        {"./a.json", "a.json", false},
        {"{a,b}.json", "a.json", false},
        {"x[1].txt", "x1.txt", true},
        {"x[1].txt", "x[1].txt", false},
        {"x[[]1].txt", "x[1].txt", true},
        {"[!a]", "b", true},
        {"[!a]", "a", false},
        {"[]a]", "]", true},
        {"[a-c]x", "bx", true},
        {"[c-a]x", "bx", false},
        {"[a-]", "-", true},
        {"[abc", "[abc", true},
        {"a?c", "a/c", true},
        {"?", "ع", true},
        {"[ا-ي]", "ع", true},
        {"a\\b", "a/b", true},
        {"a/b", "a\\b", true},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"*a*b*c*", "xxaxxbxxcxx", true},
        {"*a*b*c*", "xxaxxcxxbxx", false},
    };
    for (const auto& c : cases) {
        const FileFilter filter{std::vector<std::string>{c.pattern}, {}};
        EXPECT_EQ(passes(filter, c.path), c.matches) << c.pattern << " on " << c.path;
    }
}

TEST(Patterns, TwoThousandRandomPairsAgreeWithPythonsFnmatchcase) {
    const auto rows = read_small_file(std::string(MIRFA_SOURCE_DIR) + "/src/client/testdata/fnmatch.tsv").value();
    std::size_t count = 0;
    for (const auto line : split(rows, '\n')) {
        const auto cells = split(line, '\t');
        if (cells.size() != 3) continue;
        EXPECT_EQ(fnmatch_case(cells[1], cells[0]), cells[2] == "1") << cells[0] << " on " << cells[1];
        ++count;
    }
    EXPECT_EQ(count, 2000u);
}

TEST(Patterns, ManyStarsTakeNoLongerThanTheProductOfBothLengths) {
    std::string pattern;
    for (int i = 0; i < 500; ++i) pattern += "*a";
    EXPECT_FALSE(fnmatch_case(std::string(4000, 'a') + "b", pattern + "c"));
}

TEST(Patterns, ExcludeComesLastAndAnEmptyIncludeIsNothing) {
    EXPECT_TRUE(passes({}, "a"));
    EXPECT_FALSE(passes({std::vector<std::string>{}, {}}, "a"));
    EXPECT_FALSE(passes({std::vector<std::string>{"*"}, {"*.bin"}}, "a.bin"));
}

TEST(RepoId, NamesThatNoHubHasAreRefused) {
    for (const char* good : {"gpt2", "a/b", "A_1/x.y-z"}) EXPECT_TRUE(make_repo_id(RepoType::kModel, good)) << good;
    for (const std::string bad : {"", "a/", "/b", "a/b/c", "a--b/c", "a/b..c", ".a/b", "a/-b", "a/b.git", "a b/c", "a/ü"})
        EXPECT_FALSE(make_repo_id(RepoType::kModel, bad)) << bad;
    EXPECT_TRUE(make_repo_id(RepoType::kModel, "a/" + std::string(96, 'x')));
    EXPECT_FALSE(make_repo_id(RepoType::kModel, "a/" + std::string(97, 'x')));
}

TEST(RepoId, AddressesNameTypeRevisionAndPath) {
    const auto plain = parse_repo_address("datasets/a/b");
    EXPECT_EQ(plain->repo, (RepoId{RepoType::kDataset, "a/b"}));
    const auto whole = parse_repo_address("hf://spaces/a/b@refs%2Fpr%2F3/x/y.txt");
    EXPECT_EQ(whole->repo, (RepoId{RepoType::kSpace, "a/b"}));
    EXPECT_EQ(whole->revision, "refs/pr/3");
    EXPECT_EQ(whole->path, "x/y.txt");
    EXPECT_EQ(parse_repo_address("hf://a/b")->repo, (RepoId{RepoType::kModel, "a/b"}));
    EXPECT_FALSE(parse_repo_address("hf://a"));
}

}  // namespace
}  // namespace mirfa::client
