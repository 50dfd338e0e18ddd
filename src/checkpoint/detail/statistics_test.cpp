// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "checkpoint/transpose.h"

namespace mirfa::checkpoint::detail {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Bytes octets_of(const std::vector<double>& numbers, Dtype dtype) {
    Bytes octets(numbers.size() * bits_of(dtype) / 8);
    const ByteView wide(reinterpret_cast<const Byte*>(numbers.data()), numbers.size() * sizeof(double));
    EXPECT_TRUE(cast(wide, Dtype::kF64, octets, dtype).has_value());
    return octets;
}

Statistics of(ByteView octets, Dtype dtype, std::size_t cut) {
    StatisticsMaker maker(dtype);
    for (; !octets.empty(); octets = octets.subspan(std::min(cut, octets.size())))
        maker.update(octets.first(std::min(cut, octets.size())));
    return maker.result();
}

// Whole numbers and halves, which every type holds and whose sums are exact.
std::vector<double> some_numbers(std::size_t count) {
    std::vector<double> numbers;
    for (std::size_t i = 0; i < count; ++i) numbers.push_back(static_cast<double>(i * 7 % 31) / 2 - 6);
    return numbers;
}

TEST(Statistics, AreThoseOfAllNumbersOfEveryTypeWhereverTheyAreCut) {
    for (const std::size_t count : {0u, 1u, 7u, 8u, 9u, 511u, 513u, 3000u}) {
        const auto numbers = some_numbers(count);
        double sum = 0, squares = 0;
        for (const double number : numbers) {
            sum += number;
            squares += number * number;
        }
        for (const Dtype dtype : {Dtype::kF16, Dtype::kBF16, Dtype::kF32, Dtype::kF64}) {
            const Bytes octets = octets_of(numbers, dtype);
            for (const std::size_t cut : {1u, 3u, 24u, 4096u, 1u << 20}) {
                const Statistics got = of(octets, dtype, cut);
                EXPECT_EQ(got.count, count);
                EXPECT_EQ(got.nans + got.infinities, 0u);
                EXPECT_EQ(got.min, count == 0 ? 0 : *std::ranges::min_element(numbers));
                EXPECT_EQ(got.max, count == 0 ? 0 : *std::ranges::max_element(numbers));
                EXPECT_EQ(got.sum, sum);
                EXPECT_EQ(got.squares, squares);
            }
        }
    }
}

TEST(Statistics, NumbersThatAreNoneAreCountedAndLeftOut) {
    for (const std::size_t place : {0u, 5u, 600u, 1999u}) {
        auto numbers = some_numbers(2000);
        const Statistics before = of(octets_of(numbers, Dtype::kF32), Dtype::kF32, 100);
        numbers.insert(numbers.begin() + static_cast<std::ptrdiff_t>(place), {kNan, -kInfinite, kNan, kInfinite, kInfinite});
        for (const Dtype dtype : {Dtype::kF16, Dtype::kBF16, Dtype::kF32, Dtype::kF64}) {
            const Statistics got = of(octets_of(numbers, dtype), dtype, 999);
            EXPECT_EQ(got.nans, 2u);
            EXPECT_EQ(got.infinities, 3u);
            EXPECT_EQ(got.count, before.count);
            EXPECT_EQ(got.min, before.min);
            EXPECT_EQ(got.max, before.max);
            EXPECT_EQ(got.sum, before.sum);
            EXPECT_EQ(got.squares, before.squares);
        }
    }
}

TEST(Statistics, OfWhatIsNoFloatingNumberThereAreNone) {
    const Statistics got = of(Bytes(64, 1), Dtype::kI32, 7);
    EXPECT_EQ(got.count, 0u);
    EXPECT_EQ(got.max, 0.0);
}

// The squares of an F64 mask of -1.8e308 are infinite: such a tensor was refused, although nothing had changed in it.
TEST(Statistics, NumbersWhoseSquaresAreTooLargeAgreeWithThemselves) {
    auto numbers = some_numbers(100);
    numbers[50] = std::numeric_limits<double>::lowest();
    const Statistics got = of(octets_of(numbers, Dtype::kF64), Dtype::kF64, 64);
    EXPECT_EQ(got.count, 100u);
    EXPECT_EQ(got.infinities, 0u);
    EXPECT_EQ(got.min, numbers[50]);
    EXPECT_TRUE(agree(got, Dtype::kF64, got, Dtype::kF64));
}

}  // namespace
}  // namespace mirfa::checkpoint::detail
