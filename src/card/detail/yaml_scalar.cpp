// SPDX-License-Identifier: Apache-2.0
#include "card/detail/yaml_scalar.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace mirfa::card::detail {
namespace {

using boost::json::value;

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `1_000` as `1000`; nothing when an underscore stands first or last.
std::optional<std::string> without_underscores(std::string_view digits) {
    if (digits.empty() || digits.front() == '_' || digits.back() == '_') return std::nullopt;
    std::string plain(digits);
    std::erase(plain, '_');
    return plain;
}

std::optional<value> to_integer(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x")) base = 16;
    if (text.starts_with("0o")) base = 8;
    if (text.starts_with("0b")) base = 2;
    const auto digits = without_underscores(base == 10 ? text : text.substr(2));
    if (!digits || digits->empty()) return std::nullopt;
    std::uint64_t number = 0;
    const auto [end, failed] = std::from_chars(digits->data(), digits->data() + digits->size(), number, base);
    if (failed != std::errc{} || end != digits->data() + digits->size()) return std::nullopt;
    if (!negative && number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return value(number);
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    const auto magnitude = static_cast<std::int64_t>(number);
    return value(negative ? -magnitude : magnitude);
}

/// `[-+]? ( digits [. digits?] | . digits ) ( [eE] [-+]? digits )?`
bool looks_like_float(std::string_view text) {
    const auto skip_digits = [&text] {
        const auto count = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
        text.remove_prefix(count);
        return count;
    };
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    std::size_t digits = skip_digits();
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        digits += skip_digits();
    }
    if (digits == 0) return false;
    if (text.empty()) return true;
    if (!text.starts_with('e') && !text.starts_with('E')) return false;
    text.remove_prefix(1);
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return skip_digits() > 0 && text.empty();
}

std::optional<value> to_float(std::string_view text) {
    const auto plain = without_underscores(text);
    if (!plain || !looks_like_float(*plain)) return std::nullopt;
    const char* begin = plain->data() + (plain->front() == '+' ? 1 : 0);
    double number = 0;
    const auto [end, failed] = std::from_chars(begin, plain->data() + plain->size(), number);
    if (failed != std::errc{} || !std::isfinite(number)) return value(nullptr);  // JSON has no infinity
    return value(number);
}

}  // namespace

value resolve_plain(std::string_view text) {
    if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) return nullptr;
    if (is_one_of(text, {"true", "True", "TRUE"})) return true;
    if (is_one_of(text, {"false", "False", "FALSE"})) return false;
    if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return nullptr;
    const std::string_view unsigned_text = text.starts_with('-') || text.starts_with('+') ? text.substr(1) : text;
    if (is_one_of(unsigned_text, {".inf", ".Inf", ".INF"})) return nullptr;
    if (unsigned_text.empty() || !(is_digit(unsigned_text.front()) || unsigned_text.front() == '.')) return value(text);
    if (const auto integer = to_integer(text)) return *integer;
    if (const auto number = to_float(text)) return *number;
    return value(text);
}

}  // namespace mirfa::card::detail
