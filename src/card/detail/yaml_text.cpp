// SPDX-License-Identifier: Apache-2.0
#include "card/detail/yaml_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "card/detail/yaml_scalar.h"

namespace mirfa::card::detail {
namespace {

namespace json = boost::json;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

/// Words that version 1.1 reads as truth values, and its two odd signs.
bool is_word_of_1_1(std::string_view text) {
    constexpr std::string_view kWords[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"};
    return std::find(std::begin(kWords), std::end(kWords), ascii_lower(text)) != std::end(kWords);
}

/// Base 60 and dates, which version 1.1 knows: `12:30`, `2024-01-31`, `2024-1-31 12:00:00`.
bool is_number_of_1_1(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) return false;
    if (text.find(':') != text.npos) return true;
    if (std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '_' || c == '.'; }) &&
        std::count(text.begin(), text.end(), '.') < 2)
        return true;
    return text.size() >= 8 && std::all_of(text.begin(), text.begin() + 4, is_digit) && text[4] == '-' && is_digit(text[5]);
}

bool is_plain(std::string_view text, Inside inside) {
    if (text.empty() || text.back() == ' ' || text.back() == ':') return false;
    const char first = text.front();
    const bool good_start = is_ascii_alnum(first) || first == '_' || first == '/' || first == '.' || first == '+' ||
                            first == '(' || static_cast<unsigned char>(first) >= 0x80;
    if (!good_start || text.starts_with("...") || text.starts_with("\xEF\xBB\xBF")) return false;
    if (std::any_of(text.begin(), text.end(), is_control)) return false;
    if (inside == Inside::kFlow && text.find_first_of("[]{},\"'`:") != text.npos) return false;
    // NEL and the two line separators, which version 1.1 takes for ends of lines; no-break spaces are left to quotes too.
    if (text.find("\xC2\x85") != text.npos || text.find("\xE2\x80\xA8") != text.npos || text.find("\xE2\x80\xA9") != text.npos)
        return false;
    if (text.find(": ") != text.npos || text.find(" #") != text.npos) return false;
    return resolve_plain(text).is_string() && !is_word_of_1_1(text) && !is_number_of_1_1(text);
}

std::string double_quoted(std::string_view text) {
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (is_control(c))
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        else if (text.substr(i).starts_with("\xC2\x85"))
            out += "\\u0085", i += 1;
        else if (text.substr(i).starts_with("\xE2\x80\xA8"))
            out += "\\L", i += 2;
        else if (text.substr(i).starts_with("\xE2\x80\xA9"))
            out += "\\P", i += 2;
        else if (text.substr(i).starts_with("\xEF\xBB\xBF"))
            out += "\\uFEFF", i += 2;
        else
            out += c;
    }
    return out + "\"";
}

std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

bool needs_escapes(std::string_view text) {
    return std::any_of(text.begin(), text.end(), is_control) || text.find("\xC2\x85") != text.npos ||
           text.find("\xE2\x80\xA8") != text.npos || text.find("\xE2\x80\xA9") != text.npos ||
           text.find("\xEF\xBB\xBF") != text.npos;
}

std::string text_inline(std::string_view text, Inside inside, char quote = 0) {
    if (needs_escapes(text) || quote == '"') return double_quoted(text);
    if (quote == '\'') return single_quoted(text);
    return is_plain(text, inside) ? std::string(text) : single_quoted(text);
}

std::string number_text(double number) {
    if (!std::isfinite(number)) return "null";  // as JSON has it
    std::array<char, 40> buffer;
    const auto [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
    std::string text(buffer.data(), end);
    // Version 1.1 takes `1e-05` for text: it wants the point.
    if (const auto e = text.find('e'); e != text.npos && text.find('.') == text.npos) text.insert(e, ".0");
    if (text.find('.') == text.npos) text += ".0";
    return text;
}

bool is_block(const json::value& value) {
    return (value.is_array() && !value.get_array().empty()) || (value.is_object() && !value.get_object().empty());
}

/// Lines that can stand below a `|` without a sign of how far they are indented.
bool fits_literal(std::string_view text) {
    const auto at = text.find('\n');
    if (at == text.npos || at == 0 || text.front() == ' ' || text.front() == '\t' || text.ends_with("\n\n") ||
        text.ends_with(' '))
        return false;
    return std::none_of(text.begin(), text.end(), [](char c) { return c != '\n' && is_control(c); }) &&
           text.find(" \n") == text.npos && text.find("\xC2\x85") == text.npos && text.find("\xE2\x80\xA8") == text.npos &&
           text.find("\xE2\x80\xA9") == text.npos && text.find("\xEF\xBB\xBF") == text.npos;
}

std::string literal(std::string_view text, std::size_t indent) {
    std::string out = text.ends_with('\n') ? "|\n" : "|-\n";
    if (text.ends_with('\n')) text.remove_suffix(1);
    for (const auto line : split(text, '\n')) {
        if (!line.empty()) out += std::string(indent, ' ') + std::string(line);
        out += '\n';
    }
    return out;
}

/// What stands behind `key:` or `-` when it begins on that line, with the lines that follow.
std::string scalar_lines(const json::value& value, std::size_t indent) {
    if (const auto* text = value.if_string(); text && fits_literal(*text)) return " " + literal(*text, indent + 2);
    return " " + yaml_inline(value) + "\n";
}

/// Keys are written so that they can stand in braces too.
std::string key_text(std::string_view key) { return text_inline(key, Inside::kFlow); }

}  // namespace

bool is_text_only_in_1_2(std::string_view plain) {
    return resolve_plain(plain).is_string() && (is_word_of_1_1(plain) || is_number_of_1_1(plain));
}

std::string yaml_inline(const json::value& value, Inside inside, char quote) {
    switch (value.kind()) {
        case json::kind::null: return "null";
        case json::kind::bool_: return value.get_bool() ? "true" : "false";
        case json::kind::int64: return std::to_string(value.get_int64());
        case json::kind::uint64: return std::to_string(value.get_uint64());
        case json::kind::double_: return number_text(value.get_double());
        case json::kind::string: return text_inline(value.get_string(), inside, quote);
        case json::kind::array: {
            std::string out;
            for (const auto& item : value.get_array()) out += (out.empty() ? "" : ", ") + yaml_inline(item, Inside::kFlow);
            return "[" + out + "]";
        }
        case json::kind::object: {
            std::string out;
            for (const auto& [key, item] : value.get_object())
                out += (out.empty() ? "" : ", ") + key_text(key) + ": " + yaml_inline(item, Inside::kFlow);
            return "{" + out + "}";
        }
    }
    return "null";
}

std::string yaml_below(const json::value& value, std::size_t indent) {
    std::string out;
    if (const auto* list = value.if_array())
        for (const auto& item : *list) out += yaml_item(item, indent);
    if (const auto* map = value.if_object())
        for (const auto& [key, item] : *map) out += yaml_entry(key, item, indent + 2);
    return out;
}

std::string yaml_entry(std::string_view key, const json::value& value, std::size_t indent) {
    const std::string start = std::string(indent, ' ') + key_text(key) + ":";
    return is_block(value) ? start + "\n" + yaml_below(value, indent) : start + scalar_lines(value, indent);
}

std::string yaml_item(const json::value& value, std::size_t indent) {
    const std::string start = std::string(indent, ' ') + "-";
    if (!is_block(value)) return start + scalar_lines(value, indent);
    // The first line of what is inside goes behind the dash.
    const std::string inside = value.is_array() ? yaml_below(value, indent + 2) : yaml_below(value, indent);
    return start + " " + inside.substr(indent + 2);
}

}  // namespace mirfa::card::detail
