// SPDX-License-Identifier: Apache-2.0
// Numbers of up to eight octets, least significant first, as zip, pickle and torch write them.
#pragma once

#include "base/bytes.h"

namespace mirfa::checkpoint {

/// The number that the first `count` (at most 8) octets at `at` are. Takes: octets that are there.
inline std::uint64_t load_little(ByteView bytes, std::size_t at, std::size_t count) {
    std::uint64_t number = 0;
    for (std::size_t i = count; i-- > 0;) number = number << 8 | bytes[at + i];
    return number;
}

/// Appends `number` as `count` octets.
inline void append_little(Bytes& to, std::uint64_t number, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) to.push_back(static_cast<Byte>(number >> (8 * i)));
}

inline void append_text(Bytes& to, std::string_view text) { to.insert(to.end(), text.begin(), text.end()); }

}  // namespace mirfa::checkpoint
