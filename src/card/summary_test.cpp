// SPDX-License-Identifier: Apache-2.0
#include "card/summary.h"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace mirfa::card {
namespace {

using Strings = std::vector<std::string>;

/// What a repository holds, as far as a summary looks at it.
struct Repo {
    std::string yaml;
    Strings files = {};
    std::string config = "";
    RepoKind kind = RepoKind::kModel;
    std::string text = "# Title\n";
    std::string model_index = "";

    Summary summary() const {
        const std::string readme = "---\n" + yaml + "\n---\n" + text;
        return summarize({kind, readme, files, config, model_index}).summary;
    }
};

TEST(Summarize, TellsAllOfAPlainModel) {
    const Repo repo{
        "license: mit\nlanguage: en\ntags: [demo]\ndatasets: [squad]\nwidget:\n- text: Hi\n"
        "model-index:\n- name: m\n  results: []\nco2_eq_emissions: 3",
        {"README.md", "config.json", "model.safetensors", "tokenizer.json"},
        R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 64})"};
    const auto summary = repo.summary();
    EXPECT_EQ(summary.tags, (Strings{"transformers", "safetensors", "llama", "text-generation", "demo", "model-index", "en",
                                     "dataset:squad", "license:mit", "co2_eq_emissions", "region:us"}));
    EXPECT_EQ(summary.library, "transformers");
    EXPECT_EQ(summary.pipeline_tag, "text-generation");
    EXPECT_EQ(summary.license, "mit");
    EXPECT_EQ(summary.transformers, (TransformersInfo{"AutoModelForCausalLM", "text-generation", "AutoTokenizer"}));
    EXPECT_EQ(boost::json::serialize(summary.config), R"({"architectures":["LlamaForCausalLM"],"model_type":"llama"})");
    EXPECT_EQ(boost::json::serialize(summary.widget_data), R"([{"text":"Hi"}])");
    EXPECT_EQ(boost::json::serialize(summary.model_index), R"([{"name":"m","results":[]}])");
}

TEST(Summarize, SaysLittleOfAnEmptyRepository) {
    const auto summary = summarize({}).summary;
    EXPECT_EQ(summary.tags, Strings{"region:us"});
    EXPECT_EQ(summary.library, std::nullopt);
    EXPECT_TRUE(summary.widget_data.is_null());
    EXPECT_TRUE(summary.model_index.is_null());
    EXPECT_TRUE(summary.config.empty());
}

TEST(Summarize, FindsTheLibrary) {
    const std::pair<Repo, std::optional<std::string>> cases[] = {
        {{"library_name: my-own\ntags: [timm]", {"model_index.json"}}, "my-own"},
        {{"tags: [demo, timm]", {"config.json"}, R"({"model_type": "x"})"}, "timm"},
        {{"a: b", {"model_index.json"}}, "diffusers"},
        {{"a: b", {"modules.json", "config.json"}, R"({"model_type": "bert"})"}, "sentence-transformers"},
        {{"a: b", {"adapter_config.json"}}, "peft"},
        {{"a: b", {"config.json"}, R"({"model_type": "bert"})"}, "transformers"},
        {{"a: b", {"config.json"}, R"({"depth": 3})"}, std::nullopt},
        {{"a: b", {"config.json"}, "not json"}, std::nullopt},
        {{"a: b", {"m-Q4.gguf"}}, "gguf"},
        {{"a: b", {"net.keras"}}, "keras"},
        {{"a: b", {"sub/model_index.json"}}, std::nullopt},
        {{"library_name: 3"}, std::nullopt},
    };
    for (const auto& [repo, library] : cases) EXPECT_EQ(repo.summary().library, library) << repo.yaml;
}

TEST(Summarize, FindsTheTask) {
    const auto config = [](const char* name, const char* type) {
        return std::string(R"({"architectures": [")") + name + R"("], "model_type": ")" + type + "\"}";
    };
    const std::pair<Repo, std::optional<std::string>> cases[] = {
        {{"pipeline_tag: any-thing"}, "any-thing"},
        {{"tags: [demo, fill-mask]"}, "fill-mask"},
        {{"a: b", {}, config("BertForMaskedLM", "bert")}, "fill-mask"},
        {{"a: b", {}, config("GPT2LMHeadModel", "gpt2")}, "text-generation"},
        {{"a: b", {}, config("T5ForConditionalGeneration", "t5")}, "text-generation"},
        {{"a: b", {}, config("WhisperForConditionalGeneration", "whisper")}, "automatic-speech-recognition"},
        {{"a: b", {}, config("Qwen2VLForConditionalGeneration", "qwen2_vl")}, "image-text-to-text"},
        {{"a: b", {}, config("BertModel", "bert")}, "feature-extraction"},
        {{"a: b", {}, config("ViTModel", "vit")}, "image-feature-extraction"},
        {{"a: b", {}, config("BertForPreTraining", "bert")}, std::nullopt},
        {{"a: b", {}, config("MyOwn", "mine")}, std::nullopt},
        {{"a: b", {"modules.json"}}, "sentence-similarity"},
        {{"tags: [conversational]"}, std::nullopt},
    };
    for (const auto& [repo, task] : cases) EXPECT_EQ(repo.summary().pipeline_tag, task) << repo.yaml << repo.config;
}

TEST(Summarize, SaysHowAModelCameFromOthers) {
    const std::pair<Repo, std::vector<BaseModel>> cases[] = {
        {{"base_model: a/b"}, {{"a/b", "finetune"}}},
        {{"base_model: a/b\nbase_model_relation: quantized"}, {{"a/b", "quantized"}}},
        {{"base_model: a/b", {"adapter_config.json"}}, {{"a/b", "adapter"}}},
        {{"base_model: a/b\ntags: [lora]"}, {{"a/b", "adapter"}}},
        {{"base_model: a/b", {"x.gguf"}}, {{"a/b", "quantized"}}},
        {{"base_model: a/b", {}, R"({"quantization_config": {}})"}, {{"a/b", "quantized"}}},
        {{"base_model: [a/b, c]"}, {{"a/b", "merge"}, {"c", "merge"}}},
        {{"base_model: a/b\ntags: [merge]"}, {{"a/b", "merge"}}},
        {{"base_model: /workspace/out"}, {}},
    };
    for (const auto& [repo, bases] : cases) EXPECT_EQ(repo.summary().base_models, bases) << repo.yaml;
    EXPECT_EQ((Repo{"base_model: [a/b, c]"}.summary().tags),
              (Strings{"base_model:a/b", "base_model:c", "base_model:merge:a/b", "base_model:merge:c", "region:us"}));
}

TEST(Summarize, TagsByFiles) {
    const Repo repo{"a: b",
                    {"pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "onnx/model.onnx", "m.gguf",
                     "runs/events.out.tfevents.1", "chat_template.jinja"}};
    EXPECT_EQ(repo.summary().tags,
              (Strings{"gguf", "pytorch", "tf", "jax", "onnx", "tensorboard", "conversational", "region:us"}));
    EXPECT_EQ((Repo{"a: b", {"training_args.bin", "openvino_model.bin", "openvino_model.xml"}}.summary().tags),
              (Strings{"openvino", "region:us"}));
}

TEST(Summarize, TagsByWhatTheConfigurationsSay) {
    EXPECT_EQ((Repo{"library_name: x", {}, R"({"model_type": "m", "auto_map": {}})"}.summary().tags),
              (Strings{"x", "m", "custom_code", "region:us"}));
    EXPECT_EQ((Repo{"a: b", {"model_index.json"}, "", RepoKind::kModel, "", R"({"_class_name": "FluxPipeline"})"}.summary().tags),
              (Strings{"diffusers", "diffusers:FluxPipeline", "region:us"}));
}

TEST(Summarize, TagsThePapersThatAreLinked) {
    Repo repo{"a: b"};
    repo.text =
        "See https://arxiv.org/abs/2106.09685v2, http://arxiv.org/pdf/1810.04805.pdf, https://huggingface.co/papers/2106.09685 "
        "and arxiv.org/abs/12.34 and arxiv.org/abs/123456.1234";
    EXPECT_EQ(repo.summary().tags, (Strings{"arxiv:2106.09685", "arxiv:1810.04805", "region:us"}));
}

TEST(Summarize, TellsOfDatasets) {
    Repo repo{
        "license: [mit, cc-by-4.0]\nlanguage: [en, de]\ntask_categories: [translation]\nsize_categories: [1K<n<10K]\n"
        "multilinguality: translation\npipeline_tag: nope\ntags: [demo]",
        {"model.safetensors"},
        "",
        RepoKind::kDataset};
    const auto summary = repo.summary();
    EXPECT_EQ(summary.tags, (Strings{"task_categories:translation", "multilinguality:translation", "language:en", "language:de",
                                     "license:mit", "license:cc-by-4.0", "size_categories:1K<n<10K", "demo", "region:us"}));
    EXPECT_EQ(summary.license, "mit");
    EXPECT_EQ(summary.pipeline_tag, std::nullopt);
}

TEST(Summarize, TellsOfSpaces) {
    const auto summary = Repo{"sdk: gradio\ntitle: T\ntags: [demo]", {}, "", RepoKind::kSpace}.summary();
    EXPECT_EQ(summary.sdk, "gradio");
    EXPECT_EQ(summary.tags, (Strings{"gradio", "demo", "region:us"}));
}

TEST(Summarize, KeepsTagsFewAndShort) {
    std::string yaml = "tags:\n- " + std::string(kMaxTagBytes + 1, 'x') + "\n";
    for (std::size_t i = 0; i < 2 * kMaxTags; ++i) yaml += "- t" + std::to_string(i / 2) + "\n";
    const auto tags = Repo{yaml}.summary().tags;
    EXPECT_EQ(tags.size(), kMaxTags);
    EXPECT_EQ(tags[0], "t0");
    EXPECT_EQ(tags[1], "t1");
}

TEST(Summarize, GivesTheCardItself) {
    const auto both = summarize({RepoKind::kModel, "---\nlicense: mit\nx: [1]\n---\n", {}, {}, {}});
    EXPECT_EQ(boost::json::serialize(both.card), R"({"license":"mit","x":[1]})");
}

}  // namespace
}  // namespace mirfa::card
