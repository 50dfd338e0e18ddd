// SPDX-License-Identifier: Apache-2.0
// Elements of any type as numbers, and what two rows of numbers differ by.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "base/little_endian.h"
#include "checkpoint/diff.h"
#include "checkpoint/transpose.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kAtOnce = 512;  // numbers of both sides stay in the first cache

/// A kind of eight-bit float.
struct Small {
    unsigned mantissa_bits;
    int bias;
    enum { kIeee, kOnlyNan, kUnsignedZero } special;
};

// docs of the types: "FP8 Formats for Deep Learning" (E5M2 as IEEE, E4M3 without infinity); FNUZ: the pattern of -0 is NaN.
double number_of(Byte octet, Small kind) {
    const unsigned magnitude = octet & 0x7fu;
    const unsigned exponent = magnitude >> kind.mantissa_bits;
    const unsigned fraction = magnitude & ((1u << kind.mantissa_bits) - 1);
    const double sign = (octet & 0x80u) != 0 ? -1.0 : 1.0;
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    if (kind.special == Small::kUnsignedZero && octet == 0x80) return kNan;
    if (kind.special == Small::kOnlyNan && magnitude == 0x7f) return kNan;
    if (kind.special == Small::kIeee && exponent == (0x7fu >> kind.mantissa_bits))
        return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : kNan;
    const unsigned whole = exponent == 0 ? fraction : fraction | 1u << kind.mantissa_bits;
    const int power = static_cast<int>(std::max(exponent, 1u)) - kind.bias - static_cast<int>(kind.mantissa_bits);
    return sign * std::ldexp(static_cast<double>(whole), power);
}

std::array<double, 256> table_of(Dtype dtype) {
    std::array<double, 256> table{};
    for (unsigned octet = 0; octet < 256; ++octet) {
        const auto byte = static_cast<Byte>(octet);
        switch (dtype) {
            case Dtype::kF8E5M2: table[octet] = number_of(byte, {2, 15, Small::kIeee}); break;
            case Dtype::kF8E4M3: table[octet] = number_of(byte, {3, 7, Small::kOnlyNan}); break;
            case Dtype::kF8E5M2Fnuz: table[octet] = number_of(byte, {2, 16, Small::kUnsignedZero}); break;
            case Dtype::kF8E4M3Fnuz: table[octet] = number_of(byte, {3, 8, Small::kUnsignedZero}); break;
            default:  // E8M0: powers of two
                table[octet] =
                    octet == 255 ? std::numeric_limits<double>::quiet_NaN() : std::ldexp(1.0, static_cast<int>(octet) - 127);
        }
    }
    return table;
}

const std::array<double, 256>& small_floats(Dtype dtype) {
    static const std::array tables = {table_of(Dtype::kF8E5M2), table_of(Dtype::kF8E4M3), table_of(Dtype::kF8E5M2Fnuz),
                                      table_of(Dtype::kF8E4M3Fnuz), table_of(Dtype::kF8E8M0)};
    switch (dtype) {
        case Dtype::kF8E5M2: return tables[0];
        case Dtype::kF8E4M3: return tables[1];
        case Dtype::kF8E5M2Fnuz: return tables[2];
        case Dtype::kF8E4M3Fnuz: return tables[3];
        default: return tables[4];
    }
}

template <class Stored, class Unsigned, class Number>
void widen(ByteView from, std::span<Number> into) {
    for (std::size_t i = 0; i < into.size(); ++i)
        into[i] = static_cast<Number>(static_cast<Stored>(load_le<Unsigned>(from.data() + i * sizeof(Unsigned))));
}

template <class Number>
void load_floats(ByteView from, Dtype dtype, std::span<Number> into) {
    std::array<double, kAtOnce> doubles;
    // Types and sizes fit, so that nothing is left to fail.
    (void)cast(from, dtype, ByteSpan(reinterpret_cast<Byte*>(doubles.data()), into.size() * sizeof(double)), Dtype::kF64)
        .has_value();
    std::copy_n(doubles.begin(), into.size(), into.begin());
}

template <class Number>
void load_numbers(ByteView from, Dtype dtype, std::span<Number> into) {
    switch (dtype) {
        case Dtype::kBool:
        case Dtype::kU8: return widen<std::uint8_t, std::uint8_t>(from, into);
        case Dtype::kI8: return widen<std::int8_t, std::uint8_t>(from, into);
        case Dtype::kU16: return widen<std::uint16_t, std::uint16_t>(from, into);
        case Dtype::kI16: return widen<std::int16_t, std::uint16_t>(from, into);
        case Dtype::kU32: return widen<std::uint32_t, std::uint32_t>(from, into);
        case Dtype::kI32: return widen<std::int32_t, std::uint32_t>(from, into);
        case Dtype::kU64: return widen<std::uint64_t, std::uint64_t>(from, into);
        case Dtype::kI64: return widen<std::int64_t, std::uint64_t>(from, into);
        case Dtype::kF16:
        case Dtype::kBF16:
        case Dtype::kF32:
        case Dtype::kF64: return load_floats(from, dtype, into);
        default: break;
    }
    const auto& table = small_floats(dtype);
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = static_cast<Number>(table[from[i]]);
}

template <class Number>
void compare_some(std::span<const Number> base, std::span<const Number> head, Difference& into) {
    Difference sum;
    sum.elements = base.size();
    for (std::size_t i = 0; i < base.size(); ++i) {
        const Number b = base[i];
        const Number h = head[i];
        if (std::isfinite(b) && std::isfinite(h)) {
            const auto apart = static_cast<double>(std::abs(h - b));
            const auto known = static_cast<double>(b);
            ++sum.finite;
            sum.differing += b != h;
            sum.max_abs = std::max(sum.max_abs, apart);
            sum.sum_abs += apart;
            sum.squares += apart * apart;
            sum.base_squares += known * known;
            continue;
        }
        sum.nans[0] += std::isnan(b);
        sum.nans[1] += std::isnan(h);
        sum.infinities[0] += std::isinf(b);
        sum.infinities[1] += std::isinf(h);
        sum.differing += b != h && !(std::isnan(b) && std::isnan(h));
    }
    into.add(sum);
}

template <class Number>
void compare_as(ByteView base, Dtype base_type, ByteView head, Dtype head_type, Difference& into) {
    const std::size_t base_size = bits_of(base_type) / 8;
    const std::size_t head_size = bits_of(head_type) / 8;
    std::array<Number, kAtOnce> b;
    std::array<Number, kAtOnce> h;
    while (!base.empty()) {
        const std::size_t count = std::min(base.size() / base_size, kAtOnce);
        load_numbers(base.first(count * base_size), base_type, std::span(b).first(count));
        load_numbers(head.first(count * head_size), head_type, std::span(h).first(count));
        compare_some<Number>(std::span(b).first(count), std::span(h).first(count), into);
        base = base.subspan(count * base_size);
        head = head.subspan(count * head_size);
    }
}

bool is_wide(Dtype dtype) { return dtype == Dtype::kI64 || dtype == Dtype::kU64; }

}  // namespace

bool is_comparable(Dtype dtype) {
    const unsigned bits = bits_of(dtype);
    return bits >= 8 && bits % 8 == 0 && dtype != Dtype::kC64 && dtype != Dtype::kC128;
}

void compare_numbers(ByteView base, Dtype base_type, ByteView head, Dtype head_type, Difference& into) {
    // A long double holds every integer of 64 bits.
    static_assert(std::numeric_limits<long double>::digits >= 64);
    if (is_wide(base_type) || is_wide(head_type)) return compare_as<long double>(base, base_type, head, head_type, into);
    compare_as<double>(base, base_type, head, head_type, into);
}

void Difference::add(const Difference& other) {
    elements += other.elements;
    differing += other.differing;
    finite += other.finite;
    max_abs = std::max(max_abs, other.max_abs);
    sum_abs += other.sum_abs;
    squares += other.squares;
    base_squares += other.base_squares;
    for (std::size_t side = 0; side < 2; ++side) {
        nans[side] += other.nans[side];
        infinities[side] += other.infinities[side];
    }
}

double Difference::norm() const { return std::sqrt(squares); }

std::optional<double> Difference::relative() const {
    if (base_squares == 0) return std::nullopt;
    return std::sqrt(squares / base_squares);
}

}  // namespace mirfa::checkpoint
