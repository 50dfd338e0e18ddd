// SPDX-License-Identifier: Apache-2.0
#include "git/line_diff.h"

#include <gtest/gtest.h>

#include <random>

#include "base/ascii.h"
#include "base/bytes.h"

namespace mirfa::git {
namespace {

using Common = std::vector<CommonLines>;

Common between(std::string_view before, std::string_view after) {
    return common_lines(as_bytes(before), as_bytes(after)).value();
}

TEST(LineDiff, CountsWhatStandsBehindTheLastNewline) {
    for (const auto& [text, count] :
         std::vector<std::pair<std::string, std::size_t>>{{"", 0}, {"\n", 1}, {"a", 1}, {"a\n", 1}, {"a\nb", 2}, {"\n\n", 2}})
        EXPECT_EQ(count_lines(as_bytes(text)), count) << text;
}

TEST(LineDiff, GivesWhatStayedInOrder) {
    EXPECT_EQ(between("", ""), Common{});
    EXPECT_EQ(between("a\nb\n", "a\nb\n"), (Common{{0, 0, 2}}));
    EXPECT_EQ(between("", "a\n"), Common{});
    EXPECT_EQ(between("a\n", ""), Common{});
    EXPECT_EQ(between("a\nb\nc\n", "a\nB\nc\n"), (Common{{0, 0, 1}, {2, 2, 1}}));
    EXPECT_EQ(between("a\nb\n", "x\na\nb\n"), (Common{{0, 1, 2}}));
    EXPECT_EQ(between("x\na\nb\n", "a\nb\n"), (Common{{1, 0, 2}}));
    EXPECT_EQ(between("a\nb\n", "a\nb\nc"), (Common{{0, 0, 2}}));
    EXPECT_EQ(between("a\nb", "a\nb\n"), (Common{{0, 0, 1}})) << "a newline at the end is a change of the line";
}

TEST(LineDiff, WhatItCallsCommonIsCommon) {
    std::mt19937 random(7);
    const auto text = [&] {
        std::string made;
        for (int i = std::uniform_int_distribution<int>(0, 30)(random); i > 0; --i)
            made += std::string(1, static_cast<char>('a' + random() % 4)) + "\n";
        return made;
    };
    for (int round = 0; round < 200; ++round) {
        const auto before = text(), after = text();
        const auto old_lines = split(before, '\n'), new_lines = split(after, '\n');
        std::size_t old_at = 0, new_at = 0;
        for (const auto& run : between(before, after)) {
            EXPECT_GE(run.before, old_at);
            EXPECT_GE(run.after, new_at);
            old_at = run.before + run.count;
            new_at = run.after + run.count;
            ASSERT_LE(old_at, count_lines(as_bytes(before)));
            ASSERT_LE(new_at, count_lines(as_bytes(after)));
            for (std::size_t i = 0; i < run.count; ++i) EXPECT_EQ(old_lines[run.before + i], new_lines[run.after + i]);
        }
    }
}

}  // namespace
}  // namespace mirfa::git
