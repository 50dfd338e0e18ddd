// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checkpoint/copy.h"
#include "checkpoint/detail/shard_index.h"
#include "checkpoint/detail/split.h"
#include "checkpoint/testing/made.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {
namespace {

using namespace testing;
using Names = std::vector<std::string>;

std::vector<OutTensor> some_tensors() {
    std::vector<OutTensor> tensors = {made_tensor("a", Dtype::kU8, {4}), made_tensor("big", Dtype::kU8, {20}),
                                      made_tensor("b", Dtype::kU8, {6}), made_tensor("c", Dtype::kU8, {1})};
    tensors.push_back(tied_to(tensors[0], "tied"));
    tensors.push_back(tied_to(tensors[3], "tied to open"));
    return tensors;
}

TEST(Split, LargeTensorsComeFirstTiedOnesTravelTogether) {
    const auto tensors = some_tensors();
    std::vector<Names> got;
    for (const auto& shard : split_into_shards(tensors, 10)) {
        got.emplace_back();
        for (const auto* tensor : shard) got.back().push_back(tensor->info.name);
    }
    EXPECT_EQ(got, (std::vector<Names>{{"big"}, {"a", "b", "tied"}, {"c", "tied to open"}}));
    EXPECT_EQ(split_into_shards({}, 10).size(), 1u);
    EXPECT_EQ(split_into_shards(tensors, 31).size(), 1u);
}

TEST(Shards, AreWrittenWithTheirIndexAndReadAsOne) {
    const auto folder = TemporaryFolder::create().value();
    const auto tensors = some_tensors();
    WriteOptions options;
    options.shard_bytes = 10;
    std::vector<std::uint64_t> progress;
    options.progress = [&](std::uint64_t done, std::uint64_t all) {
        EXPECT_EQ(all, 31u);
        progress.push_back(done);
    };
    const auto written = write_checkpoint(Format::kSafetensors, folder.path(), tensors, options).value();
    EXPECT_EQ(progress, (std::vector<std::uint64_t>{20, 24, 30, 31}));
    const Names files = {"model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                         "model-00003-of-00003.safetensors", "model.safetensors.index.json"};
    EXPECT_EQ(written.files, files);
    EXPECT_EQ(files_in(folder.path()), files);
    EXPECT_EQ(read_small_file(folder.path() / files[3]).value(), R"({
  "metadata": {
    "tied": "a",
    "tied to open": "c",
    "total_size": 31
  },
  "weight_map": {
    "a": "model-00002-of-00003.safetensors",
    "b": "model-00002-of-00003.safetensors",
    "big": "model-00001-of-00003.safetensors",
    "c": "model-00003-of-00003.safetensors"
  }
}
)");
    const auto reader = open_checkpoint(folder.path()).value();
    EXPECT_EQ(told(*reader), told(tensors));
    EXPECT_EQ(reader->tensors()[0].name, "big");
}

TEST(Shards, AnOlderGenerationIsRemovedAndNothingElse) {
    const auto folder = TemporaryFolder::create().value();
    const auto tensors = some_tensors();
    WriteOptions options;
    options.shard_bytes = 10;
    for (const char* other : {"model-00001-of-0000x.safetensors", "model-extra.safetensors", "model.bin", "config.json"})
        put_file(folder.path() / other, "mine");
    const auto write = [&] { return write_checkpoint(Format::kSafetensors, folder.path(), tensors, options).value(); };
    write();
    options.shard_bytes = 25;
    write();
    EXPECT_EQ(files_in(folder.path()), (Names{"config.json", "model-00001-of-00002.safetensors",
                                              "model-00001-of-0000x.safetensors", "model-00002-of-00002.safetensors",
                                              "model-extra.safetensors", "model.bin", "model.safetensors.index.json"}));
    options.shard_bytes = 100;
    write();
    EXPECT_EQ(files_in(folder.path()), (Names{"config.json", "model-00001-of-0000x.safetensors", "model-extra.safetensors",
                                              "model.bin", "model.safetensors"}));
    options.variant = "fp16";
    options.shard_bytes = 25;
    write();
    EXPECT_EQ(told(*open_checkpoint(folder.path() / "model.safetensors.index.fp16.json").value()), told(tensors));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "model.fp16-00001-of-00002.safetensors"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "model.safetensors"));
}

TEST(Shards, AFailureLeavesTheFolderAsItWas) {
    const auto folder = TemporaryFolder::create().value();
    put_file(folder.path() / "model.safetensors", "mine");
    auto tensors = some_tensors();
    tensors[2].write = [](ByteSink&) -> Result<void> { return Error{Code::kUnavailable, "The tensor is away."}; };
    WriteOptions options;
    options.shard_bytes = 10;
    EXPECT_EQ(write_checkpoint(Format::kSafetensors, folder.path(), tensors, options).error().message, "The tensor is away.");
    EXPECT_EQ(files_in(folder.path()), Names{"model.safetensors"});
    EXPECT_EQ(read_small_file(folder.path() / "model.safetensors").value(), "mine");
}

TEST(Writing, RefusesTensorsThatContradictThemselves) {
    const auto folder = TemporaryFolder::create().value();
    const auto message = [&](std::vector<OutTensor> tensors) {
        return write_checkpoint(Format::kSafetensors, folder.path(), tensors).error().message;
    };
    const auto a = made_tensor("a", Dtype::kU8, {4});
    EXPECT_EQ(message({a, a}), "Two tensors are named \"a\".");
    EXPECT_EQ(message({tied_to(a, "b"), a}), "\"b\" shares the tensor \"a\", which is none that comes before it.");
    EXPECT_EQ(message({a, tied_to(a, "b"), tied_to(tied_to(a, "b"), "c")}),
              "\"c\" shares the tensor \"b\", which is none that comes before it.");
    EXPECT_EQ(message({made_tensor("", Dtype::kU8, {4})}), "\"\" is no name for a tensor: it is empty, too long or no text.");
    EXPECT_EQ(message({tensor_of("x", Dtype::kF32, {4}, {1, 2})}),
              "The tensor \"x\" of shape [4] and type F32 does not take 2 octets.");
    EXPECT_EQ(message({made_tensor("__metadata__", Dtype::kU8, {4})}),
              "safetensors cannot hold the tensor \"__metadata__\" of type U8: its name is reserved or no UTF-8, or its type is "
              "unknown there.");
    EXPECT_EQ(files_in(folder.path()), Names{});
}

std::string index_message(std::string_view json, std::string_view name = "model.safetensors.index.json") {
    const auto index = parse_shard_index(json, name);
    return index.has_value() ? "accepted" : index.error().message;
}

TEST(Index, ShardsOutsideTheFolderAreRefused) {
    EXPECT_EQ(index_message(R"({"weight_map": {"a": "x.safetensors"}, "metadata": {"total_size": 1.0, "b": "a"}})"), "accepted");
    const std::string broken = "The index of shards is broken: ";
    for (const char* away : {"../x.safetensors", "/x.safetensors", "a/x.safetensors", "C:x.safetensors", "a\\\\x.safetensors",
                             "x\\u0000.safetensors"}) {
        const auto message = index_message(fmt::format(R"({{"weight_map": {{"a": "{}"}}}})", away));
        EXPECT_TRUE(message.starts_with(broken + "it names the shard")) << message;
        EXPECT_TRUE(message.ends_with("which leads out of the folder; shards lie beside their index.")) << message;
    }
    const std::pair<std::string, std::string> cases[] = {
        {R"({"weight_map": {"a": "x.bin"}})", "it names the shard \"x.bin\", which does not end in .safetensors."},
        {R"({"weight_map": {"a": ""}})", "it names the shard \"\", which is no file name."},
        {R"({"weight_map": {"a": ".."}})", "it names the shard \"..\", which is no file name."},
        {R"({"weight_map": {"a": 1}})", "the place of \"a\" is no file name."},
        {R"({"weight_map": {"": "x.safetensors"}})", "it has a tensor name of 0 octets."},
        {R"({"weight_map": []})", "it has no object \"weight_map\"."},
        {R"([])", "it has no object \"weight_map\"."},
    };
    for (const auto& [json, expected] : cases) EXPECT_EQ(index_message(json), broken + expected);
    EXPECT_EQ(index_message("{", "model.safetensors.index.json"),
              broken + "The JSON text is not valid at octet 1: incomplete JSON.");
    EXPECT_EQ(index_message("{}", "index.json"), broken + "its name \"index.json\" is not like model.safetensors.index.json.");
    EXPECT_EQ(index_message(R"({"weight_map": {"a": "x.bin"}})", "pytorch_model.bin.index.fp16.json"), "accepted");
}

TEST(Index, AShardThatLacksATensorIsNamed) {
    const auto folder = TemporaryFolder::create().value();
    WriteOptions options;
    options.shard_bytes = 10;
    ASSERT_TRUE(write_checkpoint(Format::kSafetensors, folder.path(), some_tensors(), options).has_value());
    const auto index = folder.path() / "model.safetensors.index.json";
    const auto message = [&](std::string_view json) {
        put_file(index, json);
        return open_checkpoint(folder.path()).error().message;
    };
    EXPECT_EQ(message(R"({"weight_map": {"zz": "model-00001-of-00003.safetensors"}})"),
              "The index places the tensor \"zz\" in the shard \"model-00001-of-00003.safetensors\", which does not have it.");
    EXPECT_EQ(message(R"({"weight_map": {"zz": "gone.safetensors"}})"), "The shard \"gone.safetensors\": A file does not exist.");
    // What another tool left in a shard does not belong to the checkpoint, and a shard may hold a tied name.
    put_file(index, R"({"weight_map": {"a": "model-00002-of-00003.safetensors", "tied": "model-00002-of-00003.safetensors"}})");
    const auto reader = open_checkpoint(folder.path()).value();
    EXPECT_EQ(reader->tensors().size(), 1u);
    EXPECT_EQ(reader->ties().front(), (Tie{"tied", "a"}));
}

TEST(Opening, AFolderGivesWhatLoadersWouldChoose) {
    const auto folder = TemporaryFolder::create().value();
    EXPECT_EQ(open_checkpoint(folder.path()).error().code, Code::kNotFound);
    EXPECT_EQ(open_checkpoint(folder.path() / "none").error().code, Code::kNotFound);
    put_file(folder.path() / "pytorch_model.bin", "\x80\x04.");
    EXPECT_EQ(
        open_checkpoint(folder.path()).error().message,
        "\"pytorch_model.bin\" cannot be read: it is a bare pickle, which is a program. It is never run; save the weights as "
        "safetensors.");
    std::filesystem::copy(testdata("small.safetensors"), folder.path() / "model.safetensors");
    EXPECT_EQ(open_checkpoint(folder.path()).value()->tensors().size(), 6u);
}

// A header of 0x280 octets begins with 80 02, as pickles do: such shards were once refused as programs.
TEST(Opening, ASafetensorsFileThatBeginsLikeAPickleIsRead) {
    const auto folder = TemporaryFolder::create().value();
    std::string header = R"({"t":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
    header.resize(0x280, ' ');
    put_file(folder.path() / "x", std::string("\x80\x02\0\0\0\0\0\0", 8) + header + "7");
    const auto reader = open_checkpoint_file(folder.path() / "x");
    ASSERT_TRUE(reader.has_value()) << reader.error().message;
    EXPECT_EQ(reader.value()->tensors()[0].name, "t");
}

TEST(Opening, FilesAreKnownByTheirFirstOctets) {
    const auto folder = TemporaryFolder::create().value();
    const auto message = [&](std::string_view octets) {
        put_file(folder.path() / "x.safetensors", octets);
        const auto error = open_checkpoint_file(folder.path() / "x.safetensors").error();
        EXPECT_EQ(error.code, Code::kUnsupported);
        return error.message;
    };
    EXPECT_EQ(message(""), "\"x.safetensors\" is no checkpoint of a known format.");
    EXPECT_EQ(message("hello, this is a text"), "\"x.safetensors\" is no checkpoint of a known format.");
    EXPECT_EQ(message("lmgg1234"),
              "\"x.safetensors\" cannot be read: it is a model file from before GGUF. Convert it with the "
              "tools of llama.cpp.");
    EXPECT_EQ(message("version https://git-lfs.github.com/spec/v1\n"),
              "\"x.safetensors\" cannot be read: it is a Git LFS pointer, not the file itself. Fetch it with git lfs pull.");
    EXPECT_EQ(message(std::string(257, '\0') + "ustar" + std::string(300, '\0')),
              "This is a tar archive, as torch 0.1 wrote it. Load it with torch up to 2.5 (torch.load) and save "
              "its state dict again with torch.save.");
}

}  // namespace
}  // namespace mirfa::checkpoint
