// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf_metadata.h"

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace {

// general.file_type: the type of most octets.
std::uint32_t file_type_of(const Plan& plan) {
    std::map<Dtype, std::uint64_t> octets;
    for (const PlanRow& row : plan.rows) {
        const auto size = size_of(row.dtype, row.shape);
        if (row.shape.size() >= 2 && size.has_value()) octets[row.dtype] += size.value();
    }
    const auto most = std::ranges::max_element(octets, {}, [](const auto& entry) { return entry.second; });
    if (most == octets.end()) return 0;
    return most->first == Dtype::kF16 ? 1 : most->first == Dtype::kBF16 ? 32 : 0;
}

class Maker {
public:
    Maker(const ModelConfig& config, const Plan& plan) : config_(config), plan_(plan) {}

    Result<GgufMetadata> run(const std::filesystem::path& folder) && {
        const bool gpt2 = config_.model_type == "gpt2";
        // Mistral's networks are Llama's.
        arch_ = config_.model_type == "mistral" ? "llama" : config_.model_type;
        put("general.architecture", arch_);
        put("general.file_type", file_type_of(plan_));
        TRY(put_size("block_count", {"num_hidden_layers", "n_layer"}));
        TRY(put_size("context_length", {"max_position_embeddings", "n_positions", "n_ctx"}));
        TRY(put_size("embedding_length", {"hidden_size", "n_embd"}));
        TRY(put_feed_forward(gpt2));
        TRY(put_size("attention.head_count", {"num_attention_heads", "n_head"}));
        if (gpt2) {
            put(arch_ + ".attention.layer_norm_epsilon",
                static_cast<float>(config_.number({"layer_norm_epsilon"}).value_or(1e-5)));
        } else {
            TRY(put_size("attention.head_count_kv", {"num_key_value_heads", "num_attention_heads"}));
            put(arch_ + ".attention.layer_norm_rms_epsilon", static_cast<float>(config_.number({"rms_norm_eps"}).value_or(1e-6)));
            put(arch_ + ".rope.freq_base", static_cast<float>(config_.number({"rope_theta"}).value_or(10000.0)));
            TRY(put_rope());
        }
        if (const auto vocabulary = config_.size({"vocab_size"}))
            put(arch_ + ".vocab_size", static_cast<std::uint32_t>(*vocabulary));
        TRY(put_tokenizer(folder));
        return std::move(made_);
    }

private:
    void put(std::string key, GgufValue value) { made_.pairs.push_back({std::move(key), std::move(value)}); }

    Result<std::uint32_t> need(std::initializer_list<std::string_view> keys) const {
        const auto size = config_.size(keys);
        if (!size || *size > 0xffffffffu)
            return Error{Code::kInvalidArgument, fmt::format("config.json has no {}, which GGUF needs.", *keys.begin())};
        return static_cast<std::uint32_t>(*size);
    }

    Result<void> put_size(std::string_view key, std::initializer_list<std::string_view> keys) {
        TRY(const std::uint32_t size, need(keys));
        put(fmt::format("{}.{}", arch_, key), size);
        return ok();
    }

    Result<void> put_feed_forward(bool gpt2) {
        if (!gpt2) return put_size("feed_forward_length", {"intermediate_size"});
        TRY(const std::uint32_t width, need({"n_embd", "hidden_size"}));
        put(arch_ + ".feed_forward_length",
            static_cast<std::uint32_t>(config_.size({"n_inner"}).value_or(std::uint64_t{4} * width)));
        return ok();
    }

    Result<void> put_rope() {
        TRY(const std::uint32_t width, need({"hidden_size"}));
        TRY(const std::uint32_t heads, need({"num_attention_heads"}));
        if (heads == 0) return Error{Code::kInvalidArgument, "config.json says num_attention_heads 0."};
        put(arch_ + ".rope.dimension_count", static_cast<std::uint32_t>(config_.size({"head_dim"}).value_or(width / heads)));
        return ok();
    }

    Result<void> put_tokenizer(const std::filesystem::path& folder) {
        auto text = read_small_file(folder / "tokenizer.json", kMaxTokenizerBytes);
        if (!text.has_value() && text.error().code != Code::kNotFound) return std::move(text).error();
        if (!text.has_value()) {
            made_.notes.emplace_back(
                "There is no tokenizer.json, so the file has no tokens: a program that runs it needs them from elsewhere.");
            return ok();
        }
        TRY(const boost::json::value json, format::parse_json(text.value(), kMaxTokenizerBytes));
        const auto* model = format::find_member(json, "model");
        const auto* vocabulary = model != nullptr ? format::find_object(*model, "vocab") : nullptr;
        const auto* merges = model != nullptr ? format::find_array(*model, "merges") : nullptr;
        const bool by_octets = model != nullptr && !format::find_bool(*model, "byte_fallback").value_or(false);
        if (vocabulary == nullptr || merges == nullptr || !by_octets || vocabulary->size() > kMaxTokens) {
            made_.notes.emplace_back(
                "The tokenizer is not a BPE of octets, so the file has no tokens: a program that runs it needs them from "
                "elsewhere.");
            return ok();
        }
        put("tokenizer.ggml.model", std::string("gpt2"));
        put("tokenizer.ggml.pre", std::string(config_.model_type == "gpt2"    ? "gpt-2"
                                              : config_.model_type == "qwen2" ? "qwen2"
                                                                              : "llama-bpe"));
        TRY(put_tokens(*vocabulary, format::find_array(json, "added_tokens")));
        return put_merges(*merges);
    }

    Result<void> put_tokens(const boost::json::object& vocabulary, const boost::json::array* added) {
        constexpr std::int32_t kNormal = 1, kControl = 3, kUserDefined = 4, kUnused = 5;
        std::map<std::uint64_t, std::pair<std::string, std::int32_t>> tokens;
        for (const auto& member : vocabulary) {
            if (!member.value().is_int64() || member.value().get_int64() < 0) return broken("a token's number is none");
            tokens[static_cast<std::uint64_t>(member.value().get_int64())] = {std::string(member.key()), kNormal};
        }
        if (added != nullptr) {
            for (const auto& token : *added) {
                const auto id = format::find_int(token, "id");
                const auto content = format::find_string(token, "content");
                if (!id || *id < 0 || !content) return broken("an added token has no id or content");
                tokens[static_cast<std::uint64_t>(*id)] = {
                    std::string(*content), format::find_bool(token, "special").value_or(false) ? kControl : kUserDefined};
            }
        }
        // The embedding may have more rows than there are tokens.
        const std::uint64_t last = tokens.empty() ? 0 : tokens.rbegin()->first + 1;
        const std::uint64_t count = std::max(last, config_.size({"vocab_size"}).value_or(0));
        if (count > kMaxTokens) return broken("it numbers more tokens than any model has");
        std::vector<std::string> texts;
        std::vector<std::int32_t> types;
        for (std::uint64_t id = 0; id < count; ++id) {
            const auto found = tokens.find(id);
            texts.push_back(found != tokens.end() ? found->second.first : fmt::format("[PAD{}]", id));
            types.push_back(found != tokens.end() ? found->second.second : kUnused);
        }
        put("tokenizer.ggml.tokens", std::move(texts));
        put("tokenizer.ggml.token_type", std::move(types));
        for (const auto& [key, name] :
             {std::pair{"bos_token_id", "tokenizer.ggml.bos_token_id"}, std::pair{"eos_token_id", "tokenizer.ggml.eos_token_id"},
              std::pair{"pad_token_id", "tokenizer.ggml.padding_token_id"}}) {
            if (const auto id = config_.size({key}); id && *id < count) put(name, static_cast<std::uint32_t>(*id));
        }
        return ok();
    }

    // `"a b"`, or `["a", "b"]` in newer files.
    Result<void> put_merges(const boost::json::array& merges) {
        std::vector<std::string> texts;
        for (const auto& merge : merges) {
            if (merge.is_string()) {
                texts.emplace_back(merge.get_string());
            } else if (merge.is_array() && merge.get_array().size() == 2 && merge.get_array()[0].is_string() &&
                       merge.get_array()[1].is_string()) {
                texts.push_back(fmt::format("{} {}", std::string_view(merge.get_array()[0].get_string()),
                                            std::string_view(merge.get_array()[1].get_string())));
            } else {
                return broken("a merge is not a pair of texts");
            }
        }
        put("tokenizer.ggml.merges", std::move(texts));
        return ok();
    }

    static Error broken(std::string_view what) {
        return Error{Code::kInvalidArgument, fmt::format("tokenizer.json is broken: {}.", what)};
    }

    const ModelConfig& config_;
    const Plan& plan_;
    std::string arch_;
    GgufMetadata made_;
};

}  // namespace

Result<GgufMetadata> gguf_metadata(const ModelConfig& config, const std::filesystem::path& folder, const Plan& plan) {
    return Maker(config, plan).run(folder);
}

}  // namespace mirfa::checkpoint
