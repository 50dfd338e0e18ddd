// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/tensor.h"

#include <gtest/gtest.h>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {
namespace {

TEST(Dtype, EveryNameLeadsBackToItsType) {
    for (int i = 0; i < static_cast<int>(Dtype::kBlocks); ++i) {
        const auto dtype = static_cast<Dtype>(i);
        EXPECT_EQ(find_dtype(name_of(dtype)), dtype);
        EXPECT_GT(bits_of(dtype), 0u);
    }
    EXPECT_EQ(find_dtype("BLOCKS"), std::nullopt);
    EXPECT_EQ(find_dtype("float32"), std::nullopt);
}

TEST(Tensor, SizesAreCheckedBeforeTheyAreUsed) {
    EXPECT_EQ(size_of(Dtype::kF32, {2, 3}).value(), 24u);
    EXPECT_EQ(size_of(Dtype::kBF16, {}).value(), 2u);
    EXPECT_EQ(size_of(Dtype::kF4, {3, 2}).value(), 3u);
    EXPECT_EQ(size_of(Dtype::kF64, {0, ~std::uint64_t{0}, ~std::uint64_t{0}}).value(), 0u);
    EXPECT_EQ(size_of(Dtype::kF4, {3}).error().message, "A tensor of shape [3] and type F4 does not fill whole octets.");
    EXPECT_EQ(size_of(Dtype::kU8, {std::uint64_t{1} << 32, std::uint64_t{1} << 32}).error().code, Code::kInvalidArgument);
    EXPECT_EQ(size_of(Dtype::kF64, {std::uint64_t{1} << 60}).error().code, Code::kInvalidArgument);
}

TEST(Source, ARangeOfMemoryIsStreamedAndNothingBehindIt) {
    const Byte octets[] = {1, 2, 3, 4, 5};
    const auto source = memory_source(octets);
    const auto stream = stream_of(source, 1, 3);
    Byte into[2];
    EXPECT_EQ(stream->read(into).value(), 2u);
    EXPECT_EQ(into[1], 3);
    EXPECT_EQ(stream->read(into).value(), 1u);
    EXPECT_EQ(into[0], 4);
    EXPECT_EQ(stream->read(into).value(), 0u);
    EXPECT_EQ(source->read_at(4, into).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace mirfa::checkpoint
