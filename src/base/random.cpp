// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <openssl/rand.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace mirfa {

void fill_random(ByteSpan bytes) {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();
}

Bytes random_bytes(std::size_t count) {
    Bytes bytes(count);
    fill_random(bytes);
    return bytes;
}

std::string random_alphanumeric(std::size_t count) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    std::string text;
    while (text.size() < count)
        for (const Byte b : random_bytes(count - text.size()))
            if (b < 4 * kLetters.size()) text += kLetters[b % kLetters.size()];  // the rest would favour some letters
    return text;
}

std::int64_t new_row_id() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    const Bytes chance = random_bytes(3);
    const std::int64_t drawn = (milliseconds << 20) | (chance[0] << 12) | (chance[1] << 4) | (chance[2] & 15);
    static std::atomic<std::int64_t> last{0};
    std::int64_t before = last.load();
    std::int64_t id = 0;
    do {
        id = std::max(drawn, before + 1);
    } while (!last.compare_exchange_weak(before, id));
    return id;
}

std::string public_id(std::int64_t row_id) {
    char text[25];
    std::snprintf(text, sizeof text, "%08llx%016llx", static_cast<unsigned long long>(row_id) >> 43,
                  static_cast<unsigned long long>(row_id));
    return text;
}

std::optional<std::int64_t> row_id_of(std::string_view public_text) {
    if (public_text.size() != 24) return std::nullopt;
    std::uint64_t row_id = 0;
    const auto parsed = std::from_chars(public_text.data() + 8, public_text.data() + 24, row_id, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != public_text.data() + 24) return std::nullopt;
    const auto found = static_cast<std::int64_t>(row_id);
    return public_id(found) == public_text ? std::optional(found) : std::nullopt;
}

}  // namespace mirfa
