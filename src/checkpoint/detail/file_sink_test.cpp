// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/file_sink.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace mirfa::checkpoint {
namespace {

OutTensor telling(std::uint64_t size_bytes, Bytes octets) {
    return OutTensor{TensorInfo{"t", Dtype::kU8, {size_bytes}, size_bytes},
                     [octets = std::move(octets)](ByteSink& sink) { return sink.write(octets); }};
}

TEST(FileSink, OthersMayReadWhatTheUmaskLetsThem) {
    const auto folder = TemporaryFolder::create().value();
    const mode_t before = ::umask(027);
    ASSERT_TRUE(ensure_shared_folder(folder.path() / "a/b").has_value());
    ASSERT_TRUE(FileSink::create(folder.path() / "a/b/x").value().finish().has_value());
    ::umask(before);
    EXPECT_EQ(std::filesystem::status(folder.path() / "a/b").permissions(), std::filesystem::perms(0750));
    EXPECT_EQ(std::filesystem::status(folder.path() / "a/b/x").permissions(), std::filesystem::perms(0640));
}

TEST(FileSink, SmallAndLargePiecesKeepTheirOrderAndPlacesCanBeWrittenOver) {
    auto folder = TemporaryFolder::create().value();
    std::uint64_t advanced = 0;
    auto sink = FileSink::create(folder.path() / "x", [&](std::uint64_t more) { advanced += more; }).value();
    Bytes expected;
    for (const std::size_t size : {3u, 700'000u, 400'000u, 1u, 524'288u, 2'000'000u, 5u}) {
        const Bytes piece(size, static_cast<Byte>(size % 251));
        ASSERT_TRUE(sink.write_tensor(telling(size, piece)).has_value());
        expected.insert(expected.end(), piece.begin(), piece.end());
        EXPECT_EQ(sink.position(), expected.size());
    }
    EXPECT_EQ(advanced, expected.size());
    ASSERT_TRUE(sink.pad(1000).has_value());
    expected.resize(expected.size() + 1000);
    const Byte patch[] = {9, 8, 7};
    ASSERT_TRUE(sink.write_at(1, patch).has_value());
    std::copy_n(patch, 3, expected.begin() + 1);
    ASSERT_TRUE(sink.write_tensor_at(700'000, telling(3, {1, 2, 3})).has_value());
    std::copy_n(Bytes{1, 2, 3}.begin(), 3, expected.begin() + 700'000);
    ASSERT_TRUE(sink.finish().has_value());
    EXPECT_TRUE(read_small_file(folder.path() / "x").value() == as_text(expected));
}

TEST(FileSink, ATensorThatTellsAnotherLengthIsRefused) {
    auto folder = TemporaryFolder::create().value();
    auto sink = FileSink::create(folder.path() / "x").value();
    EXPECT_EQ(sink.write_tensor(telling(2, {1, 2, 3})).error().detail, "tensor \"t\" told more than 2 octets");
    EXPECT_EQ(sink.write_tensor(telling(4, {1, 2, 3})).error().detail, "tensor \"t\" told fewer than 4 octets");
}

}  // namespace
}  // namespace mirfa::checkpoint
