// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/names.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checkpoint/detail/replaced.h"
#include "base/ascii.h"

namespace mirfa::checkpoint {
namespace {

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <std::size_t N>
bool one_of(std::string_view word, const std::string_view (&words)[N]) {
    return std::ranges::find(words, word) != std::end(words);
}

std::string_view last_of(std::string_view name, char by) {
    const std::size_t at = name.rfind(by);
    return at == std::string_view::npos ? name : name.substr(at + 1);
}

std::string_view all_but_last(std::string_view name, char by) {
    const std::size_t at = name.rfind(by);
    return at == std::string_view::npos ? std::string_view{} : name.substr(0, at);
}

// `name` is `end`, or has it behind a dot.
bool ends_with_name(std::string_view name, std::string_view end) {
    if (!name.ends_with(end)) return false;
    return name.size() == end.size() || name[name.size() - end.size() - 1] == '.';
}

// A segment between two slashes that says `X___Y` is `Y` in PyTorch. The slashes belong to it, so neither the first nor the
// last segment is one, and of two neighbours only the first changes.
std::string without_aliases(std::string_view name) {
    std::string result;
    while (!name.empty()) {
        const std::size_t end = name[0] == '/' ? name.find('/', 1) : std::string_view::npos;
        const std::size_t mark = end == std::string_view::npos ? end : name.substr(1, end - 1).rfind("___");
        if (mark != std::string_view::npos) {
            result += '/';
            result += name.substr(1 + mark + 3, end - 1 - mark - 3);
            result += '/';
            name.remove_prefix(end + 1);
        } else {
            result += name[0];
            name.remove_prefix(1);
        }
    }
    return result;
}

std::string joined(const std::vector<std::string_view>& parts, char by) {
    std::string result;
    for (const std::string_view part : parts) {
        if (!result.empty()) result += by;
        result += part;
    }
    return result;
}

// --- which module is what ----------------------------------------------------------------------------------------------

constexpr std::string_view kConv1dModules[] = {"c_attn", "c_proj", "c_fc", "q_attn"};
constexpr std::string_view kConv1dTypes[] = {"gpt2", "openai-gpt", "vision-encoder-decoder"};

constexpr std::string_view kEmbeddings[] = {
    "word_embeddings",
    "word_embedding",
    "position_embeddings",
    "position_embedding",
    "shared",
    "embed_tokens",
    "embed_positions",
    "token_embedding",
    "tokens_embed",
    "positions_embed",
    "wte",
    "wpe",
    "w",
    "embeddings",
    "relative_attention_bias",
    "x_position_embeddings",
    "y_position_embeddings",
    "h_position_embeddings",
    "w_position_embeddings",
    "global_relative_attention_bias",
    "rel_embeddings",
};

bool is_embedding(std::string_view module) { return one_of(module, kEmbeddings) || module.starts_with("token_type_embeddings"); }

// An embedding is Keras' own layer, whose variable is `embeddings`, or one that was written by hand, whose is `weight`.
bool is_handmade_embedding(std::string_view module, std::string_view model_type) {
    constexpr std::string_view kAlways[] = {"token_embedding", "embeddings", "tokens_embed", "word_embedding"};
    constexpr std::string_view kKerasWords[] = {"blip", "esm", "layoutlmv3"};
    constexpr std::string_view kTokenTypes[] = {"opt", "xglm", "speech_to_text"};
    if (module == "word_embeddings") return !one_of(model_type, kKerasWords);
    if (module == "embed_tokens") return one_of(model_type, kTokenTypes);
    if (module == "embed_positions") return model_type == "whisper";
    if (module == "wte") return model_type == "gptj";
    return one_of(module, kAlways);
}

// Scales whose variable TensorFlow calls `weight` although a bias stands beside them.
bool keeps_weight(std::string_view torch, std::string_view module, std::string_view model_type) {
    if (model_type == "mobilebert") return module == "LayerNorm" && torch.find("predictions") == std::string_view::npos;
    if (model_type != "sam") return false;
    return module == "upscale_layer_norm" || torch.find("mask_embed.layer_norm") != std::string_view::npos ||
           torch.find("neck.layer_norm") != std::string_view::npos;
}

// Matrices that stay `weight` and as they are: embeddings used as heads.
bool is_untouched_matrix(std::string_view torch, std::string_view model_type) {
    if (model_type == "rembert") return torch == "cls.predictions.decoder.weight";
    if (model_type == "mobilebert") return torch == "cls.predictions.decoder.weight" || torch == "cls.predictions.dense.weight";
    return false;
}

TurnedName tf_leaf_of_weight(std::string_view torch, std::size_t rank, const Module& what, std::string_view model_type) {
    const std::string_view module = last_of(all_but_last(torch, '.'), '.');
    if (rank <= 1) return {!what.has_bias || keeps_weight(torch, module, model_type) ? "weight" : "gamma"};
    if (rank == 2 && is_embedding(module)) return {is_handmade_embedding(module, model_type) ? "weight" : "embeddings"};
    if (rank == 2 && one_of(module, kConv1dModules) && one_of(model_type, kConv1dTypes)) return {"weight"};
    if (rank == 2 && is_untouched_matrix(torch, model_type)) return {"weight"};
    if (rank == 4 && module == "grn") return {"weight"};
    if (rank == 3 && (module == "depthwise" || module == "pointwise") && model_type == "convbert")
        return {std::string(module) + "_kernel", Turn::kReverse};
    return {"kernel", rank == 4 ? Turn::kConv2d : Turn::kReverse};
}

TurnedName tf_leaf(std::string_view torch, std::size_t rank, const Module& what, std::string_view model_type) {
    const std::string_view leaf = last_of(torch, '.');
    const std::string_view module = last_of(all_but_last(torch, '.'), '.');
    if (leaf == "bias" && rank == 1) return {what.norm && !keeps_weight(torch, module, model_type) ? "beta" : "bias"};
    if (leaf == "weight") return tf_leaf_of_weight(torch, rank, what, model_type);
    if (leaf == "running_mean") return {"moving_mean"};
    if (leaf == "running_var") return {"moving_variance"};
    return {std::string(leaf)};
}

constexpr std::string_view kHeads[] = {
    "lm_head.weight",           "lm_head.decoder.weight",   "predictions.decoder.weight", "vocab_projector.weight",
    "generator_lm_head.weight", "generator.lm_head.weight", "pred_layer.proj.weight",     "lm_loss.weight",
    "proj_out.weight",          "output_projection.weight", "embed_out.weight",
};

constexpr std::string_view kInputEmbeddings[] = {
    "shared.weight", "embed_tokens.weight", "word_embeddings.weight",
    "wte.weight",    "tokens_embed.weight", "word_embedding.weight",
    "w.weight",      "embeddings.weight",
};

}  // namespace

std::string keras_scope(std::string_view class_name) {
    std::string first;
    for (std::size_t i = 0; i < class_name.size();) {
        std::size_t end = i + 2;
        const bool upper = i + 1 < class_name.size() && is_upper(class_name[i + 1]);
        while (upper && end < class_name.size() && (is_lower(class_name[end]) || is_digit(class_name[end]))) ++end;
        first += class_name[i];
        if (!upper || end == i + 2) {
            ++i;
            continue;
        }
        first += '_';
        first += class_name.substr(i + 1, end - i - 1);
        i = end;
    }
    std::string scope;
    for (std::size_t i = 0; i < first.size(); ++i) {
        if (i > 0 && is_upper(first[i]) && is_lower(first[i - 1])) scope += '_';
        scope += first[i];
    }
    scope = ascii_lower(scope);
    return scope.starts_with('_') ? "private" + scope : scope;
}

std::string_view without_output_number(std::string_view variable) {
    return variable.ends_with(":0") ? variable.substr(0, variable.size() - 2) : variable;
}

Result<TurnedName> torch_name_of_tf(std::string_view variable, std::size_t rank, std::string_view scope) {
    if (!scope.empty() && variable.find("final_logits_bias") == std::string_view::npos) {
        if (!variable.starts_with(scope))
            return Error{Code::kInvalidArgument, fmt::format("The variable {} is not below {}.", variable, scope)};
        variable.remove_prefix(scope.size());
        while (variable.starts_with('/')) variable.remove_prefix(1);
    }
    const std::string spelled = replaced(without_aliases(replaced(variable, ":0", "")), "_._", "/");
    std::vector<std::string_view> parts = split(spelled, '/');
    // Runs of slashes count as one; one in front leaves an empty first segment, which is the one that goes.
    for (std::size_t i = parts.size(); i-- > 1;) {
        if (parts[i].empty() && i + 1 < parts.size()) parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (parts.size() > 1) parts.erase(parts.begin());
    TurnedName result;
    std::string_view& last = parts.back();
    const bool projections = std::ranges::any_of(parts, [](auto p) { return p == "emb_projs" || p == "out_projs"; });
    if (last == "kernel")
        result.turn = rank == 4 ? Turn::kConv2d : Turn::kReverse;
    else if (last == "pointwise_kernel" || last == "depthwise_kernel" || projections)
        result.turn = Turn::kReverse;
    if (last == "kernel" || last == "embeddings" || last == "gamma")
        last = "weight";
    else if (last == "beta")
        last = "bias";
    else if (last == "pointwise_kernel")
        last = "pointwise.weight";
    else if (last == "depthwise_kernel")
        last = "depthwise.weight";
    result.name = joined(parts, '.');
    return result;
}

TurnedName tf_name_by_rules(std::string_view torch, std::size_t rank, const Module& module, std::string_view model_type,
                            ListStyle style) {
    TurnedName leaf = tf_leaf(torch, rank, module, model_type);
    std::string path;
    std::string_view where = all_but_last(torch, '.');
    if (leaf.name.ends_with("wise_kernel")) where = all_but_last(where, '.');
    constexpr std::string_view kJoints[] = {"_._", ".", "/"};
    for (const std::string_view part : split(where, '.')) {
        const bool index = !part.empty() && std::ranges::all_of(part, is_digit);
        if (!path.empty()) path += index ? kJoints[static_cast<std::size_t>(style)] : "/";
        path += part;
    }
    leaf.name = path.empty() ? leaf.name : fmt::format("{}/{}", path, leaf.name);
    return leaf;
}

TurnedName flax_name_by_rules(std::string_view torch, std::size_t rank, const Module& module) {
    const std::string_view leaf = last_of(torch, '.');
    const std::string_view where = all_but_last(torch, '.');
    TurnedName result{std::string(leaf)};
    if (leaf == "weight" && rank <= 1) {
        result.name = module.has_bias ? "scale" : "weight";
    } else if (leaf == "weight" && rank == 2 && is_embedding(last_of(where, '.'))) {
        result.name = "embedding";
    } else if (leaf == "weight") {
        result = {"kernel", rank == 4 ? Turn::kConv2d : Turn::kReverse};
    } else if (leaf == "running_mean") {
        result.name = "mean";
    } else if (leaf == "running_var") {
        result.name = "var";
    }
    if (!where.empty()) result.name = fmt::format("{}/{}", replaced(where, ".", "/"), result.name);
    return result;
}

TurnedName torch_name_of_flax(std::string_view path, std::size_t rank) {
    const std::string_view leaf = last_of(path, '/');
    TurnedName result{std::string(leaf)};
    if (leaf == "kernel")
        result = {"weight", rank == 4 ? Turn::kConv2d : Turn::kReverse};
    else if (leaf == "scale" || leaf == "embedding")
        result.name = "weight";
    else if (leaf == "mean")
        result.name = "running_mean";
    else if (leaf == "var")
        result.name = "running_var";
    const std::string_view where = all_but_last(path, '/');
    if (!where.empty()) result.name = fmt::format("{}.{}", replaced(where, "/", "."), result.name);
    return result;
}

bool is_batch_statistic(std::string_view path) {
    const std::string_view leaf = last_of(path, '/');
    return leaf == "mean" || leaf == "var";
}

std::string usual_spelling(std::string_view torch) {
    const std::string_view leaf = last_of(torch, '.');
    const std::string_view where = all_but_last(torch, '.');
    if (leaf == "gamma") return fmt::format("{}.weight", where);
    if (leaf == "beta") return fmt::format("{}.bias", where);
    if (leaf == "original0" || leaf == "original1") {
        const std::string_view outer = all_but_last(where, '.');
        if (last_of(outer, '.') == "parametrizations")
            return fmt::format("{}.{}_{}", all_but_last(outer, '.'), last_of(where, '.'), leaf == "original0" ? 'g' : 'v');
    }
    return std::string(torch);
}

std::string_view wrapper_of(std::span<const std::string> names, bool fits_without_model) {
    for (const std::string_view wrapper : {"module.", "_orig_mod.", "model."}) {
        if (wrapper == "model." && !fits_without_model) continue;
        if (!names.empty() && std::ranges::all_of(names, [&](const auto& name) { return name.starts_with(wrapper); }))
            return wrapper;
    }
    return {};
}

std::optional<std::string_view> buffer_reason(std::string_view torch, const Shape& shape, Dtype dtype) {
    if (ends_with_name(torch, "num_batches_tracked")) return "a counter of training";
    if (ends_with_name(torch, "position_ids")) return "a buffer: the row of positions";
    if (ends_with_name(torch, "masked_bias")) return "a buffer: what masked positions get";
    if (ends_with_name(torch, "attn.bias") || ends_with_name(torch, "attention.bias")) {
        if (shape.size() == 4) return "a buffer: the causal mask";
    }
    if (ends_with_name(torch, "crossattention.bias") && shape.size() == 4) return "a buffer: the causal mask";
    if (ends_with_name(torch, "inv_freq")) return "a buffer: rotary frequencies";
    if (ends_with_name(torch, "relative_position_index")) return "a buffer: relative positions";
    if (ends_with_name(torch, "embed_positions.weights")) return "a buffer: sinusoids";
    if (ends_with_name(torch, "version") && !is_floating(dtype)) return "a number of the format";
    if (ends_with_name(torch, "version") && count_elements(shape).has_value() && count_elements(shape).value() == 1)
        return "a number of the format";
    return std::nullopt;
}

std::optional<std::string_view> ignored_reason(std::string_view model_type, std::string_view torch) {
    const bool t5 = model_type == "t5" || model_type == "mt5" || model_type == "longt5" || model_type == "umt5";
    if (t5 && ends_with_name(torch, "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"))
        return "left over from early versions of T5, no class has it";
    const bool deberta = model_type == "deberta" || model_type == "deberta-v2";
    if (deberta && torch.find("mask_predictions.") != std::string_view::npos) return "a head of DeBERTa that no class has";
    if (deberta && ends_with_name(torch, "embeddings.position_embeddings.weight"))
        return "absolute positions, which only some DeBERTa models use";
    if (model_type == "data2vec-vision" && torch.find("auxiliary_head.") != std::string_view::npos)
        return "a head that is used in training only";
    return std::nullopt;
}

std::optional<std::string> tied_to(std::string_view torch, std::span<const std::string> names) {
    const auto exists = [&](const std::string& name) { return std::ranges::find(names, name) != names.end(); };
    if (ends_with_name(torch, "decoder.bias")) {
        const std::string head = std::string(torch.substr(0, torch.size() - std::string_view("decoder.bias").size())) + "bias";
        if (exists(head)) return head;
        return std::nullopt;
    }
    for (const std::string_view stack : {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}) {
        if (!ends_with_name(torch, stack)) continue;
        const std::string shared = std::string(torch.substr(0, torch.size() - stack.size())) + "shared.weight";
        if (exists(shared)) return shared;
        return std::nullopt;
    }
    const bool head = std::ranges::any_of(kHeads, [&](auto end) { return ends_with_name(torch, end); });
    if (!head) return std::nullopt;
    // A decoder inside another model has an embedding of its own: `decoder.lm_head` belongs to what is below `decoder`.
    const std::string_view outer = torch.starts_with("decoder.") ? "decoder." : "";
    for (const std::string_view end : kInputEmbeddings) {
        for (const std::string& name : names) {
            if (name != torch && name.starts_with(outer) && ends_with_name(name, end)) return name;
        }
    }
    return std::nullopt;
}

bool is_base_class(std::string_view class_name) {
    return class_name.ends_with("Model") && !class_name.ends_with("HeadModel") && !class_name.ends_with("HeadsModel");
}

}  // namespace mirfa::checkpoint
