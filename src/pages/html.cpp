// SPDX-License-Identifier: Apache-2.0
#include "pages/html.h"

#include "api/call.h"

namespace mirfa::pages {

std::string escape_html(std::string_view text) { return api::escape_html(text); }

void HtmlWriter::start(std::string_view tag, Attributes attributes) {
    text_.append("<").append(tag);
    for (const auto& [name, value] : attributes) {
        text_.append(" ").append(name).append("=\"");
        text_ += escape_html(value);
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
    text_ += escape_html(text);
    return *this;
}

HtmlWriter& HtmlWriter::element(std::string_view tag, Attributes attributes, std::string_view content) {
    start(tag, attributes);
    text_ += escape_html(content);
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
