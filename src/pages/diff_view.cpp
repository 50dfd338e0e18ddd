// SPDX-License-Identifier: Apache-2.0
// Inside a hunk every line begins with a blank, `+`, `-` or `\`; so a line that begins with `diff --git ` always begins a
// file, whatever the files hold.
#include "pages/diff_view.h"

#include "pages/layout.h"

namespace mirfa::pages {
namespace {

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

std::string_view class_of(std::string_view line, bool inside_hunk) {
    if (line.starts_with("@@")) return "hunk";
    if (!inside_hunk) return "head";
    if (line.starts_with('+')) return "added";
    if (line.starts_with('-')) return "gone";
    return "";
}

/// One file: its two names, then its lines.
void write_file(HtmlWriter& html, std::string_view names, std::string_view& rest) {
    html.open("section", {{"class", "change"}}).element("h3", {{"class", "mono"}, {"dir", "ltr"}}, names);
    // Blocks, not line breaks, end the lines: each has its own direction, and a colour over its whole width.
    html.open("div", {{"class", "diff"}, {"dir", "ltr"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", names}});
    bool inside_hunk = false;
    while (!rest.empty() && !rest.starts_with("diff --git ")) {
        const auto line = take_line(rest);
        inside_hunk = inside_hunk || line.starts_with("@@");
        const auto kind = class_of(line, inside_hunk);
        const auto shown = line.empty() ? std::string_view(" ") : line;
        if (kind.empty())
            html.element("div", shown);
        else
            html.element("div", {{"class", kind}}, shown);
    }
    html.close().close();
}

}  // namespace

void write_diff(HtmlWriter& html, std::string_view unified) {
    if (unified.empty()) {
        html.element("p", {{"class", "quiet"}}, "No file is different.");
        return;
    }
    const bool cut = unified.size() > kMaxDiffShown;
    if (cut) unified = unified.substr(0, unified.rfind('\n', kMaxDiffShown) + 1);
    while (!unified.empty()) {
        const auto line = take_line(unified);
        constexpr std::string_view kStart = "diff --git ";
        if (line.starts_with(kStart))
            write_file(html, line.substr(kStart.size()), unified);
        else
            html.element("p", {{"class", "quiet"}}, line);
    }
    if (cut) write_notice(html, Tone::kBad, "The difference is too large to be shown whole. Get it with git.");
}

}  // namespace mirfa::pages
