// SPDX-License-Identifier: Apache-2.0
#include "format/detail/base64_stream.h"

#include <array>

namespace mirfa::format {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t kBad = 0x8000'0000;

/// The value of each character; those outside of the alphabet have the top bit set, which survives the shifts below.
constexpr auto kValues = [] {
    std::array<std::uint32_t, 256> values{};
    values.fill(kBad);
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) values[static_cast<Byte>(kAlphabet[i])] = static_cast<std::uint32_t>(i);
    return values;
}();

}  // namespace

bool Base64Stream::decode(std::string_view text, Bytes& out) {
    const std::size_t to_align = have_ == 0 ? 0 : std::min<std::size_t>(4 - have_, text.size());
    if (!decode_slowly(text.substr(0, to_align), out)) return false;
    text.remove_prefix(to_align);
    if (have_ != 0 || padding_ != 0) return decode_slowly(text, out);

    const ByteView from = as_bytes(text);
    std::size_t done = out.size();
    out.resize(done + text.size() / 4 * 3);
    std::size_t i = 0;
    for (; i + 4 <= from.size(); i += 4) {
        const auto a = kValues[from[i]], b = kValues[from[i + 1]], c = kValues[from[i + 2]], d = kValues[from[i + 3]];
        if (((a | b | c | d) & kBad) != 0) break;  // padding, or an error
        const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
        out[done++] = static_cast<Byte>(group >> 16);
        out[done++] = static_cast<Byte>(group >> 8);
        out[done++] = static_cast<Byte>(group);
    }
    out.resize(done);
    return decode_slowly(text.substr(i), out);
}

bool Base64Stream::decode_slowly(std::string_view text, Bytes& out) {
    for (const char c : text) {
        if (c == '=') {
            ++padding_;
            if (have_ < 2 || have_ + padding_ > 4) return false;
            continue;
        }
        const auto value = kValues[static_cast<Byte>(c)];
        if (value == kBad || padding_ != 0) return false;
        group_ = group_ << 6 | value;
        if (++have_ < 4) continue;
        for (const int shift : {16, 8, 0}) out.push_back(static_cast<Byte>(group_ >> shift));
        group_ = 0;
        have_ = 0;
    }
    return true;
}

bool Base64Stream::finish(Bytes& out) {
    if (have_ == 1 || (padding_ != 0 && have_ + padding_ != 4)) return false;
    if (have_ >= 2) out.push_back(static_cast<Byte>(group_ >> (6 * have_ - 8)));
    if (have_ == 3) out.push_back(static_cast<Byte>(group_ >> 2));
    *this = {};
    return true;
}

}  // namespace mirfa::format
