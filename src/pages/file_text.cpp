// SPDX-License-Identifier: Apache-2.0
#include "pages/file_text.h"

#include "base/ascii.h"
#include "hub/large/large_objects.h"

namespace mirfa::pages {
namespace {

Result<std::string> read_large(const Call& call, const catalog::LargeObject& large) {
    TRY(const auto source, hub::open_large(call.hub, large, 0, static_cast<std::uint64_t>(large.size)));
    std::string text;
    while (true) {
        TRY(const auto segment, source->next());
        if (std::holds_alternative<std::monostate>(segment)) return text;
        if (const auto* bytes = std::get_if<Bytes>(&segment)) {
            text += as_text(*bytes);
            continue;
        }
        const auto& slice = std::get<FileSlice>(segment);
        Bytes bytes(slice.length);
        TRY(slice.file->read_exactly_at(slice.offset, bytes));
        text += as_text(bytes);
    }
}

/// As browsers break lines: at LF, CR LF and CR.
std::size_t count_lines(std::string_view text) {
    std::size_t ends = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        ends += text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.size() || text[i + 1] != '\n')) ? 1 : 0;
    const bool open_end = !text.empty() && text.back() != '\n' && text.back() != '\r';
    return ends + (open_end ? 1 : 0);
}

bool is_text(std::string_view content) { return content.find('\0') == content.npos && is_utf8(content); }

}  // namespace

Result<std::optional<std::string>> read_text(const Call& call, const hub::FileFacts& file) {
    std::string content;
    if (file.content_size() > kMaxShown || (file.lfs_sha256 && !file.large)) return std::optional<std::string>{};
    if (file.large) {
        TRY(content, read_large(call, *file.large));
    } else {
        TRY(const auto bytes, hub::read_file(call.hub, call.repository(), file));
        content = std::string(as_text(bytes));
    }
    return is_text(content) ? std::optional(std::move(content)) : std::nullopt;
}

bool turns_text_around(std::string_view text) {
    // U+202A…U+202E and U+2066…U+2069 in UTF-8; the plain marks U+200E and U+200F are common in honest text.
    for (auto at = text.find('\xe2'); at != text.npos && at + 2 < text.size(); at = text.find('\xe2', at + 1)) {
        const auto second = static_cast<unsigned char>(text[at + 1]);
        const auto third = static_cast<unsigned char>(text[at + 2]);
        if (second == 0x80 && third >= 0xaa && third <= 0xae) return true;
        if (second == 0x81 && third >= 0xa6 && third <= 0xa9) return true;
    }
    return false;
}

void write_numbered(HtmlWriter& html, std::string_view text) {
    std::string numbers;
    for (std::size_t line = 1, lines = count_lines(text); line <= lines; ++line) numbers += std::to_string(line) + "\n";
    html.open("div", {{"class", "code"}, {"dir", "ltr"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Content"}});
    html.element("pre", {{"class", "numbers"}, {"aria-hidden", "true"}}, numbers);
    // A first line break right behind <pre> would be dropped.
    html.open("pre").text("\n").text(text).close().close();
}

}  // namespace mirfa::pages
