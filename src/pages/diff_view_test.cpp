// SPDX-License-Identifier: Apache-2.0
#include "pages/diff_view.h"

#include <gtest/gtest.h>

namespace mirfa::pages {
namespace {

std::string html_of(std::string_view unified) {
    HtmlWriter html;
    write_diff(html, unified);
    return std::move(html).take();
}

std::size_t count(const std::string& text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

TEST(DiffView, ColoursLinesAndLetsNothingOut) {
    const auto html = html_of(
        "diff --git a/<b>.md b/<b>.md\nindex 1234567..89abcde 100644\n--- a/<b>.md\n+++ b/<b>.md\n"
        "@@ -1,2 +1,2 @@\n same\n-<script>\n+diff --git a/x b/x\n\\ No newline at end of file\n");
    EXPECT_NE(html.find("<h3 class=\"mono\" dir=\"ltr\">a/&lt;b&gt;.md b/&lt;b&gt;.md</h3>"), html.npos);
    EXPECT_NE(html.find("<div class=\"head\">--- a/&lt;b&gt;.md</div>"), html.npos);
    EXPECT_NE(html.find("<div> same</div><div class=\"gone\">-&lt;script&gt;</div>"
                        "<div class=\"added\">+diff --git a/x b/x</div>"),
              html.npos);
    EXPECT_EQ(count(html, "<section"), 1u);
    EXPECT_EQ(html.find("<script"), html.npos);
}

TEST(DiffView, TellsFilesApartAndKeepsRemarks) {
    const auto html = html_of(
        "diff --git a/1 b/1\nnew file mode 100644\ndiff --git a/2 b/2\n@@ -1 +1 @@\n-a\n+b\n"
        "diff --git a/3 b/3\nBinary files a/3 and b/3 differ\n");
    EXPECT_EQ(count(html, "<section"), 3u);
    EXPECT_NE(html.find("Binary files a/3 and b/3 differ"), html.npos);
    EXPECT_EQ(count(html_of("The rest is too large.\n"), "<section"), 0u);
    EXPECT_NE(html_of("").find("No file is different."), std::string::npos);
}

TEST(DiffView, CutsWhatIsTooLongAtTheEndOfALine) {
    std::string unified = "diff --git a/1 b/1\n@@ -0,0 +1,9 @@\n";
    while (unified.size() <= kMaxDiffShown) unified += "+a line of forty characters, more or less\n";
    const auto html = html_of(unified);
    EXPECT_NE(html.find("too large to be shown whole"), html.npos);
    EXPECT_EQ(count(html, "more or less</div>"), count(html, "class=\"added\""));
    EXPECT_EQ(count(html_of("diff --git a/1 b/1\n@@ -1 +1 @@\n+" + std::string(2 * kMaxDiffShown, 'x')), "xxx"), 0u);
}

}  // namespace
}  // namespace mirfa::pages
