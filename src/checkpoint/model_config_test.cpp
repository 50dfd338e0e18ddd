// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/model_config.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace mirfa::checkpoint {
namespace {

TEST(ModelConfig, WhatDecidesAboutNamesAndShapesIsTaken) {
    const ModelConfig config =
        parse_model_config(R"({"model_type":"bert","architectures":["BertForMaskedLM"],"tie_word_embeddings":false,
            "hidden_size":768,"vocab_size":30522,"layer_norm_eps":1e-12,"pad_token_id":-1,"id2label":{"0":"a"}})")
            .value();
    EXPECT_EQ(config.model_type, "bert");
    EXPECT_EQ(config.architecture(), "BertForMaskedLM");
    EXPECT_EQ(config.tie_word_embeddings, false);
    EXPECT_EQ(config.size({"n_embd", "hidden_size"}), 768u);
    EXPECT_EQ(config.size({"d_model"}), std::nullopt);
    EXPECT_EQ(config.number({"layer_norm_eps"}), 1e-12);
    EXPECT_EQ(config.number({"hidden_size"}), 768.0);
}

TEST(ModelConfig, RotaryPositionsAndListsOfTokensAreTakenApart) {
    const ModelConfig config = parse_model_config(R"({"rope_parameters":{"rope_theta":500000.0,"type":"yarn","factor":4},
        "eos_token_id":[7,8],"bos_token_id":[],"other":[1]})")
                                   .value();
    EXPECT_EQ(config.number({"rope.rope_theta"}), 500000.0);
    EXPECT_EQ(config.number({"rope.factor"}), 4.0);
    EXPECT_EQ(config.words.at("rope.rope_type"), "yarn");
    EXPECT_EQ(config.size({"eos_token_id"}), 7u);
    EXPECT_EQ(config.size({"bos_token_id"}), std::nullopt);
    EXPECT_EQ(config.size({"other"}), std::nullopt);
}

TEST(ModelConfig, WhatIsMissingOrNullStaysOpen) {
    const ModelConfig config =
        parse_model_config(R"({"architectures":null,"model_type":null,"tie_word_embeddings":null})").value();
    EXPECT_EQ(config.architecture(), "");
    EXPECT_EQ(config.model_type, "");
    EXPECT_EQ(config.tie_word_embeddings, std::nullopt);
}

TEST(ModelConfig, WhatIsNoConfigurationIsRefusedWithTheMember) {
    EXPECT_EQ(parse_model_config("[]").error().message, "config.json holds no JSON object.");
    EXPECT_EQ(parse_model_config("{").error().code, Code::kInvalidArgument);
    EXPECT_EQ(parse_model_config(R"({"model_type":3})").error().message, "config.json: \"model_type\" is not a short text.");
    EXPECT_EQ(parse_model_config(R"({"architectures":"x"})").error().message,
              "config.json: \"architectures\" is not a short list of classes.");
    EXPECT_EQ(parse_model_config(R"({"tie_word_embeddings":1})").error().message,
              "config.json: \"tie_word_embeddings\" is not true or false.");
}

TEST(ModelConfig, AFolderWithoutOneIsToldApart) {
    const auto folder = TemporaryFolder::create().value();
    EXPECT_EQ(load_model_config(folder.path()).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mirfa::checkpoint
