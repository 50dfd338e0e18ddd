// SPDX-License-Identifier: Apache-2.0
#include "card/plain_text.h"

#include "base/ascii.h"
#include "card/front_matter.h"

namespace mirfa::card {
namespace {

constexpr std::size_t kMaxHeading = 300;
constexpr std::size_t kMaxTag = 2'000;  // a longer one is a sign for "less than"
constexpr std::size_t kMaxTarget = 400;

/// How much of the text, which begins with `<`, is a tag or comment; 0 for none.
std::size_t tag_at(std::string_view text) {
    if (text.starts_with("<!--")) {
        const auto end = text.find("-->");
        return end == text.npos ? text.size() : end + 3;
    }
    const bool named = text.size() > 1 && (is_ascii_alnum(text[1]) || text[1] == '/');
    const auto end = text.substr(0, kMaxTag).find('>');
    return named && end != text.npos ? end + 1 : 0;
}

/// How much of the text, which begins with `](`, is the address of a link; 0 for none.
std::size_t target_at(std::string_view text) {
    const auto end = text.substr(0, kMaxTarget).find_first_of(")\n");
    return end == text.npos || text[end] == '\n' ? 0 : end + 1;
}

/// How much of the text is a bare address; 0 for none.
std::size_t address_at(std::string_view text) {
    if (!text.starts_with("http://") && !text.starts_with("https://")) return 0;
    const auto end = text.find_first_of(" \t\r\n)>\"'");
    return end == text.npos ? text.size() : end;
}

std::size_t markup_at(std::string_view text) {
    switch (text[0]) {
        case '<': return tag_at(text);
        case ']': return text.starts_with("](") ? target_at(text) : 0;
        case 'h': return address_at(text);
        default: return 0;
    }
}

bool draws_only(std::string_view line) { return line.find_first_not_of(" \t|:-=+*_#`~\r") == line.npos; }

}  // namespace

std::string plain_text(std::string_view readme, std::size_t max_bytes) {
    auto rest = split_card(readme).body.substr(0, 4 * max_bytes);
    std::string text;
    bool line_begins = true;
    while (!rest.empty() && text.size() < max_bytes) {
        if (line_begins) {
            const auto line = rest.substr(0, rest.find('\n'));
            if (!line.empty() && draws_only(line)) {
                rest.remove_prefix(line.size());
                continue;
            }
        }
        if (const auto markup = markup_at(rest); markup != 0) {
            text += ' ';
            rest.remove_prefix(markup);
            line_begins = false;
            continue;
        }
        line_begins = rest[0] == '\n';
        text += rest[0];
        rest.remove_prefix(1);
    }
    return text;
}

std::string first_heading(std::string_view readme) {
    constexpr std::size_t kLookedAt = 16u << 10;
    for (auto line : split(split_card(readme).body.substr(0, kLookedAt), '\n')) {
        line = ascii_trim(line);
        const auto signs = line.find_first_not_of('#');
        if (signs == 0 || signs == line.npos || signs > 6 || line[signs] != ' ') continue;
        return std::string(ascii_trim(plain_text(ascii_trim(line.substr(signs)), kMaxHeading)));
    }
    return {};
}

}  // namespace mirfa::card
