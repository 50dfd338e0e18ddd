// SPDX-License-Identifier: Apache-2.0
// Q8_0 of GGUF: 32 numbers in 34 octets, a scale d as float16 and 32 signed octets q, for x = d·q.
#pragma once

#include <span>

#include "base/bytes.h"

namespace mirfa::checkpoint {

inline constexpr std::size_t kQ8Elements = 32;
inline constexpr std::size_t kQ8Bytes = 34;

/// d = max|x| / 127, q = x / d rounded half away from zero, octet for octet as ggml does it.
/// Takes: `numbers`, a multiple of kQ8Elements; `blocks`, kQ8Bytes for each of those.
/// Fails: kInvalidArgument for other lengths, and for numbers that are not finite or beyond a scale of float16.
Result<void> quantize_q8_0(std::span<const float> numbers, ByteSpan blocks);
/// Fails: kInvalidArgument for lengths that do not fit each other.
Result<void> dequantize_q8_0(ByteView blocks, std::span<float> numbers);

/// To the nearest float16, ties to even; too large becomes infinity.
std::uint16_t half_of(float number);
float float_of_half(std::uint16_t half);

}  // namespace mirfa::checkpoint
