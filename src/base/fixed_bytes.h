// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstring>
#include <functional>

#include "base/bytes.h"

namespace mirfa {

/// N octets with a meaning; `Tag` keeps one kind from being taken for another.
template <class Tag, std::size_t N>
struct FixedBytes {
    static constexpr std::size_t kSize = N;
    std::array<Byte, N> octets{};

    /// From exactly N octets. Fails: kInvalidArgument.
    static Result<FixedBytes> from(ByteView bytes) {
        if (bytes.size() != N) return Error{Code::kInvalidArgument, "An identifier has the wrong length."};
        FixedBytes value;
        std::copy(bytes.begin(), bytes.end(), value.octets.begin());
        return value;
    }
    /// From exactly 2N hex digits of either case. Fails: kInvalidArgument.
    static Result<FixedBytes> parse(std::string_view hex) {
        TRY(auto bytes, from_hex(hex));
        return from(bytes);
    }
    std::string hex() const { return to_hex(view()); }
    ByteView view() const { return octets; }
    bool is_zero() const {
        return std::all_of(octets.begin(), octets.end(), [](Byte b) { return b == 0; });
    }
    auto operator<=>(const FixedBytes&) const = default;
};

struct Sha256Tag;
struct ObjectIdTag;
/// SHA-256 of some content: the name of an LFS object.
using Sha256 = FixedBytes<Sha256Tag, 32>;
/// Name of a git object (SHA-1 repositories).
using ObjectId = FixedBytes<ObjectIdTag, 20>;

}  // namespace mirfa

template <class Tag, std::size_t N>
struct std::hash<mirfa::FixedBytes<Tag, N>> {
    std::size_t operator()(const mirfa::FixedBytes<Tag, N>& value) const noexcept {
        std::size_t head;  // the octets are hashes already
        std::memcpy(&head, value.octets.data(), sizeof head);
        return head;
    }
};
