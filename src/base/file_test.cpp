// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <gtest/gtest.h>

namespace mirfa {
namespace {

TEST(Files, AreWrittenAsideAndReadBackWhole) {
    const auto folder = TemporaryFolder::create().value();
    const auto path = folder.path() / "a" / "b.txt";
    ASSERT_TRUE(ensure_folder(path.parent_path()).has_value());
    ASSERT_TRUE(write_small_file(path, "one").has_value());
    ASSERT_TRUE(write_small_file(path, "two").has_value());
    EXPECT_EQ(read_small_file(path).value(), "two");
    EXPECT_EQ(read_small_file(path, 2).error().code, Code::kTooLarge);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(path.parent_path()), {}), 1);
}

TEST(Files, SayWhatIsMissingAndWhatIsThere) {
    const auto folder = TemporaryFolder::create().value();
    EXPECT_EQ(File::open_to_read(folder.path() / "none").error().code, Code::kNotFound);
    ASSERT_TRUE(File::create_new(folder.path() / "x").has_value());
    EXPECT_EQ(File::create_new(folder.path() / "x").error().code, Code::kAlreadyExists);
}

TEST(TemporaryFolders, GoWithTheirOwner) {
    std::filesystem::path path;
    {
        const auto folder = TemporaryFolder::create().value();
        path = folder.path();
        ASSERT_TRUE(write_small_file(path / "f", "x").has_value());
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace mirfa
