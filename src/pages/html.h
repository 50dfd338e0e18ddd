// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mirfa::pages {

/// The text with `& < > " '` written so that it is text in HTML, between tags and inside quoted attributes.
std::string escape_html(std::string_view text);

/// Writes HTML from front to back. Everything it is given is text, and is escaped; only `raw` is not.
///
///     HtmlWriter html;
///     html.open("ul", {{"class", "repos"}});
///     for (const auto& repo : repos) html.open("li").element("a", {{"href", repo.link}}, repo.name).close();
///     html.close();
///
/// Names of tags and attributes come from the program, never from people.
class HtmlWriter {
public:
    using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    HtmlWriter& open(std::string_view tag, Attributes attributes = {});
    /// Ends the innermost open element.
    HtmlWriter& close();
    HtmlWriter& text(std::string_view text);
    /// An element that holds text only.
    HtmlWriter& element(std::string_view tag, Attributes attributes, std::string_view text);
    HtmlWriter& element(std::string_view tag, std::string_view text) { return element(tag, {}, text); }
    /// An element that cannot hold anything: input, link, meta, img.
    HtmlWriter& empty(std::string_view tag, Attributes attributes = {});
    /// HTML that is known to be safe.
    HtmlWriter& raw(std::string_view html);

    /// Everything written; what is still open is closed.
    std::string take() &&;

private:
    void start(std::string_view tag, Attributes attributes);

    std::string text_;
    std::vector<std::string> open_;
};

}  // namespace mirfa::pages
