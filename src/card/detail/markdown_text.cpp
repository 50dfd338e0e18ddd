// SPDX-License-Identifier: Apache-2.0
#include "card/detail/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/ascii.h"

namespace mirfa::card::detail {
namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const bool space = c == '\n' || c == '\r' || c == '\t' || c == ' ';
        if (space && !line.empty() && line.back() != ' ') line += ' ';
        if (!space && !is_control(c)) line += c;
    }
    if (line.ends_with(' ')) line.pop_back();
    return line;
}

/// Where a `\\` must go for a text at the beginning of a line to be no heading, list or rule; npos where none is needed.
std::size_t sign_at_start(std::string_view text) {
    const auto is_end = [&](std::size_t at) { return at >= text.size() || text[at] == ' '; };
    if (text.starts_with('#') || text.starts_with('=')) return 0;
    if ((text.starts_with('-') || text.starts_with('+')) && (is_end(1) || text[1] == text[0])) return 0;
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const bool is_item = digits > 0 && digits < text.size() && (text[digits] == '.' || text[digits] == ')') && is_end(digits + 1);
    return is_item ? digits : text.npos;
}

}  // namespace

std::string markdown_text(std::string_view text) {
    const std::string line = one_line(text);
    const std::size_t sign = sign_at_start(line);
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        const auto is_letter = [&](std::size_t at) { return at < line.size() && is_ascii_alnum(line[at]); };
        const bool in_word = c == '_' && i > 0 && is_letter(i - 1) && is_letter(i + 1);
        const bool always = std::string_view("\\`*_[]<>|~&$@").find(c) != std::string_view::npos && !in_word;
        // What looks like an address is made a link by readers: `http://`, `www.`; `#` ends a heading.
        const bool address = (c == ':' && line.substr(i).starts_with("://")) ||
                             (c == '.' && i >= 3 && ascii_iequals(line.substr(i - 3, 3), "www"));
        const bool ends_heading = c == '#' && i > 0 && line[i - 1] == ' ';
        if (always || address || ends_heading || i == sign) out += '\\';
        out += c;
    }
    return out;
}

std::string markdown_code(std::string_view text) {
    const std::string line = one_line(text);
    if (line.empty()) return {};
    std::size_t longest = 0, run = 0;
    for (const char c : line) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    const char* pad = line.front() == '`' || line.back() == '`' ? " " : "";
    return fence + pad + line + pad + fence;
}

std::string exact_number(double number) { return std::isfinite(number) ? fmt::format("{}", number) : "not a number"; }

std::string short_number(double number) {
    if (!std::isfinite(number)) return "not a number";
    if (number != 0 && (std::abs(number) < 0.001 || std::abs(number) >= 1e12)) return fmt::format("{:.4g}", number);
    std::string text = fmt::format("{:.4f}", number);
    while (text.ends_with('0')) text.pop_back();
    if (text.ends_with('.')) text.pop_back();
    return text == "-0" ? "0" : text;
}

}  // namespace mirfa::card::detail
