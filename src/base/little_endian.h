// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>

#include "base/bytes.h"

namespace mirfa {

/// The unsigned number in the first sizeof(T) octets.
template <std::unsigned_integral T>
T load_le(const Byte* from) {
    T number = 0;
    for (std::size_t i = sizeof(T); i-- > 0;) number = static_cast<T>(number << 8 | from[i]);
    return number;
}

template <std::unsigned_integral T>
void append_le(Bytes& to, T number) {
    for (std::size_t i = 0; i < sizeof(T); ++i) to.push_back(static_cast<Byte>(number >> (8 * i)));
}

/// The number that `count` octets at `at` are, eight at the most. Takes: octets that are there.
inline std::uint64_t load_le(ByteView bytes, std::size_t at, std::size_t count) {
    std::uint64_t number = 0;
    for (std::size_t i = count; i-- > 0;) number = number << 8 | bytes[at + i];
    return number;
}

/// Appends `number` as `count` octets, eight at the most.
inline void append_le(Bytes& to, std::uint64_t number, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to.push_back(static_cast<Byte>(number >> (8 * i)));
}

inline void append(Bytes& to, ByteView octets) { to.insert(to.end(), octets.begin(), octets.end()); }
inline void append(Bytes& to, std::string_view text) { append(to, as_bytes(text)); }

}  // namespace mirfa
