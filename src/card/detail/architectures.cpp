// SPDX-License-Identifier: Apache-2.0
#include "card/detail/architectures.h"

#include <algorithm>

namespace mirfa::card::detail {
namespace {

// The first that fits counts, so longer endings stand before those they end with.
constexpr ArchitectureGroup kGroups[] = {
    {"ForCausalLM", "text-generation", "AutoModelForCausalLM"},
    {"LMHeadModel", "text-generation", "AutoModelForCausalLM"},
    {"ForMaskedLM", "fill-mask", "AutoModelForMaskedLM"},
    {"ForSequenceClassification", "text-classification", "AutoModelForSequenceClassification"},
    {"ForTokenClassification", "token-classification", "AutoModelForTokenClassification"},
    {"ForTableQuestionAnswering", "table-question-answering", "AutoModelForTableQuestionAnswering"},
    {"ForDocumentQuestionAnswering", "document-question-answering", "AutoModelForDocumentQuestionAnswering"},
    {"ForVisualQuestionAnswering", "visual-question-answering", "AutoModelForVisualQuestionAnswering"},
    {"ForQuestionAnswering", "question-answering", "AutoModelForQuestionAnswering"},
    {"ForMultipleChoice", "multiple-choice", "AutoModelForMultipleChoice"},
    {"ForPreTraining", "", "AutoModelForPreTraining"},
    {"ForZeroShotImageClassification", "zero-shot-image-classification", "AutoModelForZeroShotImageClassification"},
    {"ForZeroShotObjectDetection", "zero-shot-object-detection", "AutoModelForZeroShotObjectDetection"},
    {"ForAudioClassification", "audio-classification", "AutoModelForAudioClassification"},
    {"ForVideoClassification", "video-classification", "AutoModelForVideoClassification"},
    {"ForImageClassification", "image-classification", "AutoModelForImageClassification"},
    {"ForSemanticSegmentation", "image-segmentation", "AutoModelForSemanticSegmentation"},
    {"ForUniversalSegmentation", "image-segmentation", "AutoModelForUniversalSegmentation"},
    {"ForInstanceSegmentation", "image-segmentation", "AutoModelForInstanceSegmentation"},
    {"ForImageSegmentation", "image-segmentation", "AutoModelForImageSegmentation"},
    {"ForObjectDetection", "object-detection", "AutoModelForObjectDetection"},
    {"ForDepthEstimation", "depth-estimation", "AutoModelForDepthEstimation"},
    {"ForMaskGeneration", "mask-generation", "AutoModelForMaskGeneration"},
    {"ForImageToImage", "image-to-image", "AutoModelForImageToImage"},
    {"ForImageSuperResolution", "image-to-image", "AutoModelForImageToImage"},
    {"ForCTC", "automatic-speech-recognition", "AutoModelForCTC"},
    {"ForSpeechSeq2Seq", "automatic-speech-recognition", "AutoModelForSpeechSeq2Seq"},
    {"ForTextToSpectrogram", "text-to-audio", "AutoModelForTextToSpectrogram"},
    {"ForTextToWaveform", "text-to-audio", "AutoModelForTextToWaveform"},
    {"Model", "feature-extraction", "AutoModel"},
};

constexpr ArchitectureGroup kTextToText = {"ForConditionalGeneration", "text2text-generation", "AutoModelForSeq2SeqLM"};
constexpr ArchitectureGroup kImageToText = {"ForConditionalGeneration", "image-text-to-text", "AutoModelForImageTextToText"};
constexpr ArchitectureGroup kSpeech = {"ForConditionalGeneration", "automatic-speech-recognition", "AutoModelForSpeechSeq2Seq"};
constexpr ArchitectureGroup kImageFeatures = {"Model", "image-feature-extraction", "AutoModel"};

// `…ForConditionalGeneration` says neither what goes in nor, alone, what comes out; the model type does.
constexpr std::string_view kTextToTextTypes[] = {"bart",
                                                 "bigbird_pegasus",
                                                 "blenderbot",
                                                 "blenderbot-small",
                                                 "fsmt",
                                                 "led",
                                                 "longt5",
                                                 "m2m_100",
                                                 "marian",
                                                 "mbart",
                                                 "mt5",
                                                 "mvp",
                                                 "nllb-moe",
                                                 "pegasus",
                                                 "pegasus_x",
                                                 "plbart",
                                                 "prophetnet",
                                                 "switch_transformers",
                                                 "t5",
                                                 "umt5",
                                                 "xlm-prophetnet"};
constexpr std::string_view kSpeechTypes[] = {"whisper", "speech_to_text", "moonshine", "seamless_m4t", "seamless_m4t_v2"};
constexpr std::string_view kVisionTypes[] = {
    "beit",       "convnext",        "convnextv2", "deit",  "dinov2", "dinov2_with_registers",
    "dinov3_vit", "dinov3_convnext", "hiera",      "ijepa", "swin",   "swinv2",
    "vit",        "vit_mae",         "resnet"};

template <class List>
bool holds(const List& list, std::string_view text) {
    return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

}  // namespace

std::optional<ArchitectureGroup> find_architecture(std::string_view class_name, std::string_view model_type) {
    if (class_name.ends_with("ForConditionalGeneration")) {
        if (holds(kTextToTextTypes, model_type)) return kTextToText;
        return holds(kSpeechTypes, model_type) ? kSpeech : kImageToText;
    }
    if (class_name.ends_with("Model") && holds(kVisionTypes, model_type)) return kImageFeatures;
    for (const auto& group : kGroups)
        if (class_name.ends_with(group.ending)) return group;
    return std::nullopt;
}

}  // namespace mirfa::card::detail
