// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/name_templates.h"

#include <gtest/gtest.h>

#include <set>

namespace mirfa::checkpoint {
namespace {

const NameTemplate* row_of(std::string_view model_type, std::string_view torch) {
    const NameFamily* family = find_family(model_type);
    if (family == nullptr) return nullptr;
    for (const NameTemplate& row : family->rows) {
        if (row.torch == torch) return &row;
    }
    return nullptr;
}

TEST(NameTemplates, TheTypesThatTheFrameworksHaveClassesForAreKnown) {
    std::size_t tf = 0, flax = 0;
    for (const NameFamily& family : name_families()) {
        tf += family.has_tf ? 1 : 0;
        flax += family.has_flax ? 1 : 0;
        EXPECT_FALSE(family.rows.empty()) << family.model_type;
    }
    EXPECT_EQ(tf, 67u);
    EXPECT_EQ(flax, 37u);
    EXPECT_EQ(find_family("no-such-type"), nullptr);
    EXPECT_EQ(find_family("bert")->prefix, "bert.");
    EXPECT_EQ(find_family("clip")->prefix, "");
    EXPECT_TRUE(find_family("resnet")->batch_stats);
}

TEST(NameTemplates, ALineSaysWhatATensorIsCalledEverywhere) {
    const NameTemplate* query = row_of("bert", "bert.encoder.layer.{0}.attention.self.query.weight");
    ASSERT_NE(query, nullptr);
    EXPECT_EQ(query->tf, "bert/encoder/layer_._{0}/attention/self/query/kernel");
    EXPECT_EQ(query->tf_turn, Turn::kReverse);
    EXPECT_EQ(query->flax, "bert/encoder/layer/{0}/attention/self/query/kernel");
    EXPECT_EQ(query->flax_turn, Turn::kReverse);
    const NameTemplate* shared = row_of("bart", "model.shared.weight");
    ASSERT_NE(shared, nullptr);
    EXPECT_EQ(shared->tf, "model.shared/model.shared/embeddings");
    EXPECT_TRUE(shared->tf_whole);
    EXPECT_EQ(shared->flax, "model/shared/embedding");
    const NameTemplate* bias = row_of("gpt2", "transformer.h.{0}.attn.c_attn.bias");
    ASSERT_NE(bias, nullptr);
    EXPECT_EQ(bias->tf_fit, Fit::kRow);
    const NameTemplate* head = row_of("bert", "cls.predictions.decoder.weight");
    ASSERT_NE(head, nullptr);
    EXPECT_EQ(head->tf, "");
    EXPECT_EQ(row_of("bart", "final_logits_bias")->tf, "final_logits_bias");
    EXPECT_EQ(row_of("resnet", "resnet.encoder.stages.{0}.layers.{1}.layer.{2}.convolution.weight")->tf,
              "resnet/encoder/stages.{0}/layers.{1}/layer.{2}/convolution/kernel");
}

TEST(NameTemplates, NamesAndIndicesMakeEachOther) {
    EXPECT_EQ(match_name("a.{0}.b.{1}", "a.12.b.0"), (Indices{"12", "0"}));
    EXPECT_EQ(match_name("a.{0}.b", "a..b"), std::nullopt);
    EXPECT_EQ(match_name("a.{0}.b", "a.1.bc"), std::nullopt);
    EXPECT_EQ(match_name("a.{0}", "a.x"), std::nullopt);
    EXPECT_EQ(match_name("plain", "plain"), Indices{});
    EXPECT_EQ(fill_in("blocks_._{0}_._{1}/x", {"3", "11"}), "blocks_._3_._11/x");
}

TEST(NameTemplates, NoTwoTensorsOfATypeHaveOneName) {
    for (const NameFamily& family : name_families()) {
        std::set<std::string> torch, tf, flax;
        for (const NameTemplate& row : family.rows) {
            // BLIP's base model has a level that its models for tasks lack.
            EXPECT_TRUE(torch.insert(row.torch).second || family.model_type == "blip") << row.torch;
            EXPECT_TRUE(row.tf.empty() || tf.insert(row.tf).second) << row.tf;
            EXPECT_TRUE(row.flax.empty() || flax.insert(row.flax).second) << row.flax;
        }
    }
}

TEST(NameTemplates, ShapesAreFittedAndComeBack) {
    const std::tuple<Fit, Shape, Shape> cases[] = {
        {Fit::kRow, {2304}, {1, 2304}},
        {Fit::kOne, {}, {1}},
        {Fit::kColumn, {384, 1}, {384}},
        {Fit::kFlat, {48, 1, 1}, {48}},
        {Fit::kFront, {1, 1, 128}, {128, 1, 1}},
        {Fit::kMiddle, {9, 1, 768}, {9, 768, 1}},
        {Fit::kSame, {2, 3}, {2, 3}},
    };
    for (const auto& [fit, torch, tf] : cases) {
        EXPECT_EQ(fitted(fit, torch).value(), tf);
        EXPECT_EQ(unfitted(fit, tf).value(), torch);
    }
    EXPECT_EQ(fitted(Fit::kRow, {2, 3}).error().message, "A shape (n) is expected, this one is [2, 3].");
    EXPECT_FALSE(unfitted(Fit::kRow, {2, 3}).has_value());
    EXPECT_FALSE(unfitted(Fit::kFront, {2, 3, 1}).has_value());
}

TEST(NameTemplates, ALineThatCannotBeReadIsNamed) {
    EXPECT_EQ(parse_name_families("[x . - tf]\na b").error().message,
              "Line 2: A module has a word for its tensors, a name its last components.");
    EXPECT_EQ(parse_name_families("a.b dense").error().message, "Line 1: A name stands before the first model type.");
    EXPECT_EQ(parse_name_families("[x . - tf]\na.b kernel:9 -").error().message, "Line 2: kernel:9 names no change of axes.");
    EXPECT_EQ(parse_name_families("[x . - tf]\na.b kernel~big -").error().message, "Line 2: kernel~big names no shape.");
}

}  // namespace
}  // namespace mirfa::checkpoint
