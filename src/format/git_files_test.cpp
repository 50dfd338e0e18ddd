// SPDX-License-Identifier: Apache-2.0
// What git and git-lfs keep in repositories and on the wire: pointers, attributes, ignore files, pkt-lines.
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "format/gitattributes.h"
#include "format/gitignore.h"
#include "format/lfs_pointer.h"
#include "format/pkt_line.h"
#include "format/wildmatch.h"

namespace mirfa::format {
namespace {

const std::string kOid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const std::string kVersionLine = "version https://git-lfs.github.com/spec/v1\n";

TEST(LfsPointer, IsWrittenInThreeLinesAndReadBack) {
    const LfsPointer pointer{Sha256::parse(kOid).value(), 12'345};
    const auto text = write_lfs_pointer(pointer);
    EXPECT_EQ(text, kVersionLine + "oid sha256:" + kOid + "\nsize 12345\n");
    EXPECT_EQ(parse_lfs_pointer(text).value(), pointer);
}

TEST(LfsPointer, ToleratesWhatGitLfsTolerates) {
    const std::string rest = "oid sha256:" + kOid + "\nsize 0";
    for (const auto& text :
         {kVersionLine + rest, kVersionLine + rest + "\n\n", kVersionLine + "ext-0-foo sha256:" + kOid + "\n" + rest,
          "version https://hawser.github.com/spec/v1\r\noid sha256:" + kOid + "\r\nsize 0\r\n",
          "version http://git-media.io/v/2\n" + rest})
        EXPECT_TRUE(parse_lfs_pointer(text).has_value()) << text;
}

TEST(LfsPointer, IsNothingElse) {
    const std::string oid_line = "oid sha256:" + kOid + "\n";
    for (const auto& text :
         {std::string(), std::string("version "), kVersionLine, kVersionLine + oid_line, kVersionLine + "size 1\n" + oid_line,
          oid_line + "size 1\n", kVersionLine + oid_line + "size -1\n", kVersionLine + oid_line + "size 1x\n",
          kVersionLine + oid_line + "size 99999999999999999999\n", kVersionLine + oid_line + "size 1\nmore x\n",
          kVersionLine + "oid md5:" + kOid + "\nsize 1\n", kVersionLine + "oid sha256:" + kOid + "0\nsize 1\n",
          kVersionLine + "oid sha256:" + std::string(64, 'A') + "\nsize 1\n", kVersionLine + "foo bar\n" + oid_line + "size 1\n",
          "version https://git-lfs.github.com/spec/v9\n" + oid_line + "size 1\n",
          kVersionLine + oid_line + "size 1\n" + std::string(1'024, '\n')})
        EXPECT_FALSE(parse_lfs_pointer(text).has_value()) << text;
}

TEST(PktLine, TakesLinesOffTheFront) {
    const std::string text = "0006a\n0000000100020004000bhello";
    ByteView rest = as_bytes(text);
    EXPECT_EQ(take_pkt_line(rest).value().text(), "a");
    EXPECT_EQ(take_pkt_line(rest).value().kind, PktLine::Kind::kFlush);
    EXPECT_EQ(take_pkt_line(rest).value().kind, PktLine::Kind::kDelimiter);
    EXPECT_EQ(take_pkt_line(rest).value().kind, PktLine::Kind::kResponseEnd);
    EXPECT_EQ(take_pkt_line(rest).value().kind, PktLine::Kind::kData);
    const auto before = rest.size();
    EXPECT_EQ(take_pkt_line(rest).error().code, Code::kInvalidArgument);  // 11 announced, 9 there
    EXPECT_EQ(rest.size(), before);
}

TEST(PktLine, RefusesBadLengths) {
    for (const std::string text : {"0003", "fff1", "00g6ab", "-001", "+006ab", "12", "    "}) {
        ByteView rest = as_bytes(text);
        EXPECT_FALSE(take_pkt_line(rest).has_value()) << text;
    }
}

TEST(PktLine, ReaderStopsWhereThePackBegins) {
    std::string text;
    append_pkt_line(text, "first\n");
    append_pkt_delimiter(text);
    append_pkt_flush(text);
    text += "PACK";
    MemorySource source(as_bytes(text));
    PktLineReader reader(source);
    EXPECT_EQ(reader.next().value().text(), "first");
    EXPECT_EQ(reader.next().value().kind, PktLine::Kind::kDelimiter);
    EXPECT_EQ(reader.next().value().kind, PktLine::Kind::kFlush);
    Bytes rest(10);
    EXPECT_EQ(source.read(rest).value(), 4u);
    EXPECT_EQ(reader.next().error().code, Code::kNotFound);
}

TEST(PktLine, ReaderTellsAnEndInsideALineFromOneBeforeIt) {
    for (const std::string text : {"00", "0009abc"}) {
        MemorySource source(as_bytes(text));
        EXPECT_EQ(PktLineReader(source).next().error().code, Code::kInvalidArgument) << text;
    }
}

TEST(SideBand, SplitsLongDataIntoWholeLines) {
    const std::string data(200'000, 'x');
    std::string text;
    append_side_band(text, SideBand::kPack, data);
    std::string joined;
    for (ByteView rest = as_bytes(text); !rest.empty();) {
        const auto line = take_pkt_line(rest).value();
        ASSERT_EQ(line.payload[0], 1);
        joined += as_text(line.payload.subspan(1));
    }
    EXPECT_EQ(joined, data);
}

struct Glob {
    std::string pattern;
    std::string path;
    bool matches;
};

TEST(Wildmatch, FollowsGitsRules) {
    const Glob cases[] = {
        {"foo", "foo", true},
        {"foo", "bar", false},
        {"", "", true},
        {"*", "foo", true},
        {"*", "foo/bar", false},
        {"f*", "foo", true},
        {"*f", "foo", false},
        {"*ob*a*r*", "foobar", true},
        {"*ab", "aaaaaaabababab", true},
        {"foo\\*", "foo*", true},
        {"foo\\*bar", "foobar", false},
        {"[a-c]b*", "abc", true},
        {"*[al]?", "ball", true},
        {"[ten]", "ten", false},
        {"**[!te]", "ten", true},
        {"**[!ten]", "ten", false},
        {"t[!a-g]n", "ton", true},
        {"t[^a-g]n", "ton", true},
        {"a[]]b", "a]b", true},
        {"a[]-]b", "a-b", true},
        {"a[\\]x]b", "a]b", true},
        {"[[:space:]]x", " x", true},
        {"[[:digit:][:upper:]]", "A", true},
        {"[[:nonsense:]]", "a", false},
        {"[[:digit", "1", false},
        {"a[b", "ab", false},
        {"[a-", "a", false},
        {"\\", "\\", false},
        {"foo?", "foo/", false},
        {"foo/*", "foo/a/b", false},
        {"foo/**", "foo/a/b", true},
        {"foo/**", "foo", false},
        {"**/foo", "foo", true},
        {"**/foo", "a/b/foo", true},
        {"**/foo", "a/bfoo", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "ab", false},
        {"a**b", "a/b", false},
        {"a**/b", "axy/b", true},
        {"a**/b", "a/x/b", false},
        {"**/**/**", "a", true},
        {"**/*/x?", "a/x/x1", true},
        {"**/*ab", "xab/ab", true},
        {"*/*/*", "foo/bba/arr", true},
        {"*/*/*", "foo/bar", false},
        {"**/*a*b*g*n*t", "abcd/abcdefg/abcdefghijk/abcdefghijklmnop.txt", true},
        {"[a/]b", "/b", false},
        {"saved_model/**/*", "saved_model/a.bin", true},
    };
    for (const auto& [pattern, path, matches] : cases) EXPECT_EQ(wildmatch(pattern, path), matches) << pattern << " | " << path;
}

TEST(Wildmatch, BelowAFolderComparesTheFixedBeginningFirstAsGitDoes) {
    EXPECT_TRUE(matches_below("", "a**/b", "ax/y/b"));
    EXPECT_TRUE(matches_below("", "a**/b", "ab"));
    EXPECT_FALSE(matches_below("", "a**b", "a/b"));
    EXPECT_TRUE(matches_below("sub", "/x.bin", "sub/x.bin"));
    EXPECT_FALSE(matches_below("sub", "x.bin", "sub"));
    EXPECT_TRUE(wildmatch("[z-a]", "z"));
    EXPECT_FALSE(wildmatch("[z-a]", "b"));
}

TEST(Wildmatch, TakesBoundedTimeForHostilePatterns) {
    std::string pattern;
    for (int i = 0; i < 500; ++i) pattern += i % 50 == 49 ? "/**/" : "*a";
    EXPECT_FALSE(wildmatch(pattern + "b", std::string(4'000, 'a')));
    std::string deep;
    for (int i = 0; i < 2'000; ++i) deep += "a/";
    EXPECT_FALSE(wildmatch("**/*a/**/*a/**/*a/**/*ab", deep + "c"));
}

TEST(GitAttributes, TheLastRuleThatMatchesWins) {
    const GitAttributes rules(
        "# comment\n*.bin filter=lfs diff=lfs merge=lfs -text\n*.txt text\n small.bin !filter\nplain.bin -filter\n"
        "other.bin filter=crypt\n/top.dat filter=lfs\nsub/x.dat filter=lfs\n\"with blank.md\" filter=lfs\n"
        "two[[:space:]]words filter=lfs\n[attr]lfs filter=lfs\n!neg.md filter=lfs\nfolder/ "
        "filter=lfs\nno-attributes\n");
    const std::pair<std::string, LfsRule> cases[] = {
        {"a.bin", LfsRule::kLfs},         {"deep/er/a.bin", LfsRule::kLfs}, {"a.txt", LfsRule::kNone},
        {"small.bin", LfsRule::kNotLfs},  {"plain.bin", LfsRule::kNotLfs},  {"x/other.bin", LfsRule::kNotLfs},
        {"top.dat", LfsRule::kLfs},       {"deep/top.dat", LfsRule::kNone}, {"sub/x.dat", LfsRule::kLfs},
        {"a/sub/x.dat", LfsRule::kNone},  {"with blank.md", LfsRule::kLfs}, {"two words", LfsRule::kLfs},
        {"neg.md", LfsRule::kNone},       {"folder", LfsRule::kNone},       {"README.md", LfsRule::kNone},
        {"no-attributes", LfsRule::kNone}};
    for (const auto& [path, says] : cases) EXPECT_EQ(rules.lfs_rule(path), says) << path;
}

TEST(GitAttributes, RulesForOneFileAndPatternsKeepTheirOrder) {
    GitAttributes rules(
        "a.bin filter=lfs\n*.bin -filter\nb.bin filter=lfs\nx/c.bin filter=lfs\n/d.bin filter=lfs\nd.bin -filter\n");
    rules.add("b.bin -filter\n/e.bin filter=lfs\n", "sub");
    const std::pair<std::string, LfsRule> cases[] = {{"a.bin", LfsRule::kNotLfs},
                                                     {"b.bin", LfsRule::kLfs},
                                                     {"deep/b.bin", LfsRule::kLfs},
                                                     {"x/c.bin", LfsRule::kLfs},
                                                     {"y/x/c.bin", LfsRule::kNotLfs},
                                                     {"d.bin", LfsRule::kNotLfs},
                                                     {"sub/b.bin", LfsRule::kNotLfs},
                                                     {"sub/x/b.bin", LfsRule::kNotLfs},
                                                     {"sub/e.bin", LfsRule::kLfs},
                                                     {"sub/x/e.bin", LfsRule::kNotLfs},
                                                     {"e", LfsRule::kNone}};
    for (const auto& [path, says] : cases) EXPECT_EQ(rules.lfs_rule(path), says) << path;
}

/// Thousands of lines for one file each, as commits of large files leave them, are looked up and not tried one by one.
TEST(GitAttributes, RulesForOneFileEachCostNothing) {
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += "f" + std::to_string(i) + ".x filter=lfs\n";
    const GitAttributes rules(text);
    MatchBudget budget{100};
    EXPECT_TRUE(rules.is_lfs("f9999.x", budget));
    EXPECT_TRUE(rules.is_lfs("a/f0.x", budget));
    EXPECT_FALSE(budget.spent());
}

TEST(GitAttributes, MatchingEndsWithItsBudget) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "*a*a*a*a*b" + std::to_string(i) + " filter=lfs\n";
    const GitAttributes rules(text + "x* filter=lfs\n");
    const GitIgnore ignored(text);
    MatchBudget enough{10'000'000};
    EXPECT_FALSE(rules.is_lfs(std::string(200, 'a'), enough));
    EXPECT_FALSE(enough.spent());
    MatchBudget little{1'000}, less{1'000};
    EXPECT_FALSE(rules.is_lfs(std::string(200, 'a'), little));
    EXPECT_FALSE(ignored.is_ignored(std::string(200, 'a'), less));
    EXPECT_TRUE(little.spent() && less.spent());
}

TEST(GitAttributes, AFileInAFolderSpeaksForThatFolder) {
    GitAttributes rules("*.bin filter=lfs\n");
    rules.add("*.bin -filter\nx/*.dat filter=lfs\n", "sub");
    EXPECT_TRUE(rules.is_lfs("a.bin"));
    EXPECT_FALSE(rules.is_lfs("sub/a.bin"));
    EXPECT_FALSE(rules.is_lfs("sub/deep/a.bin"));
    EXPECT_TRUE(rules.is_lfs("sub/x/a.dat"));
    EXPECT_FALSE(rules.is_lfs("x/a.dat"));
    EXPECT_TRUE(rules.is_lfs("subway/a.bin"));
}

TEST(GitAttributes, ReadsQuotedPatternsByteOrderMarksAndCarriageReturns) {
    const GitAttributes rules("\xEF\xBB\xBF*.bin filter=lfs\r\n\"tab\\there\\303\\274\" filter=lfs\r\n\"open filter=lfs\n");
    EXPECT_TRUE(rules.is_lfs("x.bin"));
    EXPECT_TRUE(rules.is_lfs("tab\thereü"));
    EXPECT_FALSE(rules.is_lfs("open"));
}

TEST(DefaultAttributes, CoverTheFilesOfTheirKind) {
    const auto count = [](const std::string& text) { return std::count(text.begin(), text.end(), '\n'); };
    EXPECT_EQ(count(default_gitattributes(AttributesFor::kModel)), 37);
    EXPECT_EQ(default_gitattributes(AttributesFor::kModel), default_gitattributes(AttributesFor::kSpace));
    const GitAttributes model(default_gitattributes(AttributesFor::kModel));
    const GitAttributes dataset(default_gitattributes(AttributesFor::kDataset));
    for (const std::string path :
         {"model.safetensors", "a/b.gguf", "saved_model/x/y", "events.out.tfevents.1", "w.tar.gz", "d.parquet"}) {
        EXPECT_TRUE(model.is_lfs(path)) << path;
        EXPECT_TRUE(dataset.is_lfs(path)) << path;
    }
    EXPECT_FALSE(model.is_lfs("saved_model"));
    EXPECT_FALSE(model.is_lfs("cat.png"));
    EXPECT_TRUE(dataset.is_lfs("cat.png"));
    EXPECT_FALSE(dataset.is_lfs("README.md"));
}

TEST(LfsLine, MakesExactlyThePathAnLfsFile) {
    const std::string paths[] = {"sub/model.xyz", "two words/and\tmore", "we[ir]d*?\\name/x", "#hash/x",
                                 "!bang/x",       "\"quote/x",           "a/[attr]b",         "ü/漢字"};
    for (const auto& path : paths) {
        const GitAttributes rules(with_lfs_lines("*.md text", {path}));
        EXPECT_TRUE(rules.is_lfs(path)) << path;
        EXPECT_FALSE(rules.is_lfs(path + "x")) << path;
        EXPECT_FALSE(rules.is_lfs("sub/other")) << path;
    }
    EXPECT_EQ(with_lfs_lines("*.md text", {"a b.bin", "c"}),
              "*.md text\na[[:space:]]b.bin filter=lfs diff=lfs merge=lfs -text\nc filter=lfs diff=lfs merge=lfs -text\n");
}

TEST(GitIgnore, FollowsGitsRules) {
    const GitIgnore rules(
        "# comment\n*.log\n!keep.log\n/build\nout/\ndoc/*.txt\ntrailing \nblank\\ "
        "\n\\#hash\n\\!bang\nlogs/**\n!logs/x/\n");
    const std::pair<std::string, bool> cases[] = {
        {"a.log", true},     {"x/a.log", true},      {"keep.log", false},    {"x/keep.log", false}, {"build", true},
        {"build/x", true},   {"sub/build", false},   {"out", false},         {"out/x", true},       {"a/out/b/c", true},
        {"doc/a.txt", true}, {"doc/b/a.txt", false}, {"trailing", true},     {"blank ", true},      {"blank", false},
        {"#hash", true},     {"!bang", true},        {"out/keep.log", true}, {"logs/a", true},      {"logs/x/a", true},
        {"README", false}};
    for (const auto& [path, ignored] : cases) EXPECT_EQ(rules.is_ignored(path), ignored) << path;
}

TEST(GitIgnore, AFileInAFolderSpeaksForThatFolder) {
    GitIgnore rules("*.tmp\r\n");
    rules.add("!a.tmp\n/only\n", "sub");
    EXPECT_TRUE(rules.is_ignored("a.tmp"));
    EXPECT_FALSE(rules.is_ignored("sub/a.tmp"));
    EXPECT_TRUE(rules.is_ignored("sub/b.tmp"));
    EXPECT_TRUE(rules.is_ignored("sub/only"));
    EXPECT_FALSE(rules.is_ignored("sub/x/only"));
    EXPECT_FALSE(rules.is_ignored("only"));
}

}  // namespace
}  // namespace mirfa::format
