// SPDX-License-Identifier: Apache-2.0
#include "card/markdown.h"

#include <gtest/gtest.h>

namespace mirfa::card {
namespace {

std::string html_of(std::string_view markdown, const MarkdownOptions& options = {}) {
    const auto html = markdown_to_html(markdown, options);
    return html.has_value() ? html.value() : "error: " + html.error().message;
}

TEST(Markdown, WritesWhatCardsUse) {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"# A *b*", "<h1>A <em>b</em></h1>\n"},
        {"~~a~~", "<p><del>a</del></p>\n"},
        {"see https://a.example/b", "<p>see <a href=\"https://a.example/b\">https://a.example/b</a></p>\n"},
        {"```python\nx < 1\n```", "<pre><code class=\"language-python\">x &lt; 1\n</code></pre>\n"},
        {"|a|b|\n|-|-:|\n|1|2|",
         "<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n"
         "<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>\n"},
        {"a & b \"c\" <", "<p>a &amp; b &quot;c&quot; &lt;</p>\n"},
        {"![x](http://a/b.png)", "<p><img src=\"http://a/b.png\" alt=\"x\" /></p>\n"},
    };
    for (const auto& [markdown, html] : cases) EXPECT_EQ(html_of(markdown), html);
}

TEST(Markdown, LeavesHtmlOut) {
    for (const char* bad : {"<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<iframe src='x'></iframe>\n\ntext",
                            "<!-- <script> -->", "<a href='javascript:x'>y</a>", "<svg/onload=x>", "<style>*{}</style>"}) {
        const auto html = html_of(bad);
        for (const char* part : {"<script", "<img", "<iframe", "<svg", "<style", "javascript", "onerror", "<!--"})
            EXPECT_EQ(html.find(part), html.npos) << bad << " gave " << html;
    }
    EXPECT_EQ(html_of("a <b>bold</b> c"), "<p>a bold c</p>\n");
}

TEST(Markdown, EmptiesAddressesThatDoThings) {
    for (const char* bad : {"javascript:alert(1)", "JaVaScRiPt:alert(1)", "vbscript:x", "data:text/html;base64,x",
                            "data:image/svg+xml,x", "file:///etc/passwd", "blob:x", "java&#115;cript:x", "&#x6A;avascript:x",
                            "unknown:x", "//host/x", "\\\\host", "/\\host/x"}) {
        EXPECT_EQ(html_of(std::string("[a](") + bad + ")"), "<p><a href=\"\">a</a></p>\n") << bad;
        EXPECT_EQ(html_of(std::string("![a](") + bad + ")"), "<p><img src=\"\" alt=\"a\" /></p>\n") << bad;
    }
    EXPECT_EQ(html_of("<javascript:alert(1)>"), "<p><a href=\"\">javascript:alert(1)</a></p>\n");
    EXPECT_EQ(html_of("[a][b]\n\n[b]: javascript:x"), "<p><a href=\"\">a</a></p>\n");
    EXPECT_EQ(html_of("[a](mailto:a@b.c)"), "<p><a href=\"mailto:a@b.c\">a</a></p>\n");
}

TEST(Markdown, PutsRelativeAddressesUnderThePageOfTheRepository) {
    MarkdownOptions options;
    options.rewrite_relative = [](LinkUse use, std::string_view url) {
        return (use == LinkUse::kImage ? "/acme/m/resolve/main/" : "/acme/m/blob/main/") + std::string(url);
    };
    EXPECT_EQ(html_of("[a](docs/b.md#c)", options), "<p><a href=\"/acme/m/blob/main/docs/b.md#c\">a</a></p>\n");
    EXPECT_EQ(html_of("![a](b.png)", options), "<p><img src=\"/acme/m/resolve/main/b.png\" alt=\"a\" /></p>\n");
    EXPECT_EQ(html_of("[a](#c) [d](https://e)", options), "<p><a href=\"#c\">a</a> <a href=\"https://e\">d</a></p>\n");
    EXPECT_EQ(html_of("[a](x\"onclick=y)", options), "<p><a href=\"/acme/m/blob/main/x%22onclick=y\">a</a></p>\n");
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

TEST(Markdown, MakesLinksOfImagesElsewhereWhenAskedTo) {
    MarkdownOptions options;
    options.images_of_others_as_links = true;
    const std::pair<const char*, const char*> cases[] = {
        {"![a *b*](https://x.example/i.png)", "<p><a href=\"https://x.example/i.png\">a <em>b</em></a></p>\n"},
        {"![](HTTP://x.example/i.png)", "<p><a href=\"HTTP://x.example/i.png\">HTTP://x.example/i.png</a></p>\n"},
        {"[![badge](https://x.example/i.svg) more](https://y.example)", "<p><a href=\"https://y.example\">badge more</a></p>\n"},
        {"![out ![in](https://x.example/2)](https://x.example/1)", "<p><a href=\"https://x.example/1\">out in</a></p>\n"},
        {"![own](a.png)", "<p><img src=\"a.png\" alt=\"own\" /></p>\n"},
        {"![own ![in](https://x.example/2)](a.png)", "<p><img src=\"a.png\" alt=\"own in\" /></p>\n"},
        {"![x](data:image/png;base64,AAAA)", "<p><img src=\"\" alt=\"x\" /></p>\n"},
    };
    for (const auto& [markdown, html] : cases) EXPECT_EQ(html_of(markdown, options), html);
}

TEST(Markdown, RefusesWhatIsTooLargeOrTooDeep) {
    MarkdownOptions small;
    small.max_bytes = 10;
    EXPECT_TRUE(markdown_to_html("0123456789", small).has_value());
    EXPECT_EQ(markdown_to_html("0123456789a", small).error().code, Code::kTooLarge);
    std::string stairs;  // a list in a list in a list
    for (std::size_t i = 0; i < 200; ++i) stairs += repeated("  ", i) + "- a\n";
    for (const auto& deep : {repeated("> ", 1'000) + "a", repeated("- ", 1'000) + "a", repeated("> ", 65) + "a", stairs})
        EXPECT_EQ(markdown_to_html(deep).error().code, Code::kTooLarge);
    EXPECT_TRUE(markdown_to_html(repeated("> ", 20) + "a").has_value());
}

TEST(Markdown, TakesLongRulesAndWideIndentsForWhatTheyAre) {
    EXPECT_EQ(html_of(std::string(500, '-')), "<hr />\n");
    EXPECT_EQ(html_of("a\n\n" + std::string(300, ' ') + "b"),
              "<p>a</p>\n<pre><code>" + std::string(296, ' ') + "b\n</code></pre>\n");
}

TEST(Markdown, DoesNotMultiplyWhatIsWrittenOnce) {
    const auto copies = repeated("[a]", 50'000) + "\n\n[a]: " + std::string(100'000, 'x');
    EXPECT_EQ(markdown_to_html(copies).error().code, Code::kTooLarge);
    const auto table = repeated("|a", 2'000) + "|\n" + repeated("|-", 2'000) + "|\n" + repeated("x\n", 100'000);
    EXPECT_LT(html_of(table).size(), 2'000'000u);
    EXPECT_LT(html_of(repeated("a@b", 100'000)).size(), 2'000'000u);
}

TEST(Markdown, ReplacesWhatIsNotUtf8) { EXPECT_EQ(html_of("a\xFFz"), "<p>a\xEF\xBF\xBDz</p>\n"); }

}  // namespace
}  // namespace mirfa::card
