// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "checkpoint/gguf_names.h"
#include "checkpoint/gguf_tokenizer.h"

namespace mirfa::checkpoint {
namespace {

// general.file_type: the type of most octets.
std::uint32_t file_type_of(const Plan& plan) {
    std::map<std::string_view, std::uint64_t> octets;
    for (const PlanRow& row : plan.rows) {
        const auto count = count_elements(row.shape);
        const std::uint64_t bits = row.blocks.empty() ? bits_of(row.dtype) : 8;
        if (row.shape.size() >= 2 && count.has_value()) octets[row.type()] += count.value() * bits / 8;
    }
    const auto most = std::ranges::max_element(octets, {}, [](const auto& entry) { return entry.second; });
    if (most == octets.end()) return 0;
    return most->first == "F16" ? 1 : most->first == "Q8_0" ? 7 : most->first == "BF16" ? 32 : 0;
}

class Maker {
public:
    Maker(const ModelConfig& config, const Plan& plan)
        : config_(config), plan_(plan), arch_(gguf_architecture(config)), gpt2_(config.model_type == "gpt2") {}

    Result<GgufHead> run(const std::filesystem::path& folder) && {
        put("general.architecture", arch_);
        const std::uint32_t file_type = file_type_of(plan_);
        put("general.file_type", file_type);
        const bool blocks = std::ranges::any_of(plan_.rows, [](const PlanRow& row) { return !row.blocks.empty(); });
        if (blocks) put("general.quantization_version", std::uint32_t{2});
        TRY(put_size("block_count", {"num_hidden_layers", "n_layer"}));
        TRY(put_size("context_length", {"max_position_embeddings", "n_positions", "n_ctx"}));
        TRY(put_size("embedding_length", {"hidden_size", "n_embd"}));
        TRY(put_feed_forward());
        TRY(put_size("attention.head_count", {"num_attention_heads", "n_head"}));
        if (gpt2_) {
            put(arch_ + ".attention.layer_norm_epsilon",
                static_cast<float>(config_.number({"layer_norm_epsilon"}).value_or(1e-5)));
        } else {
            TRY(put_size("attention.head_count_kv", {"num_key_value_heads", "num_attention_heads"}));
            put(arch_ + ".attention.layer_norm_rms_epsilon", static_cast<float>(config_.number({"rms_norm_eps"}).value_or(1e-6)));
            TRY(put_rope());
        }
        if (const auto vocabulary = config_.size({"vocab_size"}))
            put(arch_ + ".vocab_size", static_cast<std::uint32_t>(*vocabulary));
        TRY(GgufMetadata tokenizer, gguf_tokenizer(config_, folder));
        std::ranges::move(tokenizer.pairs, std::back_inserter(made_.pairs));
        std::ranges::move(tokenizer.notes, std::back_inserter(made_.notes));
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

    Result<void> put_feed_forward() {
        if (!gpt2_) return put_size("feed_forward_length", {"intermediate_size"});
        if (config_.size({"n_inner"})) return put_size("feed_forward_length", {"n_inner"});
        TRY(const std::uint32_t width, need({"n_embd", "hidden_size"}));
        put(arch_ + ".feed_forward_length", static_cast<std::uint32_t>(std::uint64_t{4} * width));
        return ok();
    }

    Result<void> put_rope() {
        TRY(const std::uint32_t width, need({"hidden_size"}));
        TRY(const std::uint32_t heads, need({"num_attention_heads"}));
        if (heads == 0) return Error{Code::kInvalidArgument, "config.json says num_attention_heads 0."};
        std::uint32_t dimensions = width / heads;
        if (config_.size({"head_dim"})) {
            TRY(dimensions, need({"head_dim"}));
        }
        put(arch_ + ".rope.dimension_count", dimensions);
        if (dimensions != width / heads) {
            put(arch_ + ".attention.key_length", dimensions);
            put(arch_ + ".attention.value_length", dimensions);
        }
        const double base = config_.number({"rope.rope_theta", "rope_theta"}).value_or(10000.0);
        put(arch_ + ".rope.freq_base", static_cast<float>(base));
        return put_scaling(base, dimensions);
    }

    Result<void> put_scaling(double base, std::uint32_t dimensions) {
        const auto word = config_.words.find("rope.rope_type");
        const std::string type = word == config_.words.end() ? "default" : word->second;
        if (type == "default") return ok();
        const auto factor = config_.number({"rope.factor"});
        if (!factor || !(*factor > 0))
            return Error{Code::kInvalidArgument, "config.json scales its rotary positions without a factor."};
        if (type == "llama3") return add_factors(base, dimensions, *factor);
        if (type != "linear" && type != "yarn")
            return Error{
                Code::kUnsupported,
                fmt::format("config.json scales its rotary positions by \"{}\"; linear, yarn and llama3 are known for GGUF.",
                            type.substr(0, 60))};
        put(arch_ + ".rope.scaling.type", type);
        put(arch_ + ".rope.scaling.factor", static_cast<float>(*factor));
        if (type == "yarn") {
            const auto before = config_.size({"rope.original_max_position_embeddings", "max_position_embeddings"});
            put(arch_ + ".rope.scaling.original_context_length", static_cast<std::uint32_t>(before.value_or(0)));
        }
        return ok();
    }

    // Llama 3.1 stretches slow frequencies and leaves fast ones; GGUF has a factor for each, as a tensor.
    Result<void> add_factors(double base, std::uint32_t dimensions, double factor) {
        const double low = config_.number({"rope.low_freq_factor"}).value_or(1.0);
        const double high = config_.number({"rope.high_freq_factor"}).value_or(4.0);
        const double before = config_.number({"rope.original_max_position_embeddings"}).value_or(8192.0);
        if (dimensions > kMaxHeadSize || !(low > 0) || !(high > low))
            return Error{Code::kInvalidArgument, "config.json scales its rotary positions by numbers that make no sense."};
        std::vector<float> factors;
        for (std::uint32_t i = 0; i + 1 < dimensions; i += 2) {
            const double length = 2 * std::numbers::pi * std::pow(base, static_cast<double>(i) / dimensions);
            const double smooth = (before / length - low) / (high - low);
            const double stretched = length < before / high  ? 1
                                     : length > before / low ? factor
                                                             : 1 / ((1 - smooth) / factor + smooth);
            factors.push_back(static_cast<float>(stretched));
        }
        OutTensor tensor;
        tensor.info = {std::string(kRopeFactors), Dtype::kF32, {factors.size()}, factors.size() * sizeof(float)};
        tensor.write = [factors](ByteSink& sink) {
            return sink.write(ByteView(reinterpret_cast<const Byte*>(factors.data()), factors.size() * sizeof(float)));
        };
        made_.tensors.push_back(std::move(tensor));
        return ok();
    }

    static constexpr std::uint32_t kMaxHeadSize = 65'536;

    const ModelConfig& config_;
    const Plan& plan_;
    std::string arch_;
    bool gpt2_;
    GgufHead made_;
};

}  // namespace

Result<GgufHead> gguf_head(const ModelConfig& config, const std::filesystem::path& folder, const Plan& plan) {
    return Maker(config, plan).run(folder);
}

}  // namespace mirfa::checkpoint
