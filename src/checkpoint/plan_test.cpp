// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "checkpoint/gguf_names.h"
#include "checkpoint/name_templates.h"
#include "checkpoint/names.h"

namespace mirfa::checkpoint {
namespace {

TensorInfo tensor(std::string name, Shape shape, Dtype dtype = Dtype::kF32) {
    const std::uint64_t size_bytes = size_of(dtype, shape).value();
    return {std::move(name), dtype, std::move(shape), size_bytes};
}

ModelConfig config_of(std::string type, std::string architecture = {}, std::optional<bool> tied = {}) {
    ModelConfig config;
    config.model_type = std::move(type);
    if (!architecture.empty()) config.architectures = {std::move(architecture)};
    config.tie_word_embeddings = tied;
    return config;
}

// What a reader of the written file would say.
std::vector<TensorInfo> written(const Plan& plan) {
    std::vector<TensorInfo> tensors;
    for (const PlanRow& row : plan.rows) {
        if (row.same_as.empty()) tensors.push_back(tensor(row.target_name, row.shape, row.dtype));
    }
    return tensors;
}

std::vector<std::pair<std::string, Shape>> names_and_shapes(std::span<const TensorInfo> tensors) {
    std::vector<std::pair<std::string, Shape>> list;
    for (const TensorInfo& info : tensors) {
        if (!info.name.ends_with("num_batches_tracked")) list.emplace_back(info.name, info.shape);
    }
    std::ranges::sort(list);
    return list;
}

// A shape that the template can have, with axes that are told apart.
Shape shape_of(const NameTemplate& row) {
    switch (row.tf_fit) {
        case Fit::kSame: break;
        case Fit::kRow: return {5};
        case Fit::kColumn: return {5, 1};
        case Fit::kOne: return {};
        case Fit::kFront: return {1, 1, 7};
        case Fit::kFlat: return {7, 1, 1};
        case Fit::kMiddle: return {6, 1, 9};
    }
    if (row.tf_turn == Turn::kConv2d || row.flax_turn == Turn::kConv2d) return {6, 3, 2, 5};
    if (row.torch.find("pointwise.weight") != std::string::npos || row.torch.find(".conv_layers.") != std::string::npos)
        return {4, 3, 2};
    if (row.tf.ends_with("gamma") || row.torch.ends_with("bias")) return {7};
    return {4, 3};
}

std::vector<TensorInfo> instances(const NameTemplate& row) {
    std::vector<TensorInfo> tensors;
    for (const char* first : {"0", "1", "2"}) {
        for (const char* second : {"0", "1"}) {
            const std::string name = fill_in(row.torch, {first, second, second, second});
            if (std::ranges::find(tensors, name, &TensorInfo::name) == tensors.end())
                tensors.push_back(tensor(name, shape_of(row)));
        }
    }
    return tensors;
}

void go_there_and_back(const NameFamily& family, Target target, const std::string& architecture) {
    std::vector<TensorInfo> tensors;
    const bool base = is_base_class(architecture);
    for (const NameTemplate& row : family.rows) {
        if ((target == Target::kTensorFlow ? row.tf : row.flax).empty()) continue;
        if (base && !row.torch.starts_with(family.prefix)) continue;
        if (family.model_type == "blip" && base != row.tf.starts_with("blip/")) continue;
        for (TensorInfo info : instances(row)) {
            if (base) info.name.erase(0, family.prefix.size());
            tensors.push_back(std::move(info));
        }
    }
    const ModelConfig config = config_of(family.model_type, architecture, false);
    const auto there = make_plan(config, Framework::kTorch, target, tensors, {});
    ASSERT_TRUE(there.has_value()) << family.model_type << ": " << there.error().message;
    ASSERT_TRUE(check_plan(there.value()).has_value()) << family.model_type << ": " << check_plan(there.value()).error().message;
    EXPECT_EQ(there.value().rows.size(), tensors.size()) << family.model_type;
    const std::vector<TensorInfo> foreign = written(there.value());
    const auto back = make_plan(config, framework_of(target), Target::kSafetensors, foreign, {});
    ASSERT_TRUE(back.has_value()) << family.model_type << ": " << back.error().message;
    ASSERT_TRUE(check_plan(back.value()).has_value()) << family.model_type << ": " << check_plan(back.value()).error().message;
    EXPECT_EQ(names_and_shapes(written(back.value())), names_and_shapes(tensors)) << family.model_type;
    for (const PlanRow& row : back.value().rows) {
        EXPECT_FALSE(row.guessed) << family.model_type << " " << row.source_name;
        if (!row.source) continue;
        const PlanRow& first = there.value().rows[*row.source];
        // Whatever was moved comes back, also where a square shape would hide it.
        EXPECT_TRUE(after(first.axes, row.axes).empty()) << family.model_type << " " << row.source_name;
    }
}

class EveryModelType : public testing::TestWithParam<std::string> {};

TEST_P(EveryModelType, KeepsItsNamesThroughTensorFlow) {
    const NameFamily& family = *find_family(GetParam());
    if (!family.has_tf) return;
    go_there_and_back(family, Target::kTensorFlow, "XForTest");
    if (!family.prefix.empty() || family.model_type == "blip") go_there_and_back(family, Target::kTensorFlow, "XModel");
}

TEST_P(EveryModelType, KeepsItsNamesThroughFlax) {
    const NameFamily& family = *find_family(GetParam());
    if (!family.has_flax) return;
    go_there_and_back(family, Target::kFlax, "XForTest");
    if (!family.prefix.empty()) go_there_and_back(family, Target::kFlax, "XModel");
}

std::vector<std::string> model_types() {
    std::vector<std::string> types;
    for (const NameFamily& family : name_families()) types.push_back(family.model_type);
    return types;
}

INSTANTIATE_TEST_SUITE_P(Names, EveryModelType, testing::ValuesIn(model_types()), [](const auto& made) {
    std::string name = made.param;
    std::ranges::replace(name, '-', '_');
    return name;
});

struct Special {
    const char *type, *architecture, *torch;
    Shape shape;
    const char* tf;
    Shape tf_shape;
};

TEST(Plan, TheSpecialCasesOfTensorFlowAreMet) {
    const Special cases[] = {
        {"bert",
         "BertForPreTraining",
         "cls.predictions.transform.dense.weight",
         {4, 3},
         "tf_bert_for_pre_training/mlm___cls/predictions/transform/dense/kernel:0",
         {3, 4}},
        {"bert",
         "BertForPreTraining",
         "cls.seq_relationship.bias",
         {2},
         "tf_bert_for_pre_training/nsp___cls/seq_relationship/bias:0",
         {2}},
        {"bert",
         "BertForMaskedLM",
         "bert.embeddings.LayerNorm.gamma",
         {4},
         "tf_bert_for_masked_lm/bert/embeddings/LayerNorm/gamma:0",
         {4}},
        {"albert",
         "AlbertForMaskedLM",
         "albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight",
         {4, 3},
         "tf_albert_for_masked_lm/albert/encoder/albert_layer_groups_._0/albert_layers_._0/ffn/kernel:0",
         {3, 4}},
        {"roberta", "RobertaForMaskedLM", "lm_head.bias", {9}, "tf_roberta_for_masked_lm/lm_head/bias:0", {9}},
        {"gpt2",
         "GPT2LMHeadModel",
         "transformer.h.0.attn.c_attn.weight",
         {4, 12},
         "tfgp_t2lm_head_model/transformer/h_._0/attn/c_attn/weight:0",
         {4, 12}},
        {"gpt2",
         "GPT2LMHeadModel",
         "transformer.h.0.attn.c_attn.bias",
         {12},
         "tfgp_t2lm_head_model/transformer/h_._0/attn/c_attn/bias:0",
         {1, 12}},
        {"openai-gpt",
         "OpenAIGPTLMHeadModel",
         "transformer.tokens_embed.weight",
         {9, 4},
         "tf_open_aigptlm_head_model/transformer/tokens_embed/weight:0",
         {9, 4}},
        {"t5", "T5ForConditionalGeneration", "shared.weight", {9, 4}, "shared/shared/embeddings:0", {9, 4}},
        {"t5",
         "T5ForConditionalGeneration",
         "encoder.block.0.layer.1.DenseReluDense.wi_0.weight",
         {8, 4},
         "tf_t5for_conditional_generation/encoder/block_._0/layer_._1/DenseReluDense/wi_0/kernel:0",
         {4, 8}},
        {"bart", "BartForConditionalGeneration", "model.shared.weight", {9, 4}, "model.shared/model.shared/embeddings:0", {9, 4}},
        {"bart", "BartForConditionalGeneration", "final_logits_bias", {1, 9}, "final_logits_bias:0", {1, 9}},
        {"led", "LEDForConditionalGeneration", "led.shared.weight", {9, 4}, "led.shared/led.shared/embeddings:0", {9, 4}},
        {"clip", "CLIPModel", "logit_scale", {}, "tfclip_model/clip/logit_scale:0", {1}},
        {"clip",
         "CLIPModel",
         "vision_model.embeddings.patch_embedding.weight",
         {8, 3, 2, 5},
         "tfclip_model/clip/vision_model/embeddings/patch_embedding/kernel:0",
         {2, 5, 3, 8}},
        {"convbert",
         "ConvBertModel",
         "encoder.layer.0.attention.self.key_conv_attn_layer.depthwise.weight",
         {6, 1, 9},
         "tf_conv_bert_model/convbert/encoder/layer_._0/attention/self/key_conv_attn_layer/depthwise_kernel:0",
         {9, 6, 1}},
        {"convbert",
         "ConvBertModel",
         "encoder.layer.0.attention.self.key_conv_attn_layer.pointwise.weight",
         {5, 6, 1},
         "tf_conv_bert_model/convbert/encoder/layer_._0/attention/self/key_conv_attn_layer/pointwise_kernel:0",
         {1, 6, 5}},
        {"convbert",
         "ConvBertModel",
         "encoder.layer.0.attention.self.key_conv_attn_layer.bias",
         {5, 1},
         "tf_conv_bert_model/convbert/encoder/layer_._0/attention/self/key_conv_attn_layer/bias:0",
         {5}},
        {"ctrl", "CTRLLMHeadModel", "lm_head.bias", {9}, "tfctrllm_head_model/lm_head/bias:0", {1, 9}},
        {"ctrl",
         "CTRLLMHeadModel",
         "transformer.h.0.ffn.0.weight",
         {8, 4},
         "tfctrllm_head_model/transformer/h_._0/ffn/0/kernel:0",
         {4, 8}},
        {"cvt", "CvtModel", "encoder.stages.2.cls_token", {1, 1, 6}, "cvt.encoder.stages.2.cls_token:0", {1, 1, 6}},
        {"encoder-decoder",
         "EncoderDecoderModel",
         "encoder.pooler.dense.bias",
         {4},
         "tf_encoder_decoder_model/encoder/bert/pooler/dense/bias:0",
         {4}},
        {"funnel",
         "FunnelModel",
         "encoder.blocks.0.1.attention.r_kernel",
         {6, 2, 3},
         "tf_funnel_model/funnel/encoder/blocks_._0_._1/attention/r_kernel:0",
         {6, 2, 3}},
        {"gptj", "GPTJForCausalLM", "transformer.wte.weight", {9, 4}, "tfgptj_for_causal_lm/transformer/wte/weight:0", {9, 4}},
        {"mobilebert",
         "MobileBertForMaskedLM",
         "cls.predictions.decoder.weight",
         {9, 4},
         "tf_mobile_bert_for_masked_lm/predictions___cls/predictions/decoder/weight:0",
         {9, 4}},
        {"rembert",
         "RemBertForMaskedLM",
         "cls.predictions.decoder.weight",
         {9, 4},
         "tf_rem_bert_for_masked_lm/mlm___cls/predictions/decoder/weight:0",
         {9, 4}},
        {"resnet",
         "ResNetModel",
         "embedder.embedder.normalization.running_var",
         {4},
         "tf_res_net_model/resnet/embedder/embedder/normalization/moving_variance:0",
         {4}},
        {"sam",
         "SamModel",
         "prompt_encoder.point_embed.0.weight",
         {1, 4},
         "tf_sam_model/prompt_encoder/point_embed_._0.weight:0",
         {1, 4}},
        {"sam",
         "SamModel",
         "mask_decoder.upscale_conv1.weight",
         {6, 3, 2, 5},
         "tf_sam_model/mask_decoder/upscale_conv1/kernel:0",
         {2, 5, 3, 6}},
        {"swiftformer",
         "SwiftFormerModel",
         "encoder.network.0.blocks.0.layer_scale_1",
         {6, 1, 1},
         "tf_swift_former_model/swiftformer/encoder/network_._0/blocks_._0/layer_scale_1:0",
         {6}},
        {"tapas", "TapasForQuestionAnswering", "output_weights", {6}, "output/output_weights:0", {6}},
        {"wav2vec2",
         "Wav2Vec2Model",
         "encoder.pos_conv_embed.conv.parametrizations.weight.original0",
         {1, 1, 6},
         "tf_wav2vec2_model/wav2vec2/encoder/pos_conv_embed/conv/weight_g:0",
         {6, 1, 1}},
        {"hubert",
         "HubertModel",
         "encoder.pos_conv_embed.conv.weight_v",
         {6, 2, 3},
         "tf_hubert_model/hubert/encoder/pos_conv_embed/conv/weight_v:0",
         {6, 2, 3}},
        {"whisper",
         "WhisperForConditionalGeneration",
         "model.encoder.embed_positions.weight",
         {9, 4},
         "tf_whisper_for_conditional_generation/model/encoder/embed_positions/weight:0",
         {9, 4}},
        {"whisper",
         "WhisperForConditionalGeneration",
         "model.encoder.conv1.weight",
         {6, 4, 3},
         "tf_whisper_for_conditional_generation/model/encoder/conv1/kernel:0",
         {3, 4, 6}},
        {"xlnet",
         "XLNetLMHeadModel",
         "transformer.layer.0.rel_attn.q",
         {6, 2, 3},
         "tfxl_net_lm_head_model/transformer/layer_._0/rel_attn/q:0",
         {6, 2, 3}},
        {"blip",
         "BlipModel",
         "vision_model.embeddings.class_embedding",
         {1, 1, 4},
         "tf_blip_model/blip/vision_model/embeddings/class_embedding:0",
         {1, 1, 4}},
        {"blip",
         "BlipForConditionalGeneration",
         "vision_model.embeddings.class_embedding",
         {1, 1, 4},
         "tf_blip_for_conditional_generation/vision_model/embeddings/class_embedding:0",
         {1, 1, 4}},
        {"vision-text-dual-encoder",
         "VisionTextDualEncoderModel",
         "text_model.pooler.dense.bias",
         {4},
         "tf_vision_text_dual_encoder_model/text_model/bert/pooler/dense/bias:0",
         {4}},
    };
    for (const Special& special : cases) {
        const std::vector<TensorInfo> tensors{tensor(special.torch, special.shape)};
        const auto plan =
            make_plan(config_of(special.type, special.architecture), Framework::kTorch, Target::kTensorFlow, tensors, {});
        ASSERT_TRUE(plan.has_value()) << special.torch << ": " << plan.error().message;
        if (special.tf_shape.empty()) {
            EXPECT_EQ(plan.value().mismatched.size(), 1u) << special.torch;
            continue;
        }
        ASSERT_EQ(plan.value().rows.size(), 1u) << special.type << " " << special.torch;
        EXPECT_EQ(plan.value().rows[0].target_name, special.tf);
        EXPECT_EQ(plan.value().rows[0].shape, special.tf_shape) << special.tf;
    }
}

const std::vector<TensorInfo> kBert{
    tensor("bert.embeddings.word_embeddings.weight", {9, 4}),   tensor("bert.embeddings.position_ids", {1, 8}, Dtype::kI64),
    tensor("bert.encoder.layer.0.output.dense.weight", {4, 8}), tensor("cls.predictions.bias", {9}),
    tensor("cls.predictions.decoder.weight", {9, 4}),           tensor("cls.predictions.decoder.bias", {9}),
};

TEST(Plan, TiedNamesAndBuffersAreLeftOutWithTheirReason) {
    const Plan plan = make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTorch, Target::kTensorFlow, kBert, {}).value();
    EXPECT_EQ(plan.rows.size(), 3u);
    EXPECT_EQ(plan.tied,
              (std::vector<TiedName>{{"cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight", 4, 0},
                                     {"cls.predictions.decoder.bias", "cls.predictions.bias", 5, 3}}));
    EXPECT_EQ(plan.dropped, (std::vector<DroppedName>{{"bert.embeddings.position_ids", "a buffer: the row of positions"}}));
    EXPECT_TRUE(plan.unexpected.empty());
    EXPECT_TRUE(check_plan(plan).has_value());
}

TEST(Plan, AnUntiedHeadIsRefusedByTensorFlowAndKeptByFlax) {
    const ModelConfig config = config_of("bert", "BertForMaskedLM", false);
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kTensorFlow, kBert, {}).error().message,
              "TensorFlow always ties cls.predictions.decoder.weight to bert.embeddings.word_embeddings.weight, but this model's "
              "config.json says that they differ (tie_word_embeddings is false).");
    const Plan flax = make_plan(config, Framework::kTorch, Target::kFlax, kBert, {}).value();
    const auto head = std::ranges::find(flax.rows, "cls/predictions/decoder/kernel", &PlanRow::target_name);
    ASSERT_NE(head, flax.rows.end());
    EXPECT_EQ(head->shape, (Shape{4, 9}));
}

TEST(Plan, ABaseModelGetsAndLosesItsPrefix) {
    const std::vector<TensorInfo> base{tensor("wte.weight", {9, 4}), tensor("h.0.ln_1.weight", {4}),
                                       tensor("h.0.ln_1.bias", {4})};
    const ModelConfig config = config_of("gpt2", "GPT2LMHeadModel");
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kTensorFlow, base, {}).value().rows[1].target_name,
              "tfgp_t2lm_head_model/transformer/h_._0/ln_1/gamma:0");
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kFlax, base, {}).value().rows[1].target_name,
              "transformer/h/0/ln_1/scale");
    EXPECT_EQ(make_plan(config_of("gpt2", "GPT2Model"), Framework::kTorch, Target::kFlax, base, {}).value().rows[1].target_name,
              "h/0/ln_1/scale");
    const std::vector<TensorInfo> tf{tensor("tf_bert_model/bert/pooler/dense/kernel:0", {4, 4})};
    EXPECT_EQ(make_plan(config_of("bert", "BertModel"), Framework::kTensorFlow, Target::kSafetensors, tf, {})
                  .value()
                  .rows[0]
                  .target_name,
              "pooler.dense.weight");
    EXPECT_EQ(make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTensorFlow, Target::kSafetensors, tf, {})
                  .value()
                  .rows[0]
                  .target_name,
              "bert.pooler.dense.weight");
}

TEST(Plan, TensorFlowsOwnSafetensorsAndShardsLackTheScope) {
    const std::vector<TensorInfo> tf{tensor("bert/encoder/layer_._1/output/dense/kernel:0", {8, 4}),
                                     tensor("mlm___cls/predictions/bias:0", {9})};
    const Plan plan = make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTensorFlow, Target::kTorch, tf, {}).value();
    EXPECT_EQ(plan.rows[0].target_name, "bert.encoder.layer.1.output.dense.weight");
    EXPECT_EQ(plan.rows[1].target_name, "cls.predictions.bias");
    const std::vector<TensorInfo> t5{tensor("shared/embeddings:0", {9, 4})};
    EXPECT_EQ(make_plan(config_of("t5"), Framework::kTensorFlow, Target::kTorch, t5, {}).value().rows[0].target_name,
              "shared.weight");
}

TEST(Plan, StatisticsHaveAPlaceOfTheirOwnInFlaxAndCountersInPyTorch) {
    const std::vector<TensorInfo> torch{tensor("resnet.embedder.embedder.normalization.weight", {4}),
                                        tensor("resnet.embedder.embedder.normalization.running_mean", {4}),
                                        tensor("resnet.embedder.embedder.normalization.num_batches_tracked", {}, Dtype::kI64),
                                        tensor("classifier.1.bias", {2})};
    const ModelConfig config = config_of("resnet", "ResNetForImageClassification");
    const Plan plan = make_plan(config, Framework::kTorch, Target::kFlax, torch, {}).value();
    EXPECT_EQ(plan.rows[0].target_name, "params/resnet/embedder/embedder/normalization/scale");
    EXPECT_EQ(plan.rows[1].target_name, "batch_stats/resnet/embedder/embedder/normalization/mean");
    EXPECT_EQ(plan.rows[2].target_name, "params/classifier/1/bias");
    EXPECT_EQ(plan.dropped[0].reason, "a counter of training");
    const Plan back = make_plan(config, Framework::kFlax, Target::kTorch, written(plan), {}).value();
    ASSERT_EQ(back.rows.size(), 4u);
    EXPECT_EQ(back.rows[3].target_name, "resnet.embedder.embedder.normalization.num_batches_tracked");
    EXPECT_EQ(back.rows[3].source, std::nullopt);
    EXPECT_EQ(back.rows[3].dtype, Dtype::kI64);
}

TEST(Plan, BasicBlocksOfResNetHaveTheirOwnNamesInFlax) {
    const std::vector<TensorInfo> torch{tensor("resnet.encoder.stages.0.layers.1.layer.0.normalization.running_mean", {4})};
    ModelConfig config = config_of("resnet", "ResNetForImageClassification");
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kFlax, torch, {}).value().rows[0].target_name,
              "batch_stats/resnet/encoder/stages/0/layers/1/layer/0/normalization/mean");
    config.words["layer_type"] = "basic";
    const Plan there = make_plan(config, Framework::kTorch, Target::kFlax, torch, {}).value();
    EXPECT_EQ(there.rows[0].target_name, "batch_stats/resnet/encoder/stages/0/layers/1/layer/layer_0/normalization/mean");
    const Plan back = make_plan(config, Framework::kFlax, Target::kTorch, written(there), {}).value();
    EXPECT_EQ(back.rows[0].target_name, torch[0].name);
}

TEST(Plan, TensorFlowAndFlaxMeetWithoutMovingAKernel) {
    const std::vector<TensorInfo> tf{tensor("tf_bert_model/bert/encoder/layer_._0/output/dense/kernel:0", {8, 4}),
                                     tensor("tf_bert_model/bert/encoder/layer_._0/output/dense/bias:0", {4})};
    const Plan plan = make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTensorFlow, Target::kFlax, tf, {}).value();
    EXPECT_EQ(plan.rows[0].target_name, "bert/encoder/layer/0/output/dense/kernel");
    EXPECT_TRUE(plan.rows[0].is_plain());
    // GPT-2 is the exception: TensorFlow keeps PyTorch's order, Flax turns it.
    const std::vector<TensorInfo> gpt2{tensor("tfgp_t2lm_head_model/transformer/h_._0/attn/c_attn/weight:0", {4, 12}),
                                       tensor("tfgp_t2lm_head_model/transformer/h_._0/attn/c_attn/bias:0", {1, 12})};
    const Plan turned = make_plan(config_of("gpt2", "GPT2LMHeadModel"), Framework::kTensorFlow, Target::kFlax, gpt2, {}).value();
    EXPECT_EQ(turned.rows[0].shape, (Shape{12, 4}));
    EXPECT_EQ(turned.rows[1].shape, (Shape{12}));
}

TEST(Plan, OneFrameworksFormatsKeepEveryNameAndTheEmbeddingOfATie) {
    const std::vector<TensorInfo> tensors{tensor("lm_head.weight", {9, 4}), tensor("transformer.h.0.attn.bias", {1, 1, 8, 8}),
                                          tensor("x.gamma", {4})};
    const std::vector<Tie> ties{{"transformer.wte.weight", "lm_head.weight"}};
    const Plan plan = make_plan(config_of("no-such-type"), Framework::kTorch, Target::kSafetensors, tensors, ties).value();
    ASSERT_EQ(plan.rows.size(), 4u);
    EXPECT_EQ(plan.rows[0].target_name, "transformer.wte.weight");
    EXPECT_EQ(plan.rows[1].target_name, "transformer.h.0.attn.bias");
    EXPECT_EQ(plan.rows[2].target_name, "x.gamma");
    EXPECT_EQ(plan.rows[3].target_name, "lm_head.weight");
    EXPECT_EQ(plan.rows[3].same_as, "transformer.wte.weight");
    EXPECT_EQ(plan.tied, (std::vector<TiedName>{{"lm_head.weight", "transformer.wte.weight"}}));
}

TEST(Plan, ATieWhoseOtherNameTheTargetWantsIsWrittenUnderIt) {
    const std::vector<TensorInfo> tensors{tensor("lm_head.weight", {9, 4})};
    const std::vector<Tie> ties{{"transformer.wte.weight", "lm_head.weight"}};
    const Plan plan =
        make_plan(config_of("gpt2", "GPT2LMHeadModel"), Framework::kTorch, Target::kTensorFlow, tensors, ties).value();
    ASSERT_EQ(plan.rows.size(), 1u);
    EXPECT_EQ(plan.rows[0].target_name, "tfgp_t2lm_head_model/transformer/wte/embeddings:0");
    EXPECT_EQ(plan.tied, (std::vector<TiedName>{{"lm_head.weight", "transformer.wte.weight"}}));
}

TEST(Plan, WhatIsNotKnownIsRefusedUnlessItMayBeGuessed) {
    const std::vector<TensorInfo> tensors{tensor("backbone.layers.0.mixer.weight", {4, 3}),
                                          tensor("backbone.layers.0.norm.weight", {4}),
                                          tensor("backbone.embeddings.weight", {9, 4})};
    EXPECT_EQ(make_plan(config_of("mamba"), Framework::kTorch, Target::kFlax, tensors, {}).error().message,
              "What Flax calls the tensors of a \"mamba\" model is not known: it has no class for this type, or Mirfa does not "
              "know it. "
              "Convert by general rules (--general-rules) and check every name in the report.");
    EXPECT_EQ(make_plan({}, Framework::kTorch, Target::kTensorFlow, tensors, {}).error().message,
              "config.json names no model_type, so it is not known what TensorFlow calls these tensors. Convert by general rules "
              "(--general-rules) and check every name in the report.");
    EXPECT_EQ(make_plan(config_of("llama"), Framework::kTorch, Target::kTensorFlow, tensors, {}).error().code,
              Code::kUnsupported);
    PlanOptions guess;
    guess.general_rules = true;
    const Plan plan =
        make_plan(config_of("mamba", "MambaForCausalLM"), Framework::kTorch, Target::kTensorFlow, tensors, {}, guess).value();
    EXPECT_EQ(plan.rows[0].target_name, "tf_mamba_for_causal_lm/backbone/layers_._0/mixer/kernel:0");
    EXPECT_EQ(plan.rows[0].shape, (Shape{3, 4}));
    EXPECT_TRUE(plan.rows[0].guessed);
    EXPECT_EQ(plan.rows[1].target_name, "tf_mamba_for_causal_lm/backbone/layers_._0/norm/weight:0");
    EXPECT_EQ(plan.notes[0], "The names that TensorFlow gives to this type of model are not known: they follow general rules.");
    const Plan back =
        make_plan(config_of("mamba", "MambaForCausalLM"), Framework::kTensorFlow, Target::kTorch, written(plan), {}, guess)
            .value();
    EXPECT_EQ(names_and_shapes(written(back)), names_and_shapes(tensors));
}

TEST(Plan, ATensorWithoutAPlaceStopsAKnownModel) {
    const std::vector<TensorInfo> tensors{tensor("bert.pooler.dense.bias", {4}), tensor("bert.pooler.dense.weight", {4, 4}),
                                          tensor("my_head.weight", {2, 4})};
    const Plan plan = make_plan(config_of("bert", "BertForX"), Framework::kTorch, Target::kTensorFlow, tensors, {}).value();
    EXPECT_EQ(plan.unexpected, (std::vector<std::string>{"my_head.weight"}));
    EXPECT_EQ(check_plan(plan).error().message,
              "TensorFlow has no place for 1 tensors of this checkpoint: my_head.weight. Convert them by general rules "
              "(--general-rules) "
              "to keep them under guessed names.");
    PlanOptions guess;
    guess.general_rules = true;
    const Plan guessed =
        make_plan(config_of("bert", "BertForX"), Framework::kTorch, Target::kTensorFlow, tensors, {}, guess).value();
    EXPECT_TRUE(check_plan(guessed).has_value());
    EXPECT_EQ(guessed.rows[2].target_name, "tf_bert_for_x/my_head/kernel:0");
}

TEST(Plan, WhatTheModelMustHaveIsMissed) {
    ModelConfig config = config_of("bert", "BertModel");
    config.sizes["num_hidden_layers"] = 4;
    std::vector<TensorInfo> tensors;
    for (const char* layer : {"0", "2"})
        tensors.push_back(tensor(std::string("encoder.layer.") + layer + ".output.dense.bias", {4}));
    tensors.push_back(tensor("encoder.layer.0.output.dense.weight", {4, 4}));
    const Plan plan = make_plan(config, Framework::kTorch, Target::kTensorFlow, tensors, {}).value();
    EXPECT_EQ(plan.missing,
              (std::vector<std::string>{"bert.encoder.layer.1.output.dense.bias", "bert.encoder.layer.2.output.dense.weight",
                                        "bert.encoder.layer.3.output.dense.bias"}));
    EXPECT_EQ(check_plan(plan).error().message,
              "This checkpoint lacks 3 tensors of its model: bert.encoder.layer.1.output.dense.bias, "
              "bert.encoder.layer.2.output.dense.weight, "
              "bert.encoder.layer.3.output.dense.bias. Convert what is there with --allow-missing.");
    PlanOptions allow;
    allow.allow_missing = true;
    EXPECT_TRUE(check_plan(make_plan(config, Framework::kTorch, Target::kTensorFlow, tensors, {}, allow).value()).has_value());
}

TEST(Plan, LayersAreMissedAlsoWhenThereIsOnlyOne) {
    ModelConfig config = config_of("bert", "BertModel");
    config.sizes["num_hidden_layers"] = 3;
    const auto missing = [&](const char* layer) {
        const std::vector<TensorInfo> tensors{tensor(std::string("encoder.layer.") + layer + ".output.dense.bias", {4}),
                                              tensor(std::string("encoder.layer.") + layer + ".output.dense.weight", {4, 4})};
        return make_plan(config, Framework::kTorch, Target::kTensorFlow, tensors, {}).value().missing.size();
    };
    EXPECT_EQ(missing("1"), 4u);
    config.sizes["num_hidden_layers"] = 1;
    EXPECT_EQ(missing("0"), 0u);
    config.sizes.clear();
    EXPECT_EQ(missing("0"), 0u);
}

TEST(Plan, ShapesThatTheConfigurationRulesOutAreMismatched) {
    ModelConfig config = config_of("bert", "BertModel");
    config.sizes["vocab_size"] = 10;
    const std::vector<TensorInfo> tensors{tensor("embeddings.word_embeddings.weight", {9, 4})};
    const Plan plan = make_plan(config, Framework::kTorch, Target::kTensorFlow, tensors, {}).value();
    EXPECT_EQ(plan.mismatched,
              (std::vector<MismatchedName>{{"embeddings.word_embeddings.weight", {9, 4}, "[10, 4] by config.json"}}));
    EXPECT_EQ(check_plan(plan).error().message,
              "1 tensors have a shape that this model cannot have, first embeddings.word_embeddings.weight of shape [9, 4]: [10, "
              "4] by config.json");
    const std::vector<TensorInfo> conv{tensor("vit.embeddings.patch_embeddings.projection.weight", {4, 3})};
    EXPECT_EQ(make_plan(config_of("vit", "ViTForImageClassification"), Framework::kTorch, Target::kFlax, conv, {})
                  .value()
                  .mismatched[0]
                  .expected,
              "A 2-D convolution has four axes, this tensor has 2.");
}

TEST(Plan, TwoTensorsNeverBecomeOne) {
    const std::vector<TensorInfo> tensors{tensor("bert.embeddings.LayerNorm.gamma", {4}),
                                          tensor("bert.embeddings.LayerNorm.weight", {4})};
    EXPECT_EQ(
        make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTorch, Target::kTensorFlow, tensors, {}).error().message,
        "The tensors bert.embeddings.LayerNorm.gamma and bert.embeddings.LayerNorm.weight would both be called "
        "tf_bert_for_masked_lm/bert/embeddings/LayerNorm/gamma:0.");
}

TEST(Plan, NumbersChangeTheirTypeAsAskedAndAsTheTargetCan) {
    const std::vector<TensorInfo> tensors{tensor("bert.pooler.dense.weight", {4, 4}, Dtype::kBF16),
                                          tensor("bert.pooler.dense.bias", {4}, Dtype::kF16)};
    const ModelConfig config = config_of("bert", "BertForMaskedLM");
    const Plan keep = make_plan(config, Framework::kTorch, Target::kTensorFlow, tensors, {}).value();
    EXPECT_EQ(keep.dtype_changes(), (std::map<std::string, std::size_t>{{"BF16->F32", 1}}));
    EXPECT_EQ(keep.notes,
              (std::vector<std::string>{"HDF5 has no bfloat16: those numbers are written as F32, which holds them exactly."}));
    EXPECT_TRUE(make_plan(config, Framework::kTorch, Target::kFlax, tensors, {}).value().dtype_changes().empty());
    PlanOptions options;
    options.dtype = FloatType::kBF16;
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kSafetensors, tensors, {}, options).value().dtype_changes(),
              (std::map<std::string, std::size_t>{{"F16->BF16", 1}}));
    const std::vector<TensorInfo> eighth{tensor("bert.pooler.dense.weight", {4, 4}, Dtype::kF8E4M3)};
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kTensorFlow, eighth, {}).error().message,
              "The tensor bert.pooler.dense.weight of type F8_E4M3 cannot be stored in HDF5: make it F16 or F32 with the tool "
              "that made it.");
    TensorInfo blocks{"x", Dtype::kBlocks, {256}, 144, "Q4_K"};
    EXPECT_EQ(
        make_plan(config, Framework::kTorch, Target::kSafetensors, std::span(&blocks, 1), {}).error().message,
        "The tensor x is quantised as Q4_K, and only Q8_0 is turned into floating numbers. Make it F16 or F32 with the tools of "
        "llama.cpp.");
}

TEST(Plan, Q8IsForMatricesOfGguf) {
    ModelConfig config = config_of("gpt2", "GPT2LMHeadModel");
    const std::vector<TensorInfo> tensors{tensor("wte.weight", {3, 64}, Dtype::kF16), tensor("wpe.weight", {4, 64}),
                                          tensor("h.0.ln_1.weight", {64}, Dtype::kBF16), tensor("h.0.mlp.c_fc.weight", {48, 64})};
    PlanOptions options;
    options.dtype = FloatType::kQ8;
    const Plan plan = make_plan(config, Framework::kTorch, Target::kGguf, tensors, {}, options).value();
    std::vector<std::string> types;
    for (const PlanRow& row : plan.rows) types.emplace_back(row.type());
    // Turned, the last one's rows have 48 numbers.
    EXPECT_EQ(types, (std::vector<std::string>{"Q8_0", "F32", "F32", "F16"}));
    EXPECT_EQ(plan.notes,
              (std::vector<std::string>{"Q8_0 packs 32 numbers of a row together, so these stay F16: h.0.mlp.c_fc.weight."}));
    EXPECT_EQ(plan.dtype_changes().at("F16->Q8_0"), 1u);
    EXPECT_EQ(make_plan(config, Framework::kTorch, Target::kSafetensors, tensors, {}, options).error().message,
              "Q8_0 is a type of GGUF; PyTorch has no such numbers. Choose f32, f16 or bf16.");
}

TEST(Plan, WrappersAndOtherSpellingsAreNormalisedFirst) {
    const std::vector<TensorInfo> tensors{tensor("module.bert.embeddings.LayerNorm.gamma", {4}),
                                          tensor("module.bert.embeddings.LayerNorm.beta", {4})};
    const Plan plan = make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTorch, Target::kFlax, tensors, {}).value();
    EXPECT_EQ(plan.rows[0].target_name, "bert/embeddings/LayerNorm/scale");
    EXPECT_EQ(plan.rows[1].target_name, "bert/embeddings/LayerNorm/bias");
    EXPECT_EQ(plan.notes[0], "Every name began with \"module.\", which was taken off.");
    const std::vector<TensorInfo> lightning{tensor("model.bert.pooler.dense.weight", {4, 4}),
                                            tensor("model.bert.pooler.dense.bias", {4})};
    EXPECT_EQ(make_plan(config_of("bert", "BertForMaskedLM"), Framework::kTorch, Target::kFlax, lightning, {})
                  .value()
                  .rows[0]
                  .target_name,
              "bert/pooler/dense/kernel");
    const std::vector<TensorInfo> bart{tensor("model.shared.weight", {9, 4})};
    EXPECT_EQ(make_plan(config_of("bart", "BartForX"), Framework::kTorch, Target::kFlax, bart, {}).value().rows[0].target_name,
              "model/shared/embedding");
}

TEST(Plan, GgufHasItsFamiliesNamesAndTheirOrderOfRows) {
    ModelConfig config = config_of("llama", "LlamaForCausalLM");
    config.sizes = {{"num_attention_heads", 4}, {"num_key_value_heads", 2}};
    const std::vector<TensorInfo> tensors{tensor("model.layers.0.self_attn.q_proj.weight", {16, 16}, Dtype::kBF16),
                                          tensor("model.layers.0.self_attn.k_proj.weight", {8, 16}, Dtype::kBF16),
                                          tensor("model.norm.weight", {16}, Dtype::kBF16),
                                          tensor("model.layers.0.self_attn.rotary_emb.inv_freq", {2})};
    const Plan plan = make_plan(config, Framework::kTorch, Target::kGguf, tensors, {}).value();
    ASSERT_EQ(plan.rows.size(), 3u);
    EXPECT_EQ(plan.rows[0].target_name, "blk.0.attn_q.weight");
    EXPECT_EQ(plan.rows[0].view, (Shape{4, 2, 2, 16}));
    EXPECT_EQ(plan.rows[0].axes, (std::vector<unsigned>{0, 2, 1, 3}));
    EXPECT_EQ(plan.rows[0].shape, (Shape{16, 16}));
    EXPECT_EQ(plan.rows[1].view, (Shape{2, 2, 2, 16}));
    EXPECT_EQ(plan.rows[2].dtype, Dtype::kF32);
    EXPECT_EQ(plan.rows[0].dtype, Dtype::kBF16);
    EXPECT_EQ(make_plan(config_of("bert"), Framework::kTorch, Target::kGguf, tensors, {}).error().message,
              "GGUF is known for gpt2, llama, mistral, qwen2 and qwen3; this model's type is \"bert\".");
    config.sizes["num_attention_heads"] = std::uint64_t{1} << 63;
    EXPECT_EQ(gguf_change(config, "model.layers.0.self_attn.q_proj.weight", {16, 16}).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace mirfa::checkpoint
