// SPDX-License-Identifier: Apache-2.0
#include "format/json_writer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <cmath>

#include "base/ascii.h"

namespace mirfa::format {
namespace {

/// What to do with an octet inside a string: 0 copies it, 'u' writes it as \u00XX, 'x' looks for UTF-8, another
/// character stands behind a backslash.
constexpr auto kTreatment = [] {
    std::array<char, 256> treatment{};
    for (std::size_t i = 0; i < 0x20; ++i) treatment[i] = 'u';
    for (std::size_t i = 0x80; i < 0x100; ++i) treatment[i] = 'x';
    treatment['"'] = '"';
    treatment['\\'] = '\\';
    treatment['\b'] = 'b';
    treatment['\f'] = 'f';
    treatment['\n'] = 'n';
    treatment['\r'] = 'r';
    treatment['\t'] = 't';
    treatment[0x7f] = 'u';
    return treatment;
}();

char treatment_of(char c) { return kTreatment[static_cast<unsigned char>(c)]; }

/// Length of the well-formed sequence of several octets at the front of `text`, or 0.
std::size_t utf8_sequence(std::string_view text) {
    for (std::size_t length = 2; length <= 4 && length <= text.size(); ++length)
        if (is_utf8(text.substr(0, length))) return length;
    return 0;
}

void append_escape(std::string& to, char c, char treatment) {
    constexpr char kDigits[] = "0123456789abcdef";
    to += '\\';
    to += treatment;
    if (treatment != 'u') return;
    to += "00";
    to += kDigits[c >> 4];
    to += kDigits[c & 15];
}

/// Appends what needs care at the front of `text`. Gives: how many octets that was.
std::size_t append_carefully(std::string& to, std::string_view text) {
    const char treatment = treatment_of(text.front());
    const std::size_t sequence = treatment == 'x' ? utf8_sequence(text) : 0;
    if (sequence > 0)
        to.append(text, 0, sequence);
    else if (treatment == 'x')
        to += "\xEF\xBF\xBD";  // U+FFFD
    else
        append_escape(to, text.front(), treatment);
    return std::max<std::size_t>(sequence, 1);
}

void append_quoted(std::string& to, std::string_view text) {
    to += '"';
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && treatment_of(text[plain]) == 0) ++plain;
        to.append(text, 0, plain);
        text.remove_prefix(plain);
        if (!text.empty()) text.remove_prefix(append_carefully(to, text));
    }
    to += '"';
}

template <class Number>
void append_number(std::string& to, Number number) {
    std::array<char, 32> digits;
    to.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

}  // namespace

JsonWriter& JsonWriter::object() { return open('{', '}'); }
JsonWriter& JsonWriter::object(std::string_view key) { return name(key).object(); }
JsonWriter& JsonWriter::array() { return open('[', ']'); }
JsonWriter& JsonWriter::array(std::string_view key) { return name(key).array(); }

JsonWriter& JsonWriter::end() {
    assert(!open_.empty());
    text_ += open_.back();
    open_.pop_back();
    needs_comma_ = true;
    return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
    separate();
    append_quoted(text_, text);
    return *this;
}

JsonWriter& JsonWriter::value(double number) {
    if (!std::isfinite(number)) return null();
    separate();
    append_number(text_, number);
    return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t number) {
    separate();
    append_number(text_, number);
    return *this;
}

JsonWriter& JsonWriter::integer(std::uint64_t number) {
    separate();
    append_number(text_, number);
    return *this;
}

JsonWriter& JsonWriter::raw(std::string_view json) {
    separate();
    text_ += json;
    return *this;
}

JsonWriter& JsonWriter::name(std::string_view key) {
    assert(open_.ends_with('}'));
    separate();
    append_quoted(text_, key);
    text_ += ':';
    needs_comma_ = false;
    return *this;
}

JsonWriter& JsonWriter::open(char bracket, char closing) {
    separate();
    text_ += bracket;
    open_ += closing;
    needs_comma_ = false;
    return *this;
}

void JsonWriter::separate() {
    if (needs_comma_) text_ += ',';
    needs_comma_ = true;
}

std::string JsonWriter::take() && {
    while (!open_.empty()) end();
    needs_comma_ = false;
    return std::move(text_);
}

std::string json_quoted(std::string_view text) {
    std::string quoted;
    append_quoted(quoted, text);
    return quoted;
}

}  // namespace mirfa::format
