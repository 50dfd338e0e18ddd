// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/q8_0.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/little_endian.h"

namespace mirfa::checkpoint {
namespace {

constexpr float kLargestHalf = 65504.0f;

Result<void> check_lengths(std::size_t numbers, std::size_t octets) {
    if (numbers % kQ8Elements != 0 || octets != numbers / kQ8Elements * kQ8Bytes)
        return Error{Code::kInvalidArgument, "Q8_0 takes numbers in blocks of 32, each of 34 octets."};
    return ok();
}

}  // namespace

std::uint16_t half_of(float number) {
    const auto bits = std::bit_cast<std::uint32_t>(number);
    const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000);
    const std::uint32_t rest = bits & 0x7fffffff;
    if (rest > 0x7f800000) return static_cast<std::uint16_t>(sign | 0x7e00 | (rest >> 13 & 0x3ff));  // no number, kept quiet
    if (rest >= 0x477ff000) return sign | 0x7c00;                                                    // rounds to 65536 or more
    if (rest < 0x38800000) {
        // Below 2^-14 halves lie 2^-24 apart, which is where adding 0.5 makes a float put its last bit.
        const float shifted = std::bit_cast<float>(rest) + 0.5f;
        return static_cast<std::uint16_t>(sign | (std::bit_cast<std::uint32_t>(shifted) - 0x3f000000));
    }
    const std::uint32_t odd = rest >> 13 & 1;
    return static_cast<std::uint16_t>(sign | ((rest - 0x38000000 + 0xfff + odd) >> 13));
}

float float_of_half(std::uint16_t half) {
    const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
    const std::uint32_t exponent = half >> 10 & 31;
    const std::uint32_t fraction = half & 0x3ff;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000 | fraction << 13);
    if (exponent == 0) return std::copysign(static_cast<float>(fraction) * 0x1p-24f, std::bit_cast<float>(sign));
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

Result<void> quantize_q8_0(std::span<const float> numbers, ByteSpan blocks) {
    TRY(check_lengths(numbers.size(), blocks.size()));
    for (Byte* to = blocks.data(); !numbers.empty(); numbers = numbers.subspan(kQ8Elements), to += kQ8Bytes) {
        float largest = 0;
        for (const float x : numbers.first(kQ8Elements)) {
            if (!std::isfinite(x)) return Error{Code::kInvalidArgument, "Q8_0 cannot hold numbers that are not finite."};
            largest = std::max(largest, std::fabs(x));
        }
        const float scale = largest / 127.0f;
        if (scale > kLargestHalf) return Error{Code::kInvalidArgument, "Q8_0 cannot hold numbers beyond 8,319,008."};
        const float inverse = scale == 0 ? 0 : 1.0f / scale;
        const std::uint16_t half = half_of(scale);
        to[0] = static_cast<Byte>(half);
        to[1] = static_cast<Byte>(half >> 8);
        // A scale below the smallest float has no inverse; what it stands for is 0.
        for (std::size_t i = 0; i < kQ8Elements; ++i) {
            const float q = std::isfinite(inverse) ? std::round(numbers[i] * inverse) : 0;
            to[2 + i] = static_cast<Byte>(static_cast<std::int8_t>(std::clamp(q, -127.0f, 127.0f)));
        }
    }
    return ok();
}

Result<void> dequantize_q8_0(ByteView blocks, std::span<float> numbers) {
    TRY(check_lengths(numbers.size(), blocks.size()));
    for (const Byte* from = blocks.data(); !numbers.empty(); numbers = numbers.subspan(kQ8Elements), from += kQ8Bytes) {
        const float scale = float_of_half(load_le<std::uint16_t>(from));
        for (std::size_t i = 0; i < kQ8Elements; ++i)
            numbers[i] = scale * static_cast<float>(static_cast<std::int8_t>(from[2 + i]));
    }
    return ok();
}

}  // namespace mirfa::checkpoint
