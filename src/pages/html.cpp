// SPDX-License-Identifier: Apache-2.0
#include "pages/html.h"

namespace mirfa::pages {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            case '\0': break;
            default: out += c;
        }
    }
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string safe;
    append_escaped(safe, text);
    return safe;
}

void HtmlWriter::start(std::string_view tag, Attributes attributes) {
    text_.append("<").append(tag);
    for (const auto& [name, value] : attributes) {
        text_.append(" ").append(name).append("=\"");
        append_escaped(text_, value);
        text_ += '"';
    }
    text_ += '>';
}

HtmlWriter& HtmlWriter::open(std::string_view tag, Attributes attributes) {
    start(tag, attributes);
    open_.emplace_back(tag);
    return *this;
}

HtmlWriter& HtmlWriter::close() {
    text_.append("</").append(open_.back()).append(">");
    open_.pop_back();
    return *this;
}

HtmlWriter& HtmlWriter::text(std::string_view text) {
    append_escaped(text_, text);
    return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view tag, Attributes attributes, std::string_view content) {
    start(tag, attributes);
    append_escaped(text_, content);
    text_.append("</").append(tag).append(">");
    return *this;
}

HtmlWriter& HtmlWriter::empty(std::string_view tag, Attributes attributes) {
    start(tag, attributes);
    return *this;
}

HtmlWriter& HtmlWriter::raw(std::string_view html) {
    text_ += html;
    return *this;
}

std::string HtmlWriter::take() && {
    while (!open_.empty()) close();
    return std::move(text_);
}

}  // namespace mirfa::pages
