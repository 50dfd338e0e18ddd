// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/write_behind.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

TEST(WriteBehind, LaterPiecesLieOverEarlierOnes) {
    const auto folder = TemporaryFolder::create().value();
    WriteBehind behind(File::create_new(folder.path() / "x").value());
    Bytes expected(40'000);
    Bytes piece;
    for (std::size_t i = 0; i < 300; ++i) {
        const std::size_t offset = i * 7919 % 30'000;
        piece.assign(1 + i * 31 % 10'000, static_cast<Byte>(i));
        std::ranges::copy(piece, expected.begin() + static_cast<std::ptrdiff_t>(offset));
        ASSERT_TRUE(behind.put(offset, piece).has_value());
        ASSERT_TRUE(piece.empty());
    }
    ASSERT_TRUE(behind.finish().has_value());
    const std::string got = read_small_file(folder.path() / "x").value();
    expected.resize(got.size());
    EXPECT_TRUE(got == as_text(expected));
}

TEST(WriteBehind, GoesWithoutBeingFinished) {
    const auto folder = TemporaryFolder::create().value();
    WriteBehind behind(File::create_new(folder.path() / "x").value());
    Bytes piece(1000, 1);
    EXPECT_TRUE(behind.put(0, piece).has_value());
}

TEST(WriteBehind, AFailureIsToldAndNothingIsWrittenAnyMore) {
    const auto folder = TemporaryFolder::create().value();
    ASSERT_TRUE(write_small_file(folder.path() / "x", "as it was").has_value());
    WriteBehind behind(File::open_to_read(folder.path() / "x").value());
    Bytes piece(1000, 1);
    EXPECT_TRUE(behind.put(0, piece).has_value());
    EXPECT_EQ(behind.finish().error().code, Code::kInternal);
    EXPECT_EQ(behind.put(0, piece).error().code, Code::kInternal);
    EXPECT_EQ(behind.finish().error().code, Code::kInternal);
    EXPECT_EQ(read_small_file(folder.path() / "x").value(), "as it was");
}

}  // namespace
}  // namespace mirfa::checkpoint
