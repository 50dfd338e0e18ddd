// SPDX-License-Identifier: Apache-2.0
#include "card/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "card/generate.h"

namespace mirfa::card {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr std::string_view kState =
    R"({"best_metric": 0.3921, "global_step": 500, "num_train_epochs": 2, "train_batch_size": 8, "log_history": [
    {"epoch": 1.0, "eval_loss": 0.4123, "eval_accuracy": 0.861, "eval_runtime": 1.5, "eval_samples_per_second": 9.0, "step": 250},
    {"epoch": 1.5, "grad_norm": NaN, "learning_rate": 1e-05, "loss": 0.3987, "step": 400},
    {"epoch": 2.0, "eval_loss": 0.3921, "eval_accuracy": 0.8733, "step": 500},
    {"epoch": 2.0, "total_flos": 1.0, "train_loss": 0.4, "train_runtime": 9.0, "step": 500},
    {"epoch": 2.0, "eval_loss": 0.39, "eval_accuracy": 0.88, "step": 500}]})";

TEST(TrainingFiles, ATrainersStateGivesRowsAndScores) {
    CardFacts facts;
    ASSERT_TRUE(read_trainer_state(kState, facts).has_value());
    EXPECT_THAT(facts.training, ElementsAre(TrainingRow{250, 1.0, {}, {{"loss", 0.4123}, {"accuracy", 0.861}}, false},
                                            TrainingRow{500, 2.0, 0.3987, {{"loss", 0.3921}, {"accuracy", 0.8733}}, true}));
    EXPECT_THAT(facts.scores, ElementsAre(Score{"loss", 0.39, "", "", "", "", ""}, Score{"accuracy", 0.88, "", "", "", "", ""}));
    EXPECT_THAT(facts.hyper_parameters, ElementsAre(Pair("train_batch_size", "8"), Pair("num_epochs", "2")));
}

TEST(TrainingFiles, TheFirstEvaluationAloneCountsToo) {
    CardFacts facts;
    ASSERT_TRUE(read_trainer_state(R"({"log_history": [{"eval_loss": 1.0, "step": 1}]})", facts).has_value());
    EXPECT_EQ(facts.training.size(), 1u);
    EXPECT_FALSE(facts.training[0].best);
    EXPECT_THAT(facts.scores, ElementsAre(Score{"loss", 1.0, "", "", "", "", ""}));
}

TEST(TrainingFiles, ResultsOfTheEndAreScores) {
    CardFacts facts;
    facts.scores = {{"f1", 0.1, "", "", "", "", ""}};
    ASSERT_TRUE(
        read_results(
            R"({"epoch": 3.0, "eval_f1": 0.9, "eval_accuracy": 0.5, "eval_loss": Infinity, "eval_runtime": 1, "train_loss": 0.1, "eval_note": "x"})",
            facts)
            .has_value());
    EXPECT_THAT(facts.scores, ElementsAre(Score{"f1", 0.1, "", "", "", "", ""}, Score{"accuracy", 0.5, "", "", "", "", ""}));
}

TEST(TrainingFiles, ArgumentsBecomeHyperParameters) {
    CardFacts facts;
    ASSERT_TRUE(read_training_arguments(
                    R"({"seed": 42, "learning_rate": 2e-05, "per_device_train_batch_size": 8, "gradient_accumulation_steps": 1,
        "weight_decay": 0.0, "warmup_steps": 500, "optim": "adamw_torch", "max_steps": -1, "num_train_epochs": 3.0, "fp16": true, "bf16": false,
        "hub_token": "hf_secret", "hub_model_id": "acme/tiny", "label_names": ["a"]})",
                    facts)
                    .has_value());
    EXPECT_THAT(facts.hyper_parameters,
                ElementsAre(Pair("learning_rate", "2e-05"), Pair("train_batch_size", "8"), Pair("seed", "42"),
                            Pair("optimizer", "adamw_torch"), Pair("lr_scheduler_warmup_steps", "500"), Pair("num_epochs", "3"),
                            Pair("mixed_precision_training", "fp16")));
    EXPECT_EQ(facts.repository, "acme/tiny");
}

TEST(TrainingFiles, AConfigurationSaysWhatTheModelIs) {
    CardFacts facts;
    ASSERT_TRUE(
        read_model_config(
            R"({"_name_or_path": "acme/base", "architectures": ["BertForMaskedLM"], "model_type": "bert", "transformers_version": "4.47.0"})",
            facts)
            .has_value());
    EXPECT_EQ(facts.task, "fill-mask");
    EXPECT_EQ(facts.library, "transformers");
    EXPECT_THAT(facts.base_models, ElementsAre("acme/base"));
    EXPECT_THAT(facts.versions, ElementsAre(Pair("Transformers", "4.47.0")));
    CardFacts adapter;
    ASSERT_TRUE(read_adapter_config(
                    R"({"base_model_name_or_path": "acme/base", "task_type": "CAUSAL_LM", "r": 8, "lora_alpha": 16})", adapter)
                    .has_value());
    EXPECT_EQ(adapter.library, "peft");
    EXPECT_EQ(adapter.relation, "adapter");
    EXPECT_EQ(adapter.task, "text-generation");
    EXPECT_THAT(adapter.hyper_parameters, ElementsAre(Pair("lora_rank", "8"), Pair("lora_alpha", "16")));
}

TEST(TrainingFiles, LocalPathsAreNoBaseModels) {
    for (const char* path :
         {"/workspace/run1", "./out", "../m", "C:\\m", "checkpoint-500", "out/checkpoint-500", "", "/", "a/b/c"}) {
        CardFacts facts;
        EXPECT_FALSE(could_be_model_id(path)) << path;
        (void)read_model_config("{\"_name_or_path\": \"" + std::string(path) + "\"}", facts);
        EXPECT_TRUE(facts.base_models.empty()) << path;
    }
}

TEST(TrainingFiles, WhatIsNoJsonIsNamed) {
    for (const auto read : {read_trainer_state, read_results, read_training_arguments, read_model_config, read_adapter_config}) {
        CardFacts facts;
        EXPECT_FALSE(read("{", facts).has_value());
        EXPECT_FALSE(read("NaNs", facts).has_value());
        EXPECT_TRUE(read("[1, NaN, \"NaN \\\" Infinity\"]", facts).has_value());
        EXPECT_TRUE(facts.scores.empty() && facts.training.empty() && facts.hyper_parameters.empty());
    }
}

class TrainingFolder : public ::testing::Test {
protected:
    void write(const fs::path& name, std::string_view text) {
        ASSERT_TRUE(ensure_folder((folder_.path() / name).parent_path()).has_value());
        ASSERT_TRUE(write_small_file(folder_.path() / name, text).has_value());
    }
    TemporaryFolder folder_ = TemporaryFolder::create().value();
};

TEST_F(TrainingFolder, IsReadWithTheNewestCheckpoint) {
    write("config.json", R"({"architectures": ["BertForMaskedLM"], "model_type": "bert"})");
    write("all_results.json", R"({"eval_accuracy": 0.9})");
    write("checkpoint-9/trainer_state.json", "{}");
    write("checkpoint-500/trainer_state.json", kState);
    write("checkpoint-900/other", "");
    write("emissions.csv", "emissions\n0.25\n");
    CardFacts facts;
    const auto read = read_training_folder(folder_.path(), facts);
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_THAT(read.value(),
                ElementsAre("config.json", "all_results.json", "checkpoint-500/trainer_state.json", "emissions.csv"));
    EXPECT_EQ(facts.training.size(), 2u);
    EXPECT_THAT(facts.scores, ElementsAre(Score{"accuracy", 0.9, "", "", "", "", ""}, Score{"loss", 0.39, "", "", "", "", ""}));
    EXPECT_EQ(facts.emissions->grams, 250);
    EXPECT_TRUE(make_card(facts).has_value());
    write("trainer_state.json", "{}");
    CardFacts again;
    ASSERT_TRUE(read_training_folder(folder_.path(), again).has_value());
    EXPECT_TRUE(again.training.empty());
}

TEST_F(TrainingFolder, NamesTheFileThatIsWrong) {
    write("all_results.json", "{");
    CardFacts facts;
    EXPECT_THAT(read_training_folder(folder_.path(), facts).error().message, HasSubstr("all_results.json: "));
    EXPECT_EQ(read_training_folder(folder_.path() / "missing", facts).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace mirfa::card
