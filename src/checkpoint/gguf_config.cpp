// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "checkpoint/gguf_metadata.h"
#include "checkpoint/gguf_names.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

/// `key` in GGUF, and what it is called in config.json.
struct Size {
    std::string_view gguf, config;
};
constexpr Size kLlamaSizes[] = {
    {"block_count", "num_hidden_layers"},
    {"context_length", "max_position_embeddings"},
    {"embedding_length", "hidden_size"},
    {"feed_forward_length", "intermediate_size"},
    {"attention.head_count", "num_attention_heads"},
};
constexpr Size kGpt2Sizes[] = {
    {"block_count", "n_layer"},         {"context_length", "n_positions"},  {"embedding_length", "n_embd"},
    {"feed_forward_length", "n_inner"}, {"attention.head_count", "n_head"},
};

// The keys of a file, each JSON.
class Keys {
public:
    explicit Keys(const Reader& reader) : keys_(reader.metadata()) {}

    std::string text(const std::string& key) const {
        const auto found = keys_.find(key);
        if (found == keys_.end()) return {};
        const auto json = format::parse_json(found->second);
        return json.has_value() && json.value().is_string() ? std::string(json.value().get_string()) : std::string{};
    }
    std::optional<std::uint64_t> size(const std::string& key) const {
        const auto found = keys_.find(key);
        std::uint64_t number = 0;
        if (found == keys_.end()) return std::nullopt;
        const char* end = found->second.data() + found->second.size();
        const auto [stopped, failed] = std::from_chars(found->second.data(), end, number);
        return failed == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
    }
    std::optional<double> number(const std::string& key) const {
        const auto found = keys_.find(key);
        double number = 0;
        if (found == keys_.end()) return std::nullopt;
        const char* end = found->second.data() + found->second.size();
        const auto [stopped, failed] = std::from_chars(found->second.data(), end, number);
        return failed == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
    }

private:
    const std::map<std::string, std::string>& keys_;
};

const TensorInfo* find_tensor(const Reader& reader, std::string_view name) {
    const auto found = std::ranges::find(reader.tensors(), name, &TensorInfo::name);
    return found == reader.tensors().end() ? nullptr : &*found;
}

Result<void> check_whole(const Keys& keys) {
    const auto count = keys.size("split.count").value_or(1);
    if (count <= 1) return ok();
    return Error{
        Code::kUnsupported,
        fmt::format("This GGUF file is one of {}, and only whole ones are converted. Join them with llama-gguf-split.", count)};
}

class Maker {
public:
    explicit Maker(const Reader& reader) : reader_(reader), keys_(reader) {}

    Result<std::string> run() && {
        TRY(check_whole(keys_));
        arch_ = keys_.text("general.architecture");
        const auto known = find_gguf_class(arch_);
        if (!known)
            return Error{Code::kUnsupported,
                         fmt::format("The architecture \"{}\" of this GGUF file is not known; gpt2, llama, qwen2 and qwen3 are.",
                                     arch_.substr(0, 60))};
        if (find_tensor(reader_, kRopeFactors) != nullptr)
            return Error{Code::kUnsupported,
                         "This model scales its rotary positions by factors that only its config.json tells. Put "
                         "that beside the GGUF file."};
        json_.object().array("architectures").value(known->class_name).end().field("model_type", known->model_type);
        const bool gpt2 = known->model_type == "gpt2";
        for (const Size& size : gpt2 ? std::span<const Size>(kGpt2Sizes) : std::span<const Size>(kLlamaSizes)) {
            TRY(const auto number, need(size.gguf));
            json_.field(size.config, number);
        }
        if (gpt2)
            put_number("attention.layer_norm_epsilon", "layer_norm_epsilon");
        else
            TRY(put_llama());
        const TensorInfo* embedding = find_tensor(reader_, "token_embd.weight");
        if (embedding != nullptr && embedding->shape.size() == 2) json_.field("vocab_size", embedding->shape[0]);
        json_.field("tie_word_embeddings", find_tensor(reader_, "output.weight") == nullptr);
        for (const auto& [from, to] : {std::pair{"bos", "bos"}, {"eos", "eos"}, {"padding", "pad"}})
            json_.field(fmt::format("{}_token_id", to), keys_.size(fmt::format("tokenizer.ggml.{}_token_id", from)));
        json_.end();
        return std::move(json_).take() + "\n";
    }

private:
    Result<std::uint64_t> need(std::string_view key) const {
        const auto number = keys_.size(fmt::format("{}.{}", arch_, key));
        if (number) return *number;
        return Error{Code::kInvalidArgument,
                     fmt::format("This GGUF file has no key {}.{}, so its model cannot be told.", arch_, key)};
    }

    void put_number(std::string_view key, std::string_view name) {
        json_.field(name, keys_.number(fmt::format("{}.{}", arch_, key)));
    }

    Result<void> put_llama() {
        TRY(const auto heads, need("attention.head_count"));
        TRY(const auto width, need("embedding_length"));
        json_.field("num_key_value_heads", keys_.size(arch_ + ".attention.head_count_kv").value_or(heads));
        const auto head = keys_.size(arch_ + ".attention.key_length");
        if (head || heads != 0) json_.field("head_dim", head.value_or(heads == 0 ? 0 : width / heads));
        put_number("attention.layer_norm_rms_epsilon", "rms_norm_eps");
        put_number("rope.freq_base", "rope_theta");
        json_.field("hidden_act", "silu");
        if (arch_ == "llama") {
            json_.field("attention_bias", find_tensor(reader_, "blk.0.attn_output.bias") != nullptr);
            json_.field("mlp_bias", find_tensor(reader_, "blk.0.ffn_up.bias") != nullptr);
        }
        return put_scaling();
    }

    Result<void> put_scaling() {
        const std::string type = keys_.text(arch_ + ".rope.scaling.type");
        if (type.empty() || type == "none") return ok();
        if (type != "linear" && type != "yarn")
            return Error{Code::kUnsupported, fmt::format("This model scales its rotary positions by \"{}\", which only its "
                                                         "config.json tells. Put that beside the GGUF file.",
                                                         type.substr(0, 60))};
        json_.object("rope_scaling").field("rope_type", type).field("factor", keys_.number(arch_ + ".rope.scaling.factor"));
        json_.field("original_max_position_embeddings", keys_.size(arch_ + ".rope.scaling.original_context_length")).end();
        return ok();
    }

    const Reader& reader_;
    Keys keys_;
    std::string arch_;
    format::JsonWriter json_;
};

}  // namespace

Result<std::string> config_json_of_gguf(const Reader& reader) { return Maker(reader).run(); }

Result<void> check_gguf_config(const Reader& reader, const ModelConfig& config) {
    const Keys keys(reader);
    TRY(check_whole(keys));
    const std::string arch = keys.text("general.architecture");
    if (!arch.empty() && arch != gguf_architecture(config))
        return Error{Code::kInvalidArgument,
                     fmt::format("This GGUF file is of the architecture \"{}\", and config.json beside it of a \"{}\" model.",
                                 arch.substr(0, 60), config.model_type)};
    const auto type = config.words.find("rope.rope_type");
    if (find_tensor(reader, kRopeFactors) != nullptr && (type == config.words.end() || type->second != "llama3"))
        return Error{Code::kUnsupported,
                     "This model scales its rotary positions by factors, and config.json beside it says nothing of them."};
    return ok();
}

}  // namespace mirfa::checkpoint
