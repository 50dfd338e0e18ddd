// SPDX-License-Identifier: Apache-2.0
#include "catalog/search_words.h"

#include <array>

#include "base/ascii.h"

namespace mirfa::catalog {
namespace {

using CodePoint = std::uint32_t;

constexpr CodePoint kSeparator = 0;
constexpr CodePoint kNothing = 1;  // a mark on the letter before it
constexpr CodePoint kFirstLatin = 0xC0;

// What the letters from U+00C0 to U+017F are without their marks.
constexpr std::array<std::string_view, 0xC0> kLatin = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e", "e", "e", "e", "i", "i", "i",  "i", "d", "n", "o",  "o",  "o", "o", "o", " ",
    "o", "u", "u",  "u",  "u", "y", "th", "ss", "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e",  "e",  "i", "i", "i", "i",
    "d", "n", "o",  "o",  "o", "o", "o",  " ",  "o", "u", "u", "u", "u", "y", "th", "y", "a", "a", "a",  "a",  "a", "a", "c", "c",
    "c", "c", "c",  "c",  "c", "c", "d",  "d",  "d", "d", "e", "e", "e", "e", "e",  "e", "e", "e", "e",  "e",  "g", "g", "g", "g",
    "g", "g", "g",  "g",  "h", "h", "h",  "h",  "i", "i", "i", "i", "i", "i", "i",  "i", "i", "i", "ij", "ij", "j", "j", "k", "k",
    "k", "l", "l",  "l",  "l", "l", "l",  "l",  "l", "l", "l", "n", "n", "n", "n",  "n", "n", "n", "n",  "n",  "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r", "r", "s", "s", "s", "s", "s",  "s", "s", "s", "t",  "t",  "t", "t", "t", "t",
    "u", "u", "u",  "u",  "u", "u", "u",  "u",  "u", "u", "u", "u", "w", "w", "y",  "y", "y", "z", "z",  "z",  "z", "z", "z", "s",
};

bool is_between(CodePoint c, CodePoint first, CodePoint last) { return c >= first && c <= last; }

/// Takes one code point off the front; kSeparator and one octet when the text is not UTF-8 there.
CodePoint take(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead < 0x80 || size > text.size() || !is_utf8(text.substr(0, size))) {
        text.remove_prefix(1);
        return lead < 0x80 ? lead : kSeparator;
    }
    CodePoint c = lead & (0x7Fu >> size);
    for (std::size_t i = 1; i < size; ++i) c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3Fu);
    text.remove_prefix(size);
    return c;
}

CodePoint fold_arabic(CodePoint c) {
    if (is_between(c, 0x0610, 0x061A) || is_between(c, 0x064B, 0x065F) || c == 0x0670 || is_between(c, 0x06D6, 0x06DC) ||
        is_between(c, 0x06DF, 0x06E4) || is_between(c, 0x06E7, 0x06E8) || is_between(c, 0x06EA, 0x06ED) || c == 0x0640)
        return kNothing;
    if (is_between(c, 0x0660, 0x0669)) return '0' + (c - 0x0660);
    if (is_between(c, 0x06F0, 0x06F9)) return '0' + (c - 0x06F0);
    switch (c) {
        case 0x0622:
        case 0x0623:
        case 0x0625:
        case 0x0671: return 0x0627;  // alef
        case 0x0624: return 0x0648;  // waw
        case 0x0626:
        case 0x0649:
        case 0x06CC: return 0x064A;  // yeh
        case 0x0629: return 0x0647;  // heh
        case 0x06A9: return 0x0643;  // kaf
        case 0x06D4:
        case 0x06DD:
        case 0x06DE:
        case 0x06E9: return kSeparator;
        default: return is_between(c, 0x0600, 0x061F) || is_between(c, 0x066A, 0x066D) ? kSeparator : c;
    }
}

/// The letter or digit that a code point above Latin counts as, kSeparator or kNothing.
CodePoint fold(CodePoint c) {
    if (is_between(c, 0x0600, 0x06FF)) return fold_arabic(c);
    if (is_between(c, 0x0300, 0x036F) || is_between(c, 0x200B, 0x200F) || c == 0xFEFF) return kNothing;
    if (is_between(c, 0x0391, 0x03A9) || is_between(c, 0x0410, 0x042F)) return c + 0x20;  // capitals of Greek and Russian
    if (is_between(c, 0x0400, 0x040F)) return c + 0x50;
    if (is_between(c, 0xFF10, 0xFF19)) return '0' + (c - 0xFF10);
    if (is_between(c, 0xFF21, 0xFF3A)) return 'a' + (c - 0xFF21);
    if (is_between(c, 0xFF41, 0xFF5A)) return 'a' + (c - 0xFF41);
    const bool separates = c < kFirstLatin || is_between(c, 0x02B0, 0x02FF) || is_between(c, 0x2000, 0x2BFF) ||
                           is_between(c, 0x2E00, 0x2E7F) || is_between(c, 0x3000, 0x3004) || is_between(c, 0x3008, 0x3020) ||
                           is_between(c, 0xD800, 0xF8FF) || is_between(c, 0xFE00, 0xFE6F) || is_between(c, 0xFF00, 0xFF65) ||
                           c >= 0x1F000;
    return separates && !is_between(c, 0x20000, 0x323AF) ? kSeparator : c;
}

/// Languages that do not part words: each character is found by itself.
bool stands_alone(CodePoint c) {
    return is_between(c, 0x3040, 0x30FF) || is_between(c, 0x3400, 0x4DBF) || is_between(c, 0x4E00, 0x9FFF) ||
           is_between(c, 0xF900, 0xFAFF) || is_between(c, 0x20000, 0x323AF);
}

void append_utf8(std::string& text, CodePoint c) {
    const auto put = [&](CodePoint octet) { text += static_cast<char>(octet); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xC0 | c >> 6);
    } else if (c < 0x10000) {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
    } else {
        put(0xF0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3F));
        put(0x80 | (c >> 6 & 0x3F));
    }
    put(0x80 | (c & 0x3F));
}

/// Adds a code point to what is written so far; a separator becomes one space, and none at the beginning.
void append_folded(std::string& words, CodePoint c) {
    const auto separate = [&] {
        if (!words.empty() && words.back() != ' ') words += ' ';
    };
    if (c < 0x80) {
        if (is_ascii_alnum(static_cast<char>(c))) return void(words += ascii_lower(static_cast<char>(c)));
        return separate();
    }
    if (c >= kFirstLatin && c < kFirstLatin + kLatin.size()) {
        if (kLatin[c - kFirstLatin] == " ") return separate();
        return void(words += kLatin[c - kFirstLatin]);
    }
    const auto folded = fold(c);
    if (folded == kNothing) return;
    if (folded == kSeparator || stands_alone(folded)) separate();
    if (folded == kSeparator) return;
    append_utf8(words, folded);
    if (stands_alone(folded)) words += ' ';
}

}  // namespace

std::string search_words(std::string_view text, std::size_t max_bytes) {
    std::string words;
    while (!text.empty() && words.size() <= max_bytes) append_folded(words, take(text));
    if (words.size() > max_bytes) {
        const auto last = words.rfind(' ', max_bytes);
        words.resize(last == std::string::npos ? 0 : last);
    }
    while (!words.empty() && words.back() == ' ') words.pop_back();
    return words;
}

std::string full_text_query(std::string_view text, Dialect dialect) {
    const std::string words = search_words(text.substr(0, kMaxQueryBytes), kMaxQueryBytes);
    if (words.empty()) return {};
    auto terms = split(words, ' ');
    if (terms.size() > kMaxQueryWords) terms.resize(kMaxQueryWords);
    std::string query;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        const bool last = i + 1 == terms.size();
        if (dialect == Dialect::kSqlite)
            query += (i > 0 ? " AND \"" : "\"") + std::string(terms[i]) + (last ? "\"*" : "\"");
        else
            query += (i > 0 ? " & '" : "'") + std::string(terms[i]) + (last ? "':*" : "'");
    }
    return query;
}

std::vector<std::string> name_parts(std::string_view name) {
    const std::string words = search_words(name, 4 * kMaxNamePartBytes);
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < words.size() && parts.size() < kMaxNameParts;) {
        auto part = words.substr(at, kMaxNamePartBytes);
        while (!is_utf8(part)) part.pop_back();
        parts.push_back(std::move(part));
        const auto space = words.find(' ', at);
        at = space == std::string::npos ? words.size() : space + 1;
    }
    return parts;
}

}  // namespace mirfa::catalog
