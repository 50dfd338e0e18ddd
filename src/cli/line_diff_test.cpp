// SPDX-License-Identifier: Apache-2.0
#include "cli/line_diff.h"

#include <gtest/gtest.h>

namespace mirfa::cli {
namespace {

std::string numbers(int first, int last) {
    std::string text;
    for (int i = first; i <= last; ++i) text += std::to_string(i) + "\n";
    return text;
}

TEST(LineDiff, ShowsWhatChangedWithThreeLinesAround) {
    EXPECT_EQ(line_diff("f", "a\n", "a\n"), "");
    EXPECT_EQ(line_diff("f", "", "a\n"), "--- f\n+++ f\n@@ -0,0 +1 @@\n+a\n");
    EXPECT_EQ(line_diff("f", "a\n", ""), "--- f\n+++ f\n@@ -1 +0,0 @@\n-a\n");
    EXPECT_EQ(line_diff("f", numbers(1, 9), numbers(1, 4) + "x\n" + numbers(6, 9)),
              "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n");
}

TEST(LineDiff, PlacesFarFromEachOtherAreShownApart) {
    const auto after = "x\n" + numbers(1, 20) + "y\n";
    EXPECT_EQ(line_diff("f", numbers(1, 20), after),
              "--- f\n+++ f\n@@ -1,3 +1,4 @@\n+x\n 1\n 2\n 3\n@@ -18,3 +19,4 @@\n 18\n 19\n 20\n+y\n");
}

TEST(LineDiff, KeepsWhatIsBetweenTwoChanges) {
    EXPECT_EQ(line_diff("f", "a\nb\nc\n", "x\nb\ny\n"), "--- f\n+++ f\n@@ -1,3 +1,3 @@\n-a\n+x\n b\n-c\n+y\n");
    EXPECT_EQ(line_diff("f", "a", "a\n"), "--- f\n+++ f\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

TEST(LineDiff, VeryLongStretchesAreReplacedWhole) {
    const auto diff = line_diff("f", numbers(1, 3000), numbers(10001, 13000));
    EXPECT_TRUE(diff.starts_with("--- f\n+++ f\n@@ -1,3000 +1,3000 @@\n-1\n-2\n"));
    EXPECT_TRUE(diff.ends_with("+12999\n+13000\n"));
}

}  // namespace
}  // namespace mirfa::cli
