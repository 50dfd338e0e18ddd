// SPDX-License-Identifier: Apache-2.0
#include "base/percent.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/bytes.h"

namespace mirfa {
namespace {

constexpr std::size_t kMaxPairs = 10'000;

Result<std::string> decode_form_text(std::string_view text) {
    std::string blanks(text);
    std::replace(blanks.begin(), blanks.end(), '+', ' ');
    return percent_decode(blanks);
}

}  // namespace

std::string percent_encode(std::string_view text, std::string_view keep) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_ascii_alnum(c) || std::string_view("-._~").find(c) != std::string_view::npos ||
            keep.find(c) != std::string_view::npos) {
            encoded += c;
            continue;
        }
        encoded += '%';
        encoded += kDigits[static_cast<Byte>(c) >> 4];
        encoded += kDigits[static_cast<Byte>(c) & 15];
    }
    return encoded;
}

Result<std::string> percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        auto byte = from_hex(text.substr(i + 1, 2));
        if (i + 2 >= text.size() || !byte.has_value())
            return Error{Code::kInvalidArgument, "The address holds a '%' that is not followed by two hex digits."};
        decoded += static_cast<char>(byte.value()[0]);
        i += 2;
    }
    return decoded;
}

Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    if (text.empty()) return pairs;
    for (const auto part : split(text, '&')) {
        if (part.empty()) continue;
        if (pairs.size() == kMaxPairs) return Error{Code::kInvalidArgument, "The query has too many parameters."};
        const auto equals = part.find('=');
        TRY(auto name, decode_form_text(part.substr(0, equals)));
        TRY(auto value, decode_form_text(equals == std::string_view::npos ? "" : part.substr(equals + 1)));
        pairs.emplace_back(std::move(name), std::move(value));
    }
    return pairs;
}

}  // namespace mirfa
