// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/gguf_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/name_templates.h"

namespace mirfa::checkpoint {
namespace {

struct Row {
    std::string_view torch, gguf;
};

constexpr Row kLlama[] = {
    {"model.embed_tokens.weight", "token_embd.weight"},
    {"model.layers.{0}.input_layernorm.weight", "blk.{0}.attn_norm.weight"},
    {"model.layers.{0}.self_attn.q_proj.weight", "blk.{0}.attn_q.weight"},
    {"model.layers.{0}.self_attn.k_proj.weight", "blk.{0}.attn_k.weight"},
    {"model.layers.{0}.self_attn.v_proj.weight", "blk.{0}.attn_v.weight"},
    {"model.layers.{0}.self_attn.q_proj.bias", "blk.{0}.attn_q.bias"},
    {"model.layers.{0}.self_attn.k_proj.bias", "blk.{0}.attn_k.bias"},
    {"model.layers.{0}.self_attn.v_proj.bias", "blk.{0}.attn_v.bias"},
    {"model.layers.{0}.self_attn.o_proj.weight", "blk.{0}.attn_output.weight"},
    {"model.layers.{0}.self_attn.o_proj.bias", "blk.{0}.attn_output.bias"},
    {"model.layers.{0}.post_attention_layernorm.weight", "blk.{0}.ffn_norm.weight"},
    {"model.layers.{0}.mlp.gate_proj.weight", "blk.{0}.ffn_gate.weight"},
    {"model.layers.{0}.mlp.gate_proj.bias", "blk.{0}.ffn_gate.bias"},
    {"model.layers.{0}.mlp.up_proj.weight", "blk.{0}.ffn_up.weight"},
    {"model.layers.{0}.mlp.up_proj.bias", "blk.{0}.ffn_up.bias"},
    {"model.layers.{0}.mlp.down_proj.weight", "blk.{0}.ffn_down.weight"},
    {"model.layers.{0}.mlp.down_proj.bias", "blk.{0}.ffn_down.bias"},
    {"model.norm.weight", "output_norm.weight"},
    {"lm_head.weight", "output.weight"},
};

// What Qwen3 has beside the names of Llama.
constexpr Row kQwen3[] = {
    {"model.layers.{0}.self_attn.q_norm.weight", "blk.{0}.attn_q_norm.weight"},
    {"model.layers.{0}.self_attn.k_norm.weight", "blk.{0}.attn_k_norm.weight"},
};

constexpr Row kGpt2[] = {
    {"wte.weight", "token_embd.weight"},
    {"wpe.weight", "position_embd.weight"},
    {"h.{0}.ln_1.weight", "blk.{0}.attn_norm.weight"},
    {"h.{0}.ln_1.bias", "blk.{0}.attn_norm.bias"},
    {"h.{0}.attn.c_attn.weight", "blk.{0}.attn_qkv.weight"},
    {"h.{0}.attn.c_attn.bias", "blk.{0}.attn_qkv.bias"},
    {"h.{0}.attn.c_proj.weight", "blk.{0}.attn_output.weight"},
    {"h.{0}.attn.c_proj.bias", "blk.{0}.attn_output.bias"},
    {"h.{0}.ln_2.weight", "blk.{0}.ffn_norm.weight"},
    {"h.{0}.ln_2.bias", "blk.{0}.ffn_norm.bias"},
    {"h.{0}.mlp.c_fc.weight", "blk.{0}.ffn_up.weight"},
    {"h.{0}.mlp.c_fc.bias", "blk.{0}.ffn_up.bias"},
    {"h.{0}.mlp.c_proj.weight", "blk.{0}.ffn_down.weight"},
    {"h.{0}.mlp.c_proj.bias", "blk.{0}.ffn_down.bias"},
    {"ln_f.weight", "output_norm.weight"},
    {"ln_f.bias", "output_norm.bias"},
    {"lm_head.weight", "output.weight"},
};

struct Family {
    std::string_view model_type;
    std::span<const Row> rows;
    bool interleaved;  ///< queries and keys are stored with rotating pairs as neighbours
    std::string_view prefix;
    std::string_view architecture, class_name;
    std::span<const Row> more = {};
};
// Of two types with one architecture the first is what a file is taken for that does not say.
constexpr Family kFamilies[] = {
    {"gpt2", kGpt2, false, "transformer.", "gpt2", "GPT2LMHeadModel"}, {"llama", kLlama, true, "", "llama", "LlamaForCausalLM"},
    {"mistral", kLlama, true, "", "llama", "MistralForCausalLM"},      {"qwen2", kLlama, false, "", "qwen2", "Qwen2ForCausalLM"},
    {"qwen3", kLlama, false, "", "qwen3", "Qwen3ForCausalLM", kQwen3},
};

const Family* family_of(std::string_view model_type) {
    const auto* found = std::ranges::find(kFamilies, model_type, &Family::model_type);
    return found == std::end(kFamilies) ? nullptr : found;
}

std::string_view without_prefix(const Family& family, std::string_view torch) {
    return torch.starts_with(family.prefix) ? torch.substr(family.prefix.size()) : torch;
}

const Row* find_row(const Family& family, std::string_view Row::*side, std::string_view name, Indices& indices) {
    for (const auto rows : {family.rows, family.more}) {
        for (const Row& row : rows) {
            auto found = match_name(row.*side, name);
            if (!found) continue;
            indices = std::move(*found);
            return &row;
        }
    }
    return nullptr;
}

}  // namespace

Result<void> check_gguf_known(const ModelConfig& config) {
    if (family_of(config.model_type) != nullptr) return ok();
    return Error{
        Code::kUnsupported,
        fmt::format("GGUF is known for gpt2, llama, mistral, qwen2 and qwen3; this model's type is \"{}\".", config.model_type)};
}

GgufName gguf_name(const ModelConfig& config, std::string_view torch) {
    const Family* family = family_of(config.model_type);
    if (family == nullptr) return {};
    Indices indices;
    const Row* row = find_row(*family, &Row::torch, without_prefix(*family, torch), indices);
    return row == nullptr ? GgufName{} : GgufName{fill_in(row->gguf, indices)};
}

std::string torch_name_of_gguf(const ModelConfig& config, std::string_view gguf) {
    const Family* family = family_of(config.model_type);
    Indices indices;
    const Row* row = family == nullptr ? nullptr : find_row(*family, &Row::gguf, gguf, indices);
    if (row == nullptr) return {};
    // The head is no part of the base model.
    const bool head = row->torch == "lm_head.weight";
    return (head ? std::string{} : std::string(family->prefix)) + fill_in(row->torch, indices);
}

std::string_view gguf_architecture(const ModelConfig& config) {
    const Family* family = family_of(config.model_type);
    return family == nullptr ? std::string_view{} : family->architecture;
}

std::optional<GgufClass> find_gguf_class(std::string_view architecture) {
    const auto* found = std::ranges::find(kFamilies, architecture, &Family::architecture);
    if (found == std::end(kFamilies)) return std::nullopt;
    return GgufClass{found->model_type, found->class_name};
}

Result<GgufChange> gguf_change(const ModelConfig& config, std::string_view torch, const Shape& shape) {
    const Family* family = family_of(config.model_type);
    GgufChange change{{}, {}, shape};
    if (family == nullptr) return change;
    if (family->model_type == "gpt2" && shape.size() == 2 && without_prefix(*family, torch).starts_with("h.")) {
        change.axes = {1, 0};
        change.shape = {shape[1], shape[0]};
        return change;
    }
    const bool query = torch.find(".q_proj.") != std::string_view::npos;
    const bool key = torch.find(".k_proj.") != std::string_view::npos;
    if (!family->interleaved || (!query && !key)) return change;
    const auto heads = config.size({"num_attention_heads"});
    const auto count = key ? config.size({"num_key_value_heads", "num_attention_heads"}) : heads;
    // Halved first: twice a count that a file claims may be more than there are numbers.
    if (!count || *count == 0 || shape.empty() || shape[0] % 2 != 0 || shape[0] / 2 % *count != 0)
        return Error{Code::kInvalidArgument,
                     fmt::format("config.json says {} attention heads for {} of shape {}, which they do not divide in halves.",
                                 count.value_or(0), torch, describe(shape))};
    change.view = {*count, 2, shape[0] / *count / 2};
    change.axes = {0, 2, 1};
    if (shape.size() == 2) {
        change.view.push_back(shape[1]);
        change.axes.push_back(3);
    }
    return change;
}

Result<GgufChange> gguf_change_back(const ModelConfig& config, std::string_view torch, const Shape& shape) {
    TRY(GgufChange change, gguf_change(config, torch, shape));
    if (change.view.empty()) return change;  // nothing, or a matrix that is turned: that undoes itself
    std::swap(change.view[1], change.view[2]);
    return change;
}

}  // namespace mirfa::checkpoint
