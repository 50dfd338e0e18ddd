// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/transpose.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace mirfa::checkpoint {
namespace {

template <class T>
ByteView octets(const std::vector<T>& values) {
    return {reinterpret_cast<const Byte*>(values.data()), values.size() * sizeof(T)};
}
template <class T>
ByteSpan octets(std::vector<T>& values) {
    return {reinterpret_cast<Byte*>(values.data()), values.size() * sizeof(T)};
}

template <class T>
std::vector<T> turned(const std::vector<T>& from, const Shape& shape, std::vector<unsigned> axes) {
    std::vector<T> to(from.size());
    EXPECT_TRUE(move_axes(octets(from), octets(to), shape, axes, sizeof(T)).has_value());
    return to;
}

// One element after the other, by the definition.
template <class T>
std::vector<T> turned_slowly(const std::vector<T>& from, const Shape& shape, const std::vector<unsigned>& axes) {
    std::vector<T> to;
    const Shape target = moved(shape, axes);
    std::vector<std::uint64_t> at(target.size(), 0);
    for (std::size_t n = 0; n < from.size(); ++n) {
        std::size_t left = n;
        for (std::size_t i = target.size(); i-- > 0; left /= target[i]) at[i] = left % target[i];
        std::vector<std::uint64_t> source(shape.size());
        for (std::size_t i = 0; i < axes.size(); ++i) source[axes[i]] = at[i];
        std::size_t place = 0;
        for (std::size_t i = 0; i < shape.size(); ++i) place = place * shape[i] + source[i];
        to.push_back(from[place]);
    }
    return to;
}

TEST(MoveAxes, AMatrixIsTransposed) {
    EXPECT_EQ(turned<std::int32_t>({0, 1, 2, 10, 11, 12}, {2, 3}, {1, 0}), (std::vector<std::int32_t>{0, 10, 1, 11, 2, 12}));
}

TEST(MoveAxes, AConvolutionOfOneDimensionIsReversed) {
    std::vector<std::int16_t> from;
    for (int a = 0; a < 2; ++a)
        for (int b = 0; b < 3; ++b)
            for (int c = 0; c < 4; ++c) from.push_back(static_cast<std::int16_t>(100 * a + 10 * b + c));
    const auto to = turned(from, {2, 3, 4}, axes_from_torch(Turn::kReverse, 3).value());
    for (std::size_t k = 0; k < 4; ++k)
        for (std::size_t i = 0; i < 3; ++i)
            for (std::size_t o = 0; o < 2; ++o) EXPECT_EQ(to[(k * 3 + i) * 2 + o], static_cast<int>(100 * o + 10 * i + k));
}

TEST(MoveAxes, AConvolutionOfTwoDimensionsIsMovedBothWays) {
    const Shape shape{2, 3, 4, 5};
    std::vector<double> from(120);
    std::iota(from.begin(), from.end(), 0.0);
    const auto there = axes_from_torch(Turn::kConv2d, 4).value();
    const auto to = turned(from, shape, there);
    for (std::size_t h = 0; h < 4; ++h)
        for (std::size_t w = 0; w < 5; ++w)
            for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t o = 0; o < 2; ++o)
                    EXPECT_EQ(to[((h * 5 + w) * 3 + i) * 2 + o], from[((o * 3 + i) * 4 + h) * 5 + w]);
    EXPECT_EQ(axes_to_torch(Turn::kConv2d, 4).value(), (std::vector<unsigned>{3, 2, 0, 1}));
    EXPECT_EQ(turned(to, moved(shape, there), axes_to_torch(Turn::kConv2d, 4).value()), from);
    EXPECT_EQ(axes_from_torch(Turn::kConv2d, 3).error().message, "A 2-D convolution has four axes, this tensor has 3.");
}

struct Sixteen {
    std::uint64_t low = 0, high = 0;
    bool operator==(const Sixteen&) const = default;
};

template <class T>
std::vector<T> mixed(std::size_t count) {
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t number = i * 0x9e3779b97f4a7c15u;
        if constexpr (sizeof(T) == 16)
            values[i] = {number, ~number};
        else
            values[i] = static_cast<T>(number >> 24);
    }
    return values;
}

// In one piece, and in pieces of some lines.
template <class T>
void expect_as_defined(const Shape& shape, const std::vector<unsigned>& axes) {
    const auto from = mixed<T>(count_elements(shape).value());
    const auto expected = turned_slowly(from, shape, axes);
    ASSERT_TRUE(turned(from, shape, axes) == expected);
    const AxesMover mover = AxesMover::create(shape, axes, sizeof(T)).value();
    ASSERT_EQ(mover.size_bytes(), from.size() * sizeof(T));
    for (const std::size_t lines : {1u, 5u, 64u}) {
        std::vector<T> to(from.size());
        for (std::size_t at = 0; at < mover.size_bytes(); at += lines * mover.line_bytes())
            mover.move(octets(from), at / mover.line_bytes(),
                       octets(to).subspan(at, std::min(lines * mover.line_bytes(), octets(to).size() - at)));
        ASSERT_TRUE(to == expected) << lines;
    }
}

TEST(MoveAxes, EveryOrderOfEveryElementSizeIsWhatTheDefinitionSays) {
    const Shape shapes[] = {{1},       {130, 67},   {64, 64},     {1, 129},      {200, 65},
                            {3, 5, 7}, {2, 70, 66}, {2, 1, 3, 4}, {5, 40, 3, 3}, {2, 3, 1, 2, 5}};
    for (const Shape& shape : shapes) {
        std::vector<unsigned> axes(shape.size());
        std::iota(axes.begin(), axes.end(), 0u);
        do {
            SCOPED_TRACE(describe(shape) + " by " + std::to_string(axes[0]));
            expect_as_defined<std::uint8_t>(shape, axes);
            expect_as_defined<std::uint16_t>(shape, axes);
            expect_as_defined<std::uint32_t>(shape, axes);
            expect_as_defined<std::uint64_t>(shape, axes);
            expect_as_defined<Sixteen>(shape, axes);
        } while (std::next_permutation(axes.begin(), axes.end()));
    }
}

TEST(MoveAxes, WhatDoesNotFitIsRefused) {
    std::vector<std::int32_t> four(4);
    std::vector<std::int32_t> to(4);
    const unsigned twice[] = {0, 0};
    const unsigned swapped[] = {1, 0};
    EXPECT_EQ(move_axes(octets(four), octets(to), {2, 3}, swapped, 4).error().message,
              "16 octets are not a tensor [2, 3] of elements of 4 octets.");
    EXPECT_FALSE(move_axes(octets(four), octets(to), {2, 2}, twice, 4).has_value());
    EXPECT_FALSE(move_axes(octets(four), octets(to), {2}, swapped, 4).has_value());
    std::vector<std::int32_t> none;
    EXPECT_TRUE(move_axes(octets(none), octets(none), {0, 3}, swapped, 4).has_value());
}

TEST(MoveAxes, OrdersAreComposedAndCancel) {
    const std::vector<unsigned> there{2, 3, 1, 0};
    const std::vector<unsigned> back{3, 2, 0, 1};
    EXPECT_EQ(inverse_of(there), back);
    EXPECT_TRUE(after(there, back).empty());
    EXPECT_EQ(after(there, {}), there);
    EXPECT_EQ(after({}, back), back);
    const std::vector<unsigned> turn{1, 2, 0};
    EXPECT_EQ(moved({5, 6, 7}, after(turn, turn)), (Shape{7, 5, 6}));
}

// The value of a number of 16 bits by its definition.
double value_of(std::uint16_t bits, int exponent_bits) {
    const int mantissa = 15 - exponent_bits;
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const int exponent = (bits >> mantissa) & ((1 << exponent_bits) - 1);
    const int fraction = bits & ((1 << mantissa) - 1);
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == (1 << exponent_bits) - 1)
        return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    if (exponent == 0) return sign * std::ldexp(fraction, 1 - bias - mantissa);
    return sign * std::ldexp(fraction + (1 << mantissa), exponent - bias - mantissa);
}

TEST(Cast, EveryHalfGoesToTheWiderTypesAndComesBack) {
    for (unsigned i = 0; i <= 0xffff; ++i) {
        const auto bits = static_cast<std::uint16_t>(i);
        const float half = f32_of_f16(bits);
        const float brain = f32_of_bf16(bits);
        if (std::isnan(value_of(bits, 5))) {
            ASSERT_TRUE(std::isnan(half)) << i;
            ASSERT_EQ(f16_of_f32(half), bits | 0x0200) << i;
        } else {
            ASSERT_EQ(static_cast<double>(half), value_of(bits, 5)) << i;
            ASSERT_EQ(std::signbit(half), (bits & 0x8000) != 0) << i;
            ASSERT_EQ(f16_of_f32(half), bits) << i;
            ASSERT_EQ(f16_of_f64(value_of(bits, 5)), bits) << i;
        }
        if (std::isnan(value_of(bits, 8))) {
            ASSERT_TRUE(std::isnan(brain)) << i;
            ASSERT_EQ(bf16_of_f32(brain), bits | 0x0040) << i;
        } else {
            ASSERT_EQ(static_cast<double>(brain), value_of(bits, 8)) << i;
            ASSERT_EQ(bf16_of_f32(brain), bits) << i;
            ASSERT_EQ(bf16_of_f64(value_of(bits, 8)), bits) << i;
        }
    }
}

// Between every two neighbours: what is below the middle goes down, above it up, the middle to the even one.
template <class Narrow>
void check_rounding(int exponent_bits, Narrow narrow) {
    const int mantissa = 15 - exponent_bits;
    const int infinite = ((1 << exponent_bits) - 1) << mantissa;
    for (int i = 0; i + 1 < infinite; ++i) {
        const auto low = static_cast<std::uint16_t>(i);
        const auto high = static_cast<std::uint16_t>(i + 1);
        const double middle = (value_of(low, exponent_bits) + value_of(high, exponent_bits)) / 2;
        const std::uint16_t even = (low & 1) == 0 ? low : high;
        ASSERT_EQ(narrow(middle), even) << i;
        ASSERT_EQ(narrow(-middle), even | 0x8000) << i;
        ASSERT_EQ(narrow(std::nextafter(middle, 0.0)), low) << i;
        ASSERT_EQ(narrow(std::nextafter(middle, 1e308)), high) << i;
    }
    const double last = value_of(static_cast<std::uint16_t>(infinite - 1), exponent_bits);
    const double step = last - value_of(static_cast<std::uint16_t>(infinite - 2), exponent_bits);
    EXPECT_EQ(narrow(last + step / 2), infinite);
    EXPECT_EQ(narrow(std::nextafter(last + step / 2, 0.0)), infinite - 1);
    EXPECT_EQ(narrow(1e308), infinite);
    EXPECT_EQ(narrow(-std::numeric_limits<double>::infinity()), infinite | 0x8000);
    EXPECT_EQ(narrow(5e-324), 0);
    EXPECT_EQ(narrow(-5e-324), 0x8000);
}

TEST(Cast, EveryMiddleBetweenTwoHalvesGoesToTheEvenOne) {
    check_rounding(5, f16_of_f64);
    check_rounding(8, bf16_of_f64);
}

TEST(Cast, ADoubleIsRoundedOnceOnItsWayToAHalf) {
    // By way of f32 this would become the middle first, and go to the even neighbour below.
    EXPECT_EQ(f16_of_f64(1.0 + 0x1p-11 + 0x1p-40), 0x3c01);
    EXPECT_EQ(bf16_of_f64(1.0 + 0x1p-8 + 0x1p-40), 0x3f81);
}

TEST(Cast, RowsOfNumbersChangeTheirType) {
    const std::vector<float> from{1.0f, -2.5f, 65520.0f, std::numeric_limits<float>::infinity(), 1e-8f};
    std::vector<std::uint16_t> halves(5);
    ASSERT_TRUE(cast(octets(from), Dtype::kF32, octets(halves), Dtype::kF16).has_value());
    EXPECT_EQ(halves, (std::vector<std::uint16_t>{0x3c00, 0xc100, 0x7c00, 0x7c00, 0}));
    std::vector<double> doubles(5);
    ASSERT_TRUE(cast(octets(halves), Dtype::kF16, octets(doubles), Dtype::kF64).has_value());
    EXPECT_EQ(doubles[1], -2.5);
    std::vector<float> back(5);
    ASSERT_TRUE(cast(octets(doubles), Dtype::kF64, octets(back), Dtype::kF32).has_value());
    EXPECT_EQ(back[0], 1.0f);
    std::vector<std::uint16_t> brains(5);
    ASSERT_TRUE(cast(octets(halves), Dtype::kF16, octets(brains), Dtype::kBF16).has_value());
    EXPECT_EQ(brains[1], 0xc020);
    EXPECT_EQ(cast(octets(from), Dtype::kI32, octets(back), Dtype::kF32).error().message,
              "I32 cannot be made F32: only F16, BF16, F32 and F64 change into each other.");
    EXPECT_EQ(cast(octets(from), Dtype::kF32, octets(back), Dtype::kF16).error().message,
              "20 octets of F32 are not 20 octets of F16.");
}

}  // namespace
}  // namespace mirfa::checkpoint
