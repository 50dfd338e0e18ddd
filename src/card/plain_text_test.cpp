// SPDX-License-Identifier: Apache-2.0
#include "card/plain_text.h"

#include <gtest/gtest.h>

namespace mirfa::card {
namespace {

TEST(PlainText, LeavesOutWhatIsNotRead) {
    const struct {
        std::string_view card;
        std::string_view text;
    } kCases[] = {
        {"", ""},
        {"---\nlicense: mit\n---\nHello *you*", "Hello *you*"},
        {"a [link](https://example.com/x) b", "a [link  b"},
        {"![picture](a.png) and https://example.com/y too", "![picture  and   too"},
        {"x <b class='y'>bold</b> <!-- not this --> 1 < 2", "x  bold    1 < 2"},
        {"a | b\n---|---\nc | d", "a | b\n\nc | d"},
        {"<!-- never closed", " "},
        {"[a](never closed", "[a](never closed"},
    };
    for (const auto& [card, text] : kCases) EXPECT_EQ(plain_text(card, 1'000), text) << card;
    EXPECT_EQ(plain_text("abcdef", 3), "abc");
}

TEST(PlainText, TheFirstHeadingIsTheTitle) {
    EXPECT_EQ(first_heading("---\na: b\n---\n\ntext\n## My [model](x) \n# Other"), "My [model");
    EXPECT_EQ(first_heading("#tag\n####### seven\nno"), "");
    EXPECT_EQ(first_heading("# نموذج لغوي\n"), "نموذج لغوي");
}

}  // namespace
}  // namespace mirfa::card
