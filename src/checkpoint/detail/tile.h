// SPDX-License-Identifier: Apache-2.0
// The square of a matrix that is transposed at once: as wide and as high as a line of the cache has elements.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/bytes.h"

namespace mirfa::checkpoint::detail {

/// An element of 16 octets.
struct Wide {
    std::uint64_t low, high;
};

template <class T>
inline constexpr std::size_t kTile = 64 / sizeof(T);

// The type of 16 octets of elements, which every processor with vectors has a register for.
template <class T>
struct Vector {
    using Type __attribute__((vector_size(16))) = T;
};

/// Elements of a and b by turns, beginning with those at `First`.
template <std::size_t First, class V, std::size_t... I>
V interleave(V a, V b, std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b, (First + I / 2 + (I % 2) * sizeof...(I))...);
}

/// Transposes as many vectors as each has elements. Interleaving each of the first half with its fellow of the second half
/// moves one bit of an element's place from the column to the row: when all bits are moved, rows are columns.
template <class T>
void transpose_vectors(std::array<typename Vector<T>::Type, 16 / sizeof(T)>& rows) {
    constexpr std::size_t kCount = 16 / sizeof(T);
    constexpr auto kAll = std::make_index_sequence<kCount>();
    for (std::size_t round = 1; round < kCount; round *= 2) {
        const auto before = rows;
        for (std::size_t i = 0; i < kCount / 2; ++i) {
            rows[2 * i] = interleave<0>(before[i], before[i + kCount / 2], kAll);
            rows[2 * i + 1] = interleave<kCount / 2>(before[i], before[i + kCount / 2], kAll);
        }
    }
}

/// Writes kTile<T> rows of kTile<T> elements into kTile<T> rows of `to`, as columns.
/// Takes: the octets from one row to the next on either side. The rows may lie anywhere.
template <class T>
void transpose_tile(const Byte* from, std::size_t from_step, Byte* to, std::size_t to_step) {
    constexpr std::size_t kCount = 16 / sizeof(T);
    // Made whole in here, so that each line of `to` is touched once: many of them compete for the same few places in a cache
    // when to_step is a power of two, as it mostly is.
    alignas(64) Byte tile[64 * kTile<T>];
    for (std::size_t row = 0; row < kTile<T>; row += kCount) {
        for (std::size_t column = 0; column < kTile<T>; column += kCount) {
            std::array<typename Vector<T>::Type, kCount> square;
            for (std::size_t i = 0; i < kCount; ++i)
                std::memcpy(&square[i], from + (row + i) * from_step + column * sizeof(T), 16);
            transpose_vectors<T>(square);
            for (std::size_t i = 0; i < kCount; ++i) std::memcpy(tile + (column + i) * 64 + row * sizeof(T), &square[i], 16);
        }
    }
    for (std::size_t row = 0; row < kTile<T>; ++row) std::memcpy(to + row * to_step, tile + row * 64, 64);
}

template <>
inline void transpose_tile<Wide>(const Byte* from, std::size_t from_step, Byte* to, std::size_t to_step) {
    for (std::size_t row = 0; row < kTile<Wide>; ++row)
        for (std::size_t column = 0; column < kTile<Wide>; ++column)
            std::memcpy(to + column * to_step + row * 16, from + row * from_step + column * 16, 16);
}

}  // namespace mirfa::checkpoint::detail
