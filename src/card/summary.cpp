// SPDX-License-Identifier: Apache-2.0
#include "card/summary.h"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <unordered_set>

#include "base/ascii.h"
#include "card/detail/architectures.h"
#include "card/detail/arxiv.h"
#include "card/front_matter.h"
#include "card/tables.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;

/// What is read of a JSON file of the repository; {} for anything that is not an object.
json::object parse_object(std::string_view text) {
    boost::system::error_code failed;
    json::value value = json::parse(text, failed);
    return !failed && value.is_object() ? std::move(value.get_object()) : json::object{};
}

std::optional<std::string> text_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (!value || !value->is_string() || value->get_string().empty()) return std::nullopt;
    return std::string(value->get_string());
}

/// A text, or the texts of a list; what is neither is left out.
std::vector<std::string> texts_of(const json::object& object, std::string_view key) {
    std::vector<std::string> texts;
    const auto* value = object.if_contains(key);
    if (!value) return texts;
    if (value->is_string()) texts.emplace_back(value->get_string());
    if (value->is_array())
        for (const auto& one : value->get_array())
            if (one.is_string()) texts.emplace_back(one.get_string());
    return texts;
}

json::value list_of(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    return value && value->is_array() ? *value : json::value(nullptr);
}

class Summarizer {
public:
    Summarizer(const SummaryInput& input, const json::object& card)
        : in_(input), card_(card), config_(parse_object(input.config_json)), card_tags_(texts_of(card, "tags")) {}

    Summary run() {
        out_.license = first(texts_of(card_, "license"));
        switch (in_.kind) {
            case RepoKind::kModel: summarize_model(); break;
            case RepoKind::kDataset: summarize_dataset(); break;
            case RepoKind::kSpace: summarize_space(); break;
        }
        tag("region:us");
        return std::move(out_);
    }

private:
    static std::optional<std::string> first(std::vector<std::string> texts) {
        if (texts.empty()) return std::nullopt;
        return std::move(texts.front());
    }

    void summarize_model() {
        out_.library = find_library();
        find_transformers();
        out_.pipeline_tag = find_pipeline_tag();
        find_base_models();
        copy_config();
        out_.widget_data = list_of(card_, "widget");
        out_.model_index = list_of(card_, "model-index");
        tag_model();
    }

    void tag_model() {
        if (out_.library) tag(*out_.library);
        tag_files();
        if (const auto pipeline = text_of(parse_object(in_.model_index_json), "_class_name")) tag("diffusers:" + *pipeline);
        if (const auto type = text_of(config_, "model_type")) tag(*type);
        if (out_.pipeline_tag) tag(*out_.pipeline_tag);
        for (const auto& one : card_tags_) tag(one);
        if (out_.model_index.is_array()) tag("model-index");
        if (config_.contains("auto_map")) tag("custom_code");
        if (has_file("chat_template.jinja")) tag("conversational");
        tag_all("", "language");
        tag_all("dataset:", "datasets");
        tag_papers();
        for (const auto& base : out_.base_models) tag("base_model:" + base.id);
        for (const auto& base : out_.base_models) tag("base_model:" + base.relation + ":" + base.id);
        tag_all("license:", "license");
        if (card_.contains("co2_eq_emissions")) tag("co2_eq_emissions");
    }

    void summarize_dataset() {
        for (const char* key :
             {"task_categories", "task_ids", "annotations_creators", "language_creators", "multilinguality", "source_datasets"})
            tag_all(std::string(key) + ":", key);
        tag_all("language:", "language");
        tag_all("license:", "license");
        tag_all("size_categories:", "size_categories");
        tag_papers();
        for (const auto& one : card_tags_) tag(one);
    }

    void summarize_space() {
        out_.sdk = text_of(card_, "sdk");
        if (out_.sdk) tag(*out_.sdk);
        for (const auto& one : card_tags_) tag(one);
        tag_all("license:", "license");
    }

    std::optional<std::string> find_library() const {
        if (auto named = text_of(card_, "library_name")) return named;
        for (const auto& one : card_tags_)
            if (is_library(one)) return one;
        struct Rule {
            std::string_view name;  ///< of a file at the top, or an ending that begins with a dot
            std::string_view library;
        };
        constexpr Rule kRules[] = {{".nemo", "nemo"},
                                   {".mlmodel", "coreml"},
                                   {"model_index.json", "diffusers"},
                                   {"adapter_config.json", "peft"},
                                   {"modules.json", "sentence-transformers"}};
        constexpr Rule kLateRules[] = {{".gguf", "gguf"},
                                       {"saved_model.pb", "tf-keras"},
                                       {".keras", "keras"},
                                       {"sklearn_model.joblib", "sklearn"},
                                       {"hyperparams.yaml", "speechbrain"}};
        for (const auto& rule : kRules)
            if (has(rule.name)) return std::string(rule.library);
        if (config_.contains("architectures") || config_.contains("model_type")) return "transformers";
        for (const auto& rule : kLateRules)
            if (has(rule.name)) return std::string(rule.library);
        return std::nullopt;
    }

    void find_transformers() {
        const auto classes = texts_of(config_, "architectures");
        if (out_.library != "transformers" || classes.empty()) return;
        const auto group = detail::find_architecture(classes[0], text_of(config_, "model_type").value_or(""));
        if (!group) return;
        TransformersInfo info{std::string(group->auto_model), std::nullopt, find_processor()};
        if (!group->task.empty()) info.pipeline_tag = group->task;
        out_.transformers = std::move(info);
    }

    std::string find_processor() const {
        const bool has_tokenizer = has_file("tokenizer_config.json") || has_file("tokenizer.json") || has_file("vocab.txt");
        if (has_file("processor_config.json")) return "AutoProcessor";
        if (!has_file("preprocessor_config.json")) return "AutoTokenizer";
        return has_tokenizer ? "AutoProcessor" : "AutoImageProcessor";
    }

    std::optional<std::string> find_pipeline_tag() const {
        if (auto named = text_of(card_, "pipeline_tag")) return named;
        if (out_.transformers && out_.transformers->pipeline_tag) {
            const auto& task = *out_.transformers->pipeline_tag;
            return task == "text2text-generation" ? "text-generation" : task;
        }
        for (const auto& one : card_tags_)
            if (std::any_of(tasks().begin(), tasks().end(), [&](const Task& task) { return task.id == one; })) return one;
        return out_.library == "sentence-transformers" ? std::optional<std::string>("sentence-similarity") : std::nullopt;
    }

    void find_base_models() {
        const auto ids = texts_of(card_, "base_model");
        const auto named = text_of(card_, "base_model_relation");
        const std::string relation = named ? *named : guess_relation(ids.size());
        for (const auto& id : ids)
            if (is_repo_id_form(id)) out_.base_models.push_back({id, relation});
    }

    std::string guess_relation(std::size_t bases) const {
        if (has_file("adapter_config.json") || out_.library == "peft" || has_tag("lora")) return "adapter";
        const bool quantized = has(".gguf") || config_.contains("quantization_config") || has_tag("gguf") || has_tag("awq") ||
                               has_tag("gptq") || has_tag("exl2");
        if (quantized) return "quantized";
        return bases > 1 || has_tag("merge") ? "merge" : "finetune";
    }

    void copy_config() {
        for (const char* key : {"architectures", "auto_map", "model_type", "quantization_config"})
            if (const auto* value = config_.if_contains(key)) out_.config[key] = *value;
    }

    void tag_files() {
        struct Format {
            std::string_view name;
            std::string_view tag;
        };
        constexpr Format kFormats[] = {{".bin", "pytorch"},    {".h5", "tf"},
                                       {".msgpack", "jax"},    {".tflite", "tflite"},
                                       {".joblib", "joblib"},  {".keras", "keras"},
                                       {".mlmodel", "coreml"}, {".onnx", "onnx"},
                                       {".ot", "rust"},        {".safetensors", "safetensors"},
                                       {".gguf", "gguf"},      {"openvino_model.xml", "openvino"}};
        for (const auto& format : kFormats)
            if (has(format.name)) tag(format.tag);
        const auto is_events = [](const std::string& path) { return path.find("events.out.tfevents") != path.npos; };
        if (std::any_of(in_.files.begin(), in_.files.end(), is_events)) tag("tensorboard");
    }

    void tag_all(const std::string& prefix, std::string_view key) {
        for (const auto& text : texts_of(card_, key)) tag(prefix + text);
    }
    void tag_papers() {
        for (const auto& id : detail::find_arxiv_ids(in_.readme)) tag("arxiv:" + id);
    }
    void tag(std::string_view text) {
        if (text.empty() || text.size() > kMaxTagBytes || out_.tags.size() >= kMaxTags) return;
        if (seen_.insert(std::string(text)).second) out_.tags.emplace_back(text);
    }

    bool has_tag(std::string_view wanted) const {
        return std::find(card_tags_.begin(), card_tags_.end(), wanted) != card_tags_.end();
    }
    bool has_file(std::string_view path) const { return std::find(in_.files.begin(), in_.files.end(), path) != in_.files.end(); }
    /// A file at the top, or for a name that begins with a dot, weights anywhere that end so.
    bool has(std::string_view name) const {
        if (!name.starts_with('.')) return has_file(name);
        return std::any_of(in_.files.begin(), in_.files.end(),
                           [&](std::string_view path) { return path.ends_with(name) && !is_training_state(path); });
    }
    /// Files that trainers and converters write beside the weights, under the same ending.
    static bool is_training_state(std::string_view path) {
        const auto name = path.substr(path.rfind('/') + 1);
        return name == "training_args.bin" || name == "optimizer.bin" || name == "scheduler.bin" || name.starts_with("openvino");
    }

    const SummaryInput& in_;
    const json::object& card_;
    const json::object config_;
    const std::vector<std::string> card_tags_;
    std::unordered_set<std::string> seen_;
    Summary out_;
};

}  // namespace

CardAndSummary summarize(const SummaryInput& input) {
    CardAndSummary both{read_card_data(input.readme), {}};
    both.summary = Summarizer(input, both.card).run();
    return both;
}

}  // namespace mirfa::card
