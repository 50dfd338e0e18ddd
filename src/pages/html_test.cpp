// SPDX-License-Identifier: Apache-2.0
#include "pages/html.h"

#include <gtest/gtest.h>

namespace mirfa::pages {
namespace {

TEST(Html, TextStaysTextWhereverItStands) {
    HtmlWriter html;
    html.open("p", {{"title", "\"><script>"}}).text("<b> & 'c'").element("a", {{"href", "/x?a=1&b=2"}}, "\"go\"");
    html.empty("input", {{"value", "'\""}});
    EXPECT_EQ(std::move(html).take(),
              "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;b&gt; &amp; &#39;c&#39;<a href=\"/x?a=1&amp;b=2\">&quot;go&quot;</a>"
              "<input value=\"&#39;&quot;\"></p>");
}

TEST(Html, ClosesWhatIsOpenInnermostFirst) {
    HtmlWriter html;
    html.open("ul").open("li").text("a").close().open("li").raw("<i>b</i>");
    EXPECT_EQ(std::move(html).take(), "<ul><li>a</li><li><i>b</i></li></ul>");
}

TEST(Html, DropsNulAndKeepsOtherOctets) { EXPECT_EQ(escape_html(std::string_view("a\0\xff", 3)), "a\xff"); }

}  // namespace
}  // namespace mirfa::pages
