// SPDX-License-Identifier: Apache-2.0
// Whatever the Markdown: the HTML has no element that is not one of ours and no address that does things.
#include <cstdlib>

#include "card/markdown.h"

using namespace mirfa;
using namespace mirfa::card;

static void require(bool property) {
    if (!property) std::abort();
}

/// Every `<` opens or closes an element that Markdown has; attributes can only be ours, quotes in text being escaped.
static void check_elements(std::string_view html) {
    constexpr std::string_view kNames[] = {"a",   "blockquote", "br",    "code",  "del", "em",    "h1",    "h2", "h3",
                                           "h4",  "h5",         "h6",    "hr",    "img", "input", "li",    "ol", "p",
                                           "pre", "strong",     "table", "tbody", "td",  "th",    "thead", "tr", "ul"};
    for (auto at = html.find('<'); at != html.npos; at = html.find('<', at + 1)) {
        auto name = html.substr(at + 1);
        if (name.starts_with('/')) name.remove_prefix(1);
        name = name.substr(0, name.find_first_of(" >"));
        bool known = false;
        for (const auto one : kNames) known = known || one == name;
        require(known);
    }
}

static void check(std::string_view markdown, bool images_of_others_as_links) {
    MarkdownOptions options;
    options.rewrite_relative = [](LinkUse, std::string_view url) { return "/r/" + std::string(url); };
    options.images_of_others_as_links = images_of_others_as_links;
    const auto html = markdown_to_html(markdown, options);
    if (!html.has_value()) return;
    check_elements(html.value());
    for (const char* start : {"href=\"", "src=\""}) {
        const std::string_view text = html.value();
        for (auto at = text.find(start); at != text.npos; at = text.find(start, at + 1)) {
            const auto url = text.substr(at + std::string_view(start).size());
            const bool harmless = url.starts_with('"') || url.starts_with("/r/") || url.starts_with('#') ||
                                  url.starts_with('h') || url.starts_with('H') || url.starts_with('m') || url.starts_with('M');
            require(harmless || text[at - 1] != ' ');
        }
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const bool images_of_others_as_links : {false, true})
        check({reinterpret_cast<const char*>(data), size}, images_of_others_as_links);
    return 0;
}
