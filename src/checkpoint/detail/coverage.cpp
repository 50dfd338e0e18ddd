// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace mirfa::checkpoint::detail {
namespace {

constexpr std::uint64_t kMostLayers = 100'000;

// Lists whose elements are all made alike. Others (stages, networks, convolutions) leave tensors out by design.
bool is_layer_list(std::string_view before_index) {
    for (const std::string_view list : {"layer.", "layers.", "h.", "block."}) {
        if (before_index.ends_with(list) &&
            (before_index.size() == list.size() || before_index[before_index.size() - list.size() - 1] == '.'))
            return true;
    }
    return false;
}

std::optional<std::uint64_t> layers_of(const ModelConfig& config, std::string_view before_index) {
    if (before_index.find("decoder") != std::string_view::npos)
        return config.size({"decoder_layers", "num_decoder_layers", "num_hidden_layers", "num_layers"});
    if (before_index.find("encoder") != std::string_view::npos)
        return config.size({"encoder_layers", "num_hidden_layers", "num_layers", "n_layers"});
    return config.size({"num_hidden_layers", "n_layer", "n_layers", "num_layers"});
}

bool is_nested(const NameFamily& family, std::string_view before_index) {
    return std::ranges::any_of(family.rows, [&](const NameTemplate& row) {
        return row.torch.starts_with(before_index) && row.torch.find("{1}") != std::string::npos;
    });
}

// The tensors of one template that differ in their first index only.
struct Column {
    const NameTemplate* row;
    Indices rest;
    bool operator<(const Column& other) const { return std::tie(row->torch, rest) < std::tie(other.row->torch, other.rest); }
};

void miss_layers(const NameFamily& family, const ModelConfig& config, std::span<const Middle> middles,
                 std::set<std::string>& missing) {
    std::map<Column, std::set<std::uint64_t>> columns;
    for (const Middle& middle : middles) {
        if (middle.row == nullptr || middle.indices.empty() || middle.indices[0].size() > 6) continue;
        Indices rest(middle.indices.begin() + 1, middle.indices.end());
        columns[{middle.row, std::move(rest)}].insert(std::stoull(middle.indices[0]));
    }
    const auto before_index = [](const Column& column) {
        return std::string_view(column.row->torch).substr(0, column.row->torch.find("{0}"));
    };
    std::set<std::string_view> long_lists;
    for (const auto& [column, seen] : columns)
        if (seen.size() > 1) long_lists.insert(before_index(column));
    for (const auto& [column, seen] : columns) {
        const std::string_view torch = column.row->torch;
        const std::string_view before = before_index(column);
        // What only one of several layers has belongs to that one, as the first layer's bias in T5.
        const bool is_of_one_layer = seen.size() == 1 && long_lists.contains(before);
        if (is_of_one_layer || !is_layer_list(before)) continue;
        const auto layers = is_nested(family, before) ? std::nullopt : layers_of(config, before);
        const std::uint64_t end = std::max(*seen.rbegin() + 1, std::min(layers.value_or(0), kMostLayers));
        const std::uint64_t first = layers ? 0 : *seen.begin();
        for (std::uint64_t i = first; i < end; ++i) {
            if (seen.contains(i)) continue;
            Indices indices = column.rest;
            indices.insert(indices.begin(), fmt::format("{}", i));
            missing.insert(fill_in(torch, indices));
        }
    }
}

void miss_weights(const NameFamily& family, std::span<const Middle> middles, std::set<std::string>& missing) {
    constexpr std::string_view kBias = ".bias";
    std::set<std::string_view> there;
    for (const Middle& middle : middles) there.insert(middle.torch);
    for (const Middle& middle : middles) {
        if (middle.row == nullptr || !middle.torch.ends_with(kBias)) continue;
        const std::string weight = middle.torch.substr(0, middle.torch.size() - kBias.size()) + ".weight";
        const std::string pattern = middle.row->torch.substr(0, middle.row->torch.size() - kBias.size()) + ".weight";
        // A head's weight may be tied, and is then no tensor of its own.
        const bool tied = std::ranges::find(family.torch_only, pattern) != family.torch_only.end();
        const auto row = std::ranges::find(family.rows, pattern, &NameTemplate::torch);
        const bool everywhere =
            row != family.rows.end() && (!family.has_tf || !row->tf.empty()) && (!family.has_flax || !row->flax.empty());
        if (everywhere && !tied && !there.contains(weight)) missing.insert(weight);
    }
}

// Sizes of the configuration that rows and columns of well-known tensors have.
struct Expected {
    std::string_view end;  ///< of the PyTorch name
    std::initializer_list<std::string_view> rows, columns;
};
const Expected kExpected[] = {
    {".word_embeddings.weight", {"vocab_size"}, {}},
    {".wte.weight", {"vocab_size"}, {"n_embd"}},
    {".wpe.weight", {"n_positions"}, {"n_embd"}},
    {"shared.weight", {"vocab_size"}, {"d_model"}},
    {".position_embeddings.weight", {"max_position_embeddings"}, {}},
    {".attention.self.query.weight", {"hidden_size"}, {"hidden_size"}},
    {".attention.attention.query.weight", {"hidden_size"}, {"hidden_size"}},
    {".q_lin.weight", {"dim"}, {"dim"}},
    {".intermediate.dense.weight", {"intermediate_size"}, {"hidden_size"}},
    {".mlp.gate_proj.weight", {"intermediate_size"}, {"hidden_size"}},
};
// Types whose blocks are narrower than their hidden_size says, or differ from one to the next.
constexpr std::string_view kOwnWidths[] = {"mobilebert",
                                           "convbert",
                                           "mobilevit",
                                           "swin",
                                           "segformer",
                                           "vit_mae",
                                           "encoder-decoder",
                                           "blip",
                                           "vision-encoder-decoder",
                                           "vision-text-dual-encoder",
                                           "lxmert"};

void check_sizes(const ModelConfig& config, const Middle& middle, std::vector<MismatchedName>& wrong) {
    if (middle.shape.size() != 2) return;
    for (const Expected& expected : kExpected) {
        if (!middle.torch.ends_with(expected.end)) continue;
        const auto rows = config.size(expected.rows);
        const auto columns = config.size(expected.columns);
        const Shape shape{rows.value_or(middle.shape[0]), columns.value_or(middle.shape[1])};
        if (shape != middle.shape)
            wrong.push_back({middle.source_name, middle.shape, fmt::format("{} by config.json", describe(shape))});
        return;
    }
}

}  // namespace

std::vector<std::string> find_missing(const NameFamily& family, const ModelConfig& config, std::span<const Middle> middles) {
    std::set<std::string> missing;
    miss_layers(family, config, middles, missing);
    miss_weights(family, middles, missing);
    return {missing.begin(), missing.end()};
}

std::vector<MismatchedName> find_mismatched(const NameFamily* family, const ModelConfig& config,
                                            std::span<const Middle> middles) {
    std::vector<MismatchedName> wrong;
    const bool own = family != nullptr && std::ranges::find(kOwnWidths, family->model_type) != std::end(kOwnWidths);
    for (const Middle& middle : middles) {
        if (!middle.problem.empty())
            wrong.push_back({middle.source_name, middle.view, middle.problem});
        else if (middle.row != nullptr && !own)
            check_sizes(config, middle, wrong);
    }
    return wrong;
}

}  // namespace mirfa::checkpoint::detail
