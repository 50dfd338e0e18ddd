// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/weight_files.h"

#include <gtest/gtest.h>

namespace mirfa::checkpoint {
namespace {

using Names = std::vector<std::string>;

TEST(WeightFiles, TheFirstLayoutThatIsNotTheTargetIsRead) {
    const Names names{"README.md", "config.json", "model.safetensors", "pytorch_model.bin"};
    EXPECT_EQ(weights_to_convert(names, "tf"), Names{"model.safetensors"});
    EXPECT_EQ(weights_to_convert(names, "safetensors"), Names{"pytorch_model.bin"});
    EXPECT_TRUE(has_weights_of(names, "pt"));
    EXPECT_FALSE(has_weights_of(names, "flax"));
    EXPECT_FALSE(has_weights_of(names, "gguf"));
}

TEST(WeightFiles, ShardsComeWithTheirIndexAndNothingElseDoes) {
    const Names names{"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model-x0002-of-00002.safetensors",
                      "model.fp16.safetensors", "model.safetensors.index.json"};
    EXPECT_EQ(weights_to_convert(names, "pt"),
              (Names{"model.safetensors.index.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"}));
    EXPECT_TRUE(weights_to_convert(Names{"model-00001-of-00002.safetensors"}, "pt").empty()) << "no index, no model";
}

TEST(WeightFiles, WhatMayBeWeightsIsToldByTheNameAlone) {
    for (const char* name : {"model.safetensors", "model.safetensors.index.json", "pytorch_model-00001-of-00002.bin",
                             "tf_model.h5", "flax_model.msgpack.index.json", "q8.gguf"})
        EXPECT_TRUE(may_be_weights(name)) << name;
    for (const char* name : {"README.md", "adapter_model.bin", "model-1-of-2.safetensors", "sub/model.safetensors", "gguf"})
        EXPECT_FALSE(may_be_weights(name)) << name;
    EXPECT_EQ(weights_for(Names{"q4.gguf", "a", "q8.gguf"}, "gguf"), (Names{"q4.gguf", "q8.gguf"}));
    EXPECT_EQ(weights_for(Names{"tf_model.h5"}, "tf"), Names{"tf_model.h5"});
    EXPECT_TRUE(weights_for(Names{"tf_model.h5"}, "no such target").empty());
}

TEST(WeightFiles, ALoaderTakesTheFirstLayoutThatIsThere) {
    EXPECT_EQ(weights_to_load(Names{"pytorch_model.bin", "model.safetensors"}), Names{"model.safetensors"});
    EXPECT_EQ(weights_to_load(Names{"tf_model.h5", "pytorch_model.bin"}), Names{"pytorch_model.bin"});
    EXPECT_EQ(weights_to_load(Names{"q8.gguf", "README.md"}), Names{"q8.gguf"});
    EXPECT_TRUE(weights_to_load(Names{"README.md"}).empty());
}

TEST(WeightFiles, OneGgufFileIsReadAndOfSeveralNoneIsGuessed) {
    EXPECT_EQ(weights_to_convert(Names{"q8.gguf"}, "safetensors"), Names{"q8.gguf"});
    EXPECT_TRUE(weights_to_convert(Names{"q4.gguf", "q8.gguf"}, "safetensors").empty());
    for (const char* target : {"gguf", "tf", "flax"}) EXPECT_TRUE(weights_to_convert(Names{"q8.gguf"}, target).empty()) << target;
    EXPECT_TRUE(has_weights_of(Names{"q8.gguf"}, "gguf"));
}

}  // namespace
}  // namespace mirfa::checkpoint
