// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/names.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

TEST(Names, TheScopeOfAModelIsWhatKerasMakesOfItsClass) {
    const std::pair<const char*, const char*> cases[] = {
        {"TFBertModel", "tf_bert_model"},
        {"TFGPT2LMHeadModel", "tfgp_t2lm_head_model"},
        {"TFT5ForConditionalGeneration", "tf_t5for_conditional_generation"},
        {"TFViTModel", "tf_vi_t_model"},
        {"TFCLIPModel", "tfclip_model"},
        {"TFDeiTModel", "tf_dei_t_model"},
        {"TFXLNetLMHeadModel", "tfxl_net_lm_head_model"},
        {"TFOpenAIGPTModel", "tf_open_aigpt_model"},
        {"TFLayoutLMv3Model", "tf_layout_l_mv3model"},
        {"TFMPNetForMaskedLM", "tfmp_net_for_masked_lm"},
        {"TFViTMAEModel", "tf_vi_tmae_model"},
        {"_Hidden", "private__hidden"},
        {"", ""},
    };
    for (const auto& [name, scope] : cases) EXPECT_EQ(keras_scope(name), scope);
}

TEST(Names, AVariableOfTensorFlowIsFoundInPyTorch) {
    const std::tuple<const char*, std::size_t, TurnedName> cases[] = {
        {"tf_bert_for_pre_training/mlm___cls/predictions/transform/dense/kernel:0",
         2,
         {"cls.predictions.transform.dense.weight", Turn::kReverse}},
        {"tf_funnel_model/funnel/encoder/blocks_._0_._1/attention/r_kernel:0",
         3,
         {"funnel.encoder.blocks.0.1.attention.r_kernel", Turn::kNone}},
        {"model.shared/model.shared/embeddings:0", 2, {"model.shared.weight", Turn::kNone}},
        {"final_logits_bias:0", 2, {"final_logits_bias", Turn::kNone}},
        {"tf_conv_bert_model/convbert/encoder/layer_._0/attention/self/key_conv_attn_layer/depthwise_kernel:0",
         3,
         {"convbert.encoder.layer.0.attention.self.key_conv_attn_layer.depthwise.weight", Turn::kReverse}},
        {"tf_sam_model/prompt_encoder/point_embed_._0.weight:0", 2, {"prompt_encoder.point_embed.0.weight", Turn::kNone}},
        {"tf_cvt_model/cvt/encoder/stages.0/embedding/convolution_embeddings/projection/kernel:0",
         4,
         {"cvt.encoder.stages.0.embedding.convolution_embeddings.projection.weight", Turn::kConv2d}},
        {"cvt.encoder.stages.2.cls_token:0", 3, {"cvt.encoder.stages.2.cls_token", Turn::kNone}},
        {"tf_transfo_xl_model/transformer/word_emb/emb_projs_._0/x:0", 2, {"transformer.word_emb.emb_projs.0.x", Turn::kReverse}},
        {"scope//a___b/c___d/kernel:0", 1, {"b.c___d.weight", Turn::kReverse}},
        {"x/y/LayerNorm/beta:0", 1, {"y.LayerNorm.bias", Turn::kNone}},
    };
    for (const auto& [variable, rank, expected] : cases)
        EXPECT_EQ(torch_name_of_tf(variable, rank).value(), expected) << variable;
}

TEST(Names, AScopeAroundAModelIsTakenOff) {
    EXPECT_EQ(torch_name_of_tf("rag/encoder/tf_bert/bert/pooler/dense/bias:0", 1, "rag/encoder").value().name,
              "bert.pooler.dense.bias");
    EXPECT_EQ(torch_name_of_tf("final_logits_bias:0", 2, "rag").value().name, "final_logits_bias");
    EXPECT_EQ(torch_name_of_tf("other/x:0", 2, "rag").error().message, "The variable other/x:0 is not below rag.");
}

// What a template's leaf says about the tensor's shape in PyTorch.
std::size_t rank_of(const NameTemplate& row) {
    const auto dot = row.torch.rfind('.');
    const std::string leaf = row.torch.substr(dot + 1);
    if (row.tf_turn == Turn::kConv2d || row.flax_turn == Turn::kConv2d) return 4;
    if (row.torch.find("depthwise") != std::string::npos || row.torch.find("pointwise") != std::string::npos) return 3;
    if (row.tf.ends_with("/gamma") || row.flax.ends_with("/scale") || leaf == "bias") return 1;
    return 2;
}

bool has_row(const NameFamily& family, const std::string& torch) {
    return std::ranges::find(family.rows, torch, &NameTemplate::torch) != family.rows.end();
}

// Vectors among matrices cannot be told from the templates: these are RMS norms and the norms that are raw.
bool is_vector_weight(const NameTemplate& row) {
    if (!row.torch.ends_with(".weight")) return false;
    const std::string where = row.torch.substr(0, row.torch.size() - 7);
    return where.ends_with("norm") || where.ends_with("LayerNorm") || where.ends_with("norm1") || where.ends_with("norm2");
}

TEST(Names, TheRulesGiveTheLastComponentThatTheTemplatesHave) {
    std::size_t checked = 0;
    for (const NameFamily& family : name_families()) {
        for (const NameTemplate& row : family.rows) {
            if (family.model_type == "sam" && row.tf.ends_with(".weight")) continue;  // raw parameters with a dot in their name
            std::size_t rank = is_vector_weight(row) ? 1 : rank_of(row);
            if (row.torch.find(".grn.") != std::string::npos) rank = 4;
            const auto dot = row.torch.rfind('.');
            const std::string where = row.torch.substr(0, dot == std::string::npos ? 0 : dot);
            Module module;
            module.has_bias = has_row(family, where + ".bias");
            for (const NameTemplate& other : family.rows) {
                if (other.torch == where + ".weight")
                    module.norm = other.tf.ends_with("/gamma") || other.flax.ends_with("/scale");
            }
            if (!row.tf.empty()) {
                const TurnedName guess = tf_name_by_rules(row.torch, rank, module, family.model_type);
                // CvT's class tokens stand outside of any scope, under a name with dots.
                const std::size_t last =
                    row.tf_whole && row.tf.find('/') == std::string::npos ? row.tf.rfind('.') : row.tf.rfind('/');
                EXPECT_EQ(guess.name.substr(guess.name.rfind('/') + 1), row.tf.substr(last + 1))
                    << family.model_type << " " << row.torch;
                EXPECT_EQ(guess.turn, row.tf_turn) << family.model_type << " " << row.torch;
                ++checked;
            }
            if (!row.flax.empty()) {
                EXPECT_EQ(flax_name_by_rules(row.torch, rank, module), (TurnedName{row.flax, row.flax_turn}))
                    << family.model_type << " " << row.torch;
                ++checked;
            }
        }
    }
    EXPECT_GT(checked, 4000u);
}

TEST(Names, LeavesOfFlaxAreFoundInPyTorch) {
    for (const NameFamily& family : name_families()) {
        for (const NameTemplate& row : family.rows) {
            if (row.flax.empty()) continue;
            const TurnedName expected{row.torch, row.flax_turn};
            EXPECT_EQ(torch_name_of_flax(row.flax, rank_of(row)), expected) << row.flax;
        }
    }
    EXPECT_TRUE(is_batch_statistic("resnet/embedder/normalization/mean"));
    EXPECT_FALSE(is_batch_statistic("resnet/embedder/normalization/scale"));
}

TEST(Names, ListsAreJoinedInTheStyleOfTheModel) {
    const Module norm{true, true};
    EXPECT_EQ(tf_name_by_rules("a.layer.0.norm.weight", 1, norm), (TurnedName{"a/layer_._0/norm/gamma", Turn::kNone}));
    EXPECT_EQ(tf_name_by_rules("a.layer.0.norm.bias", 1, norm, {}, ListStyle::kDot),
              (TurnedName{"a/layer.0/norm/beta", Turn::kNone}));
    EXPECT_EQ(tf_name_by_rules("a.layer.0.x.weight", 3, {}, {}, ListStyle::kSlash),
              (TurnedName{"a/layer/0/x/kernel", Turn::kReverse}));
    EXPECT_EQ(tf_name_by_rules("norm.weight", 1, {true, false}), (TurnedName{"norm/weight", Turn::kNone}));
    EXPECT_EQ(tf_name_by_rules("logit_scale", 0, {}), (TurnedName{"logit_scale", Turn::kNone}));
}

TEST(Names, OldAndNewSpellingsBecomeTheUsualOne) {
    EXPECT_EQ(usual_spelling("bert.embeddings.LayerNorm.gamma"), "bert.embeddings.LayerNorm.weight");
    EXPECT_EQ(usual_spelling("bert.embeddings.LayerNorm.beta"), "bert.embeddings.LayerNorm.bias");
    EXPECT_EQ(usual_spelling("alphabeta.weight"), "alphabeta.weight");
    EXPECT_EQ(usual_spelling("conv.parametrizations.weight.original0"), "conv.weight_g");
    EXPECT_EQ(usual_spelling("conv.parametrizations.weight.original1"), "conv.weight_v");
    EXPECT_EQ(usual_spelling("original0"), "original0");
}

TEST(Names, AWrapperIsTakenOffOnlyWhenEveryNameHasIt) {
    EXPECT_EQ(wrapper_of(std::vector<std::string>{"module.a", "module.b"}, false), "module.");
    EXPECT_EQ(wrapper_of(std::vector<std::string>{"module.a", "b"}, false), "");
    EXPECT_EQ(wrapper_of(std::vector<std::string>{"_orig_mod.a"}, false), "_orig_mod.");
    EXPECT_EQ(wrapper_of(std::vector<std::string>{"model.a"}, false), "");
    EXPECT_EQ(wrapper_of(std::vector<std::string>{"model.a"}, true), "model.");
    EXPECT_EQ(wrapper_of({}, true), "");
}

TEST(Names, BuffersAreKnownByNameAndShape) {
    EXPECT_TRUE(buffer_reason("bert.embeddings.position_ids", {1, 512}, Dtype::kI64));
    EXPECT_TRUE(buffer_reason("h.0.attn.bias", {1, 1, 8, 8}, Dtype::kU8));
    EXPECT_FALSE(buffer_reason("h.0.attn.bias", {8}, Dtype::kF32));
    EXPECT_TRUE(buffer_reason("h.0.attn.masked_bias", {}, Dtype::kF32));
    EXPECT_TRUE(buffer_reason("x.num_batches_tracked", {}, Dtype::kI64));
    EXPECT_TRUE(buffer_reason("encoder.version", {1}, Dtype::kF32));
    EXPECT_FALSE(buffer_reason("conversion", {4, 4}, Dtype::kF32));
    EXPECT_TRUE(ignored_reason("t5", "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"));
    EXPECT_FALSE(ignored_reason("bert", "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"));
}

TEST(Names, AHeadIsTiedToTheEmbeddingOfItsModel) {
    const std::vector<std::string> bert{"bert.embeddings.word_embeddings.weight", "cls.predictions.bias"};
    EXPECT_EQ(tied_to("cls.predictions.decoder.weight", bert), "bert.embeddings.word_embeddings.weight");
    EXPECT_EQ(tied_to("cls.predictions.decoder.bias", bert), "cls.predictions.bias");
    EXPECT_EQ(tied_to("bert.pooler.dense.weight", bert), std::nullopt);
    const std::vector<std::string> bart{"model.encoder.embed_tokens.weight", "model.shared.weight"};
    EXPECT_EQ(tied_to("lm_head.weight", bart), "model.shared.weight");
    EXPECT_EQ(tied_to("model.encoder.embed_tokens.weight", bart), "model.shared.weight");
    const std::vector<std::string> two{"encoder.embeddings.word_embeddings.weight", "decoder.transformer.wte.weight"};
    EXPECT_EQ(tied_to("decoder.lm_head.weight", two), "decoder.transformer.wte.weight");
    EXPECT_EQ(tied_to("lm_head.weight", std::vector<std::string>{"x.weight"}), std::nullopt);
}

TEST(Names, ABaseClassIsToldFromAModelWithAHead) {
    EXPECT_TRUE(is_base_class("BertModel"));
    EXPECT_TRUE(is_base_class("GPT2Model"));
    EXPECT_FALSE(is_base_class("GPT2LMHeadModel"));
    EXPECT_FALSE(is_base_class("GPT2DoubleHeadsModel"));
    EXPECT_FALSE(is_base_class("BertForMaskedLM"));
}

}  // namespace
}  // namespace mirfa::checkpoint
