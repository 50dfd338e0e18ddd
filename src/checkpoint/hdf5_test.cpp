// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/hdf5.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "checkpoint/copy.h"
#include "checkpoint/detail/hdf5_handle.h"
#include "checkpoint/detail/hdf5_names.h"
#include "checkpoint/testing/made.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {
namespace {

using namespace testing;
using Texts = std::map<std::string, std::string>;

ReaderPtr opened(const std::filesystem::path& path) {
    auto reader = open_checkpoint(path);
    if (!reader.has_value()) ADD_FAILURE() << path << ": " << describe(reader.error());
    return std::move(reader).value();
}
constexpr std::string_view kKernel = "F32 [2, 3] 000000000000803f0000004000004040000080400000a040";

TEST(Hdf5, FilesOfKerasAreReadWhateverTheirListsLookLike) {
    const auto reader = opened(testdata("keras2.h5"));
    EXPECT_EQ(reader->format(), Format::kHdf5);
    EXPECT_EQ(told(*reader), (Texts{{"tf_model/bert/dense/kernel:0", std::string(kKernel)},
                                    {"tf_model/bert/dense/bias:0", "F16 [3] 0000003c0040"},
                                    {"tf_model/scale:0", "F64 [] 0000000000000440"}}));
    EXPECT_EQ(reader->metadata(), (Texts{{"backend", "tensorflow"}, {"keras_version", "2.15.0"}}));

    const auto model = opened(testdata("keras2_model.h5"));
    EXPECT_EQ(told(*model),
              (Texts{{"a/k:0", "I32 [2] 01000000ffffffff"}, {"b/k:0", "BOOL [2] 0100"}, {"small:0", "I16 [3] 050006000700"}}));
    EXPECT_EQ(model->metadata(), (Texts{{"backend", "tensorflow"}, {"model_config", "{}"}}));
    EXPECT_EQ(told(*opened(testdata("keras2_shard.h5"))), (Texts{{"bert/dense/kernel:0", std::string(kKernel)}}));
}

TEST(Hdf5, WhatLeadsAwayOrCannotBeMappedIsRefused) {
    const std::pair<std::string, std::string> cases[] = {
        {"soft_link", "\"x\" of this HDF5 file cannot be read: \"x\" is a link to something else, which is not followed."},
        {"external_link", "\"x\" of this HDF5 file cannot be read: \"x\" is a link to something else, which is not followed."},
        {"external_data", "\"x\" of this HDF5 file cannot be read: its octets are in another file, which is not opened."},
        {"virtual", "\"x\" of this HDF5 file cannot be read: it does not lie in one piece. Write the file without chunks."},
        {"chunked", "\"x\" of this HDF5 file cannot be read: it does not lie in one piece. Write the file without chunks."},
        {"compressed", "\"x\" of this HDF5 file cannot be read: it is compressed. Write the file without compression."},
        {"big_endian",
         "\"x\" of this HDF5 file cannot be read: its element type has no counterpart (only little-endian numbers and booleans "
         "have)."},
        {"compound",
         "\"x\" of this HDF5 file cannot be read: its element type has no counterpart (only little-endian numbers and booleans "
         "have)."},
        {"text",
         "\"x\" of this HDF5 file cannot be read: its element type has no counterpart (only little-endian numbers and booleans "
         "have)."},
        {"unwritten", "This HDF5 file is broken: \"x\" was never written."},
        {"missing", "This HDF5 file is broken: \"x\" is listed and does not exist."},
        {"group", "This HDF5 file is broken: \"x\" is no dataset."},
        {"keras3",
         "\"/layers\" of this HDF5 file cannot be read: weights of Keras 3 are told apart by their place in a model, not by a "
         "name. Save them with Keras 2, or as safetensors."},
        {"numbers", "This HDF5 file is broken: its attribute \"layer_names\" is no list of texts."},
    };
    for (const auto& [name, expected] : cases) {
        const auto reader = open_checkpoint(testdata("bad_" + name + ".h5"));
        ASSERT_FALSE(reader.has_value()) << name;
        EXPECT_EQ(reader.error().message, expected);
        EXPECT_EQ(reader.error().code, expected.starts_with("This") ? Code::kInvalidArgument : Code::kUnsupported);
    }
    const auto circle = open_checkpoint(testdata("bad_circle.h5")).error().message;
    EXPECT_TRUE(circle.ends_with("inside/x\" is nested too deeply.") || circle.ends_with("\" is nested too deeply.")) << circle;
}

TEST(Hdf5, AFileThatIsCutOffIsRefusedWhereverThatIs) {
    const auto folder = TemporaryFolder::create().value();
    const auto whole = read_small_file(testdata("keras2.h5")).value();
    for (std::size_t size = 8; size < whole.size(); size += 97) {
        put_file(folder.path() / "x.h5", whole.substr(0, size));
        EXPECT_FALSE(open_checkpoint_file(folder.path() / "x.h5").has_value()) << size;
    }
}

std::vector<OutTensor> some_tensors() {
    std::vector<OutTensor> tensors;
    for (const Dtype dtype : {Dtype::kBool, Dtype::kU8, Dtype::kI8, Dtype::kI16, Dtype::kU16, Dtype::kF16, Dtype::kI32,
                              Dtype::kU32, Dtype::kF32, Dtype::kF64, Dtype::kI64, Dtype::kU64}) {
        tensors.push_back(made_tensor(fmt::format("tf_m/bert/{}/kernel:0", name_of(dtype)), dtype, {2, 3}));
        tensors.push_back(made_tensor(fmt::format("tf_m/head/{}/bias:0", name_of(dtype)), dtype, {}));
        tensors.push_back(made_tensor(fmt::format("tf_m/head/empty_{}:0", name_of(dtype)), dtype, {0, 4}));
    }
    tensors.push_back(made_tensor("tf_m/bn/moving_mean:0", Dtype::kF32, {4}));
    tensors.push_back(made_tensor("tf_m/bn/gamma:0", Dtype::kF32, {4}));
    tensors.push_back(made_tensor("model.shared/model.shared/embeddings:0", Dtype::kF32, {3, 2}));
    tensors.push_back(made_tensor("final_logits_bias:0", Dtype::kF32, {1, 2}));
    tensors.push_back(made_tensor("tf_m/scale:0", Dtype::kF32, {1}));
    return tensors;
}

std::vector<std::string> names_of(const Reader& reader) {
    std::vector<std::string> names;
    for (const auto& tensor : reader.tensors()) names.push_back(tensor.name);
    return names;
}

TEST(Hdf5, EveryTypeComesBackFromItsLayer) {
    const auto folder = TemporaryFolder::create().value();
    auto tensors = some_tensors();
    const auto expected = told(tensors);
    tensors.push_back(tied_to(tensors[0], "tied"));
    WriteOptions options;
    options.metadata = {{"keras_version", "2.12.0"}, {"format", "tf"}};
    ASSERT_TRUE(write_checkpoint(Format::kHdf5, folder.path(), tensors, options).has_value());
    const auto reader = opened(folder.path());
    EXPECT_EQ(told(*reader), expected);
    EXPECT_EQ(reader->metadata(), (Texts{{"backend", "tensorflow"}, {"keras_version", "2.12.0"}}));
    // By layers as they first come, what is not trained last, and the model's own variables behind all.
    const auto names = names_of(*reader);
    EXPECT_EQ((std::vector<std::string>(names.end() - 5, names.end())),
              (std::vector<std::string>{"tf_m/bn/gamma:0", "tf_m/bn/moving_mean:0", "model.shared/model.shared/embeddings:0",
                                        "final_logits_bias:0", "tf_m/scale:0"}));

    const Bytes first = file_bytes(folder.path() / "tf_model.h5");
    ASSERT_TRUE(write_checkpoint(Format::kHdf5, folder.path(), tensors, options).has_value());
    EXPECT_TRUE(first == file_bytes(folder.path() / "tf_model.h5"));
}

/// What a layer's group lists, and whether each of it can be opened there.
std::vector<std::string> listed(const std::filesystem::path& file, const std::string& layer) {
    const Hdf5Lock lock;
    const Handle opened(H5Fopen(file.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
    const Handle group(H5Gopen2(opened.id(), layer.c_str(), H5P_DEFAULT), H5Gclose);
    auto names = read_names(group.id(), "weight_names").value();
    for (auto& name : names) {
        const Handle dataset(H5Dopen2(group.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
        if (!dataset) name += " is not there";
    }
    return names;
}

// transformers missed token_type_embeddings in the head's group of files that were converted here, and warned of new weights.
TEST(Hdf5, WhatAHeadOrAStackBorrowsIsInItsGroupToo) {
    const auto folder = TemporaryFolder::create().value();
    const std::string bert = "tf_bert_for_masked_lm/bert/", head = "tf_bert_for_masked_lm/mlm___cls/predictions/bias:0";
    // The head first: what it borrows is not there yet when its group is made.
    std::vector<OutTensor> tensors{made_tensor(head, Dtype::kF32, {5}),
                                   made_tensor(bert + "embeddings/word_embeddings/weight:0", Dtype::kF32, {5, 2}),
                                   made_tensor(bert + "embeddings/token_type_embeddings/embeddings:0", Dtype::kF32, {2, 2}),
                                   made_tensor(bert + "encoder/layer_._0/output/dense/bias:0", Dtype::kF32, {2})};
    ASSERT_TRUE(write_checkpoint(Format::kHdf5, folder.path(), tensors).has_value());
    EXPECT_EQ(listed(folder.path() / "tf_model.h5", "mlm___cls"),
              (std::vector<std::string>{head, tensors[1].info.name, tensors[2].info.name}));
    EXPECT_EQ(listed(folder.path() / "tf_model.h5", "bert"),
              (std::vector<std::string>{tensors[1].info.name, tensors[2].info.name, tensors[3].info.name}));
    EXPECT_EQ(told(*opened(folder.path())), told(tensors));

    tensors = {made_tensor("shared/shared/embeddings:0", Dtype::kF32, {5, 2}),
               made_tensor("tf_t5for_conditional_generation/encoder/block_._0/layer_._0/layer_norm/weight:0", Dtype::kF32, {2}),
               made_tensor("tf_t5for_conditional_generation/decoder/final_layer_norm/weight:0", Dtype::kF32, {2})};
    ASSERT_TRUE(write_checkpoint(Format::kHdf5, folder.path(), tensors).has_value());
    for (std::size_t i : {1, 2})
        EXPECT_EQ(listed(folder.path() / "tf_model.h5", i == 1 ? "encoder" : "decoder"),
                  (std::vector<std::string>{tensors[i].info.name, tensors[0].info.name}));
    EXPECT_EQ(listed(folder.path() / "tf_model.h5", "shared"), (std::vector<std::string>{tensors[0].info.name}));
    EXPECT_EQ(told(*opened(folder.path())), told(tensors));
}

TEST(Hdf5, ShardsLeaveOutTheModelsNameAndTheIndexKeepsIt) {
    const auto folder = TemporaryFolder::create().value();
    const auto tensors = some_tensors();
    WriteOptions options;
    options.shard_bytes = 100;
    const auto written = write_checkpoint(Format::kHdf5, folder.path(), tensors, options).value();
    ASSERT_GT(written.files.size(), 3u);
    EXPECT_EQ(written.files[0], fmt::format("tf_model-00001-of-{:05}.h5", written.files.size() - 1));
    EXPECT_EQ(written.files.back(), "tf_model.h5.index.json");
    EXPECT_EQ(told(*opened(folder.path())), told(tensors));
    const auto shard = open_checkpoint_file(folder.path() / written.files[0]).value();
    EXPECT_EQ(shard->tensors()[0].name, "bert/BOOL/kernel:0");
    const auto last = open_checkpoint_file(folder.path() / written.files[written.files.size() - 2]).value();
    EXPECT_EQ(names_of(*last),
              (std::vector<std::string>{"final_logits_bias:0", "model.shared/model.shared/embeddings:0", "scale:0"}));
}

TEST(Hdf5, ListsThatNoHeadHasRoomForAreCut) {
    const auto folder = TemporaryFolder::create().value();
    std::vector<OutTensor> tensors;
    for (int i = 0; i < 1500; ++i)
        tensors.push_back(made_tensor(fmt::format("tf_m/layer/{}_{}:0", std::string(100, 'x'), i), Dtype::kU8, {1}));
    for (int i = 0; i < 800; ++i)
        tensors.push_back(made_tensor(fmt::format("tf_m/layer_{}_{}/b:0", std::string(100, 'x'), i), Dtype::kU8, {1}));
    ASSERT_TRUE(write_checkpoint(Format::kHdf5, folder.path(), tensors).has_value());
    EXPECT_EQ(told(*opened(folder.path())), told(tensors));
}

TEST(Hdf5, WhatKerasCannotHoldIsRefusedAndNothingIsLeft) {
    const auto folder = TemporaryFolder::create().value();
    const auto message = [&](std::vector<OutTensor> tensors) {
        return write_checkpoint(Format::kHdf5, folder.path(), tensors).error().message;
    };
    EXPECT_EQ(message({made_tensor("a", Dtype::kBF16, {1})}),
              "The tensor \"a\" is of the type BF16, which HDF5 files of Keras do not have. Convert it to F32.");
    EXPECT_EQ(message({made_tensor("a", Dtype::kC64, {1})}),
              "The tensor \"a\" is of the type C64, which HDF5 files of Keras do not have.");
    for (const char* name : {"a//b", "a/./b", "/a"})
        EXPECT_EQ(message({made_tensor(name, Dtype::kF32, {1})}),
                  fmt::format(
                      "\"{}\" cannot be kept in an HDF5 file: one of its segments is empty, or it has too many segments or axes.",
                      name));
    EXPECT_EQ(message({made_tensor("m/a/b", Dtype::kF32, {1}), made_tensor("m/a/b/c", Dtype::kF32, {1})}),
              "\"m/a/b/c\" cannot be kept in an HDF5 file: another tensor's name is the beginning of its own, or equal to it.");
    EXPECT_EQ(files_in(folder.path()), std::vector<std::string>{});
}

TEST(Hdf5, ManyThreadsReadAndOpenAtOnce) {
    const auto folder = TemporaryFolder::create().value();
    const auto tensors = some_tensors();
    ASSERT_TRUE(write_checkpoint(Format::kHdf5, folder.path(), tensors).has_value());
    const auto reader = opened(folder.path());
    const auto expected = told(tensors);
    std::vector<std::thread> threads;
    std::atomic<int> right = 0;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            if (told(*reader) == expected && told(*opened(folder.path())) == expected) ++right;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(right, 4);
}

}  // namespace
}  // namespace mirfa::checkpoint
