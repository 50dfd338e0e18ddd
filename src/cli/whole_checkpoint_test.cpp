// SPDX-License-Identifier: Apache-2.0
#include "cli/whole_checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "checkpoint/writer.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using namespace checkpoint;

OutTensor tensor(const std::string& name, std::uint64_t count) {
    OutTensor out;
    out.info.name = name;
    out.info.dtype = Dtype::kF32;
    out.info.shape = {count};
    out.info.size_bytes = count * 4;
    out.write = [count](ByteSink& sink) { return sink.write(Bytes(count * 4)); };
    return out;
}

std::vector<fs::path> written(Format format, const fs::path& folder, std::uint64_t shard_bytes = 1'000'000) {
    std::vector<OutTensor> tensors;
    tensors.push_back(tensor("a", 100));
    tensors.push_back(tensor("b", 100));
    WriteOptions options;
    options.shard_bytes = shard_bytes;
    fs::create_directories(folder);
    std::vector<fs::path> files;
    const auto result = write_checkpoint(format, folder, tensors, options).value();
    for (const auto& name : result.files) files.push_back(folder / name);
    return files;
}

TEST(CheckWhole, WeightsAreWholeUntilAnOctetOfTheirEndIsMissing) {
    const auto folder = TemporaryFolder::create().value();
    for (const auto format : {Format::kSafetensors, Format::kTorchZip}) {
        const auto files = written(format, folder.path() / std::string(name_of(format)));
        ASSERT_TRUE(check_whole(files).has_value());
        fs::resize_file(files[0], fs::file_size(files[0]) - 1);
        const auto cut = check_whole(files);
        ASSERT_FALSE(cut.has_value()) << name_of(format);
        EXPECT_THAT(cut.error().message, HasSubstr(files[0].filename().string()));
        fs::resize_file(files[0], 0);
        EXPECT_FALSE(check_whole(files).has_value()) << name_of(format);
    }
}

TEST(CheckWhole, WeightsOfEveryKindAreNotWholeWithoutTheirEnd) {
    const auto folder = TemporaryFolder::create().value();
    for (const auto format : {Format::kHdf5, Format::kFlax}) {
        const auto files = written(format, folder.path() / std::string(name_of(format)));
        ASSERT_TRUE(check_whole(files).has_value()) << name_of(format);
        fs::resize_file(files[0], fs::file_size(files[0]) - 100);
        const auto cut = check_whole(files);
        ASSERT_FALSE(cut.has_value()) << name_of(format);
        EXPECT_THAT(cut.error().message, HasSubstr(files[0].filename().string() + " is not complete"));
    }
}

TEST(CheckWhole, ShardsWaitForEachOtherEvenBeforeThereIsAnIndex) {
    const auto folder = TemporaryFolder::create().value();
    auto files = written(Format::kSafetensors, folder.path(), 500);
    std::erase_if(files, [](const fs::path& file) { return file.extension() == ".json"; });
    ASSERT_EQ(files.size(), 2u);
    EXPECT_TRUE(check_whole(files).has_value());
    files.pop_back();
    const auto half = check_whole(files);
    ASSERT_FALSE(half.has_value());
    EXPECT_THAT(half.error().message, HasSubstr("model-00002-of-00002.safetensors is not there yet"));
}

TEST(CheckWhole, AnIndexFindsAllItsShards) {
    const auto folder = TemporaryFolder::create().value();
    auto files = written(Format::kSafetensors, folder.path(), 500);
    ASSERT_EQ(files.size(), 3u);
    EXPECT_TRUE(check_whole(files).has_value());
    fs::remove(files[1]);
    files.erase(files.begin() + 1);
    EXPECT_FALSE(check_whole(files).has_value());
}

TEST(CheckWhole, WhatHasAnotherFormatPasses) {
    const auto folder = TemporaryFolder::create().value();
    const auto file = folder.path() / "weights.bin", text = folder.path() / "config.json";
    std::ofstream(file) << "raw numbers of somebody's own";
    std::ofstream(text) << "{";
    EXPECT_TRUE(check_whole({file, text}).has_value());
}

}  // namespace
}  // namespace mirfa::cli
