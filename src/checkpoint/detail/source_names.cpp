// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/source_names.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/gguf_names.h"
#include "checkpoint/names.h"

namespace mirfa::checkpoint::detail {
namespace {

struct Found {
    const NameTemplate* row = nullptr;
    Indices indices;
};

struct Named {
    std::size_t source;
    std::string name;
    bool is_tie;
};

std::string with_slashes(std::string_view name) {
    std::string path(name);
    std::ranges::replace(path, '.', '/');
    return path;
}

std::vector<Named> names_of(std::span<const TensorInfo> tensors, std::span<const Tie> ties) {
    std::vector<Named> names;
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        names.push_back({i, tensors[i].name, false});
        places.emplace(tensors[i].name, i);
    }
    for (const Tie& tie : ties) {
        if (const auto found = places.find(tie.same_as); found != places.end()) names.push_back({found->second, tie.name, true});
    }
    return names;
}

bool begins(const std::vector<std::string>& names, std::string_view prefix) {
    return std::ranges::any_of(names, [&](const std::string& name) { return name.starts_with(prefix); });
}

// --- PyTorch -----------------------------------------------------------------------------------------------------------

std::size_t count_known(const NameFamily& family, const std::vector<std::string>& names, std::size_t skip) {
    Indices unused;
    return static_cast<std::size_t>(std::ranges::count_if(names, [&](const std::string& name) {
        const std::string_view rest = std::string_view(name).substr(skip);
        return find_row(family, rest, {}, unused) != nullptr ||
               find_row(family, family.prefix + std::string(rest), {}, unused) != nullptr;
    }));
}

void read_torch(const NameFamily* family, std::span<const TensorInfo> tensors, const std::vector<Named>& names,
                std::string_view architecture, Middles& middles) {
    std::vector<std::string> spelled;
    for (const Named& named : names) spelled.push_back(usual_spelling(named.name));
    constexpr std::string_view kModel = "model.";
    const bool all_model = std::ranges::all_of(spelled, [&](const auto& name) { return name.starts_with(kModel); });
    const bool better =
        family != nullptr && all_model && count_known(*family, spelled, kModel.size()) > count_known(*family, spelled, 0);
    const std::string_view wrapper = wrapper_of(spelled, better);
    if (!wrapper.empty()) {
        middles.notes.push_back(fmt::format("Every name began with \"{}\", which was taken off.", wrapper));
        for (std::string& name : spelled) name.erase(0, wrapper.size());
    }
    const std::string_view prefix = family != nullptr ? std::string_view(family->prefix) : std::string_view{};
    middles.had_prefix = prefix.empty() || begins(spelled, prefix);
    for (std::size_t i = 0; i < names.size(); ++i) {
        Middle middle;
        middle.torch = spelled[i];
        if (family != nullptr) middle.row = find_row(*family, middle.torch, architecture, middle.indices);
        if (family != nullptr && middle.row == nullptr && !middles.had_prefix) {
            const std::string longer = family->prefix + spelled[i];
            middle.row = find_row(*family, longer, architecture, middle.indices);
            if (middle.row != nullptr) middle.torch = longer;
        }
        middle.view = middle.shape = tensors[names[i].source].shape;
        middles.all.push_back(std::move(middle));
    }
}

// --- TensorFlow --------------------------------------------------------------------------------------------------------

Found find_tf_row(const NameFamily& family, std::string_view variable) {
    const std::size_t slash = variable.find('/');
    const std::string_view below = slash == std::string_view::npos ? std::string_view{} : variable.substr(slash + 1);
    for (const NameTemplate& row : family.rows) {
        if (row.tf.empty()) continue;
        if (auto indices = match_name(row.tf, variable)) return {&row, std::move(*indices)};
        if (auto indices = match_name(row.tf, below); !below.empty() && indices) return {&row, std::move(*indices)};
        // A whole name (`shared/shared/embeddings`) loses its first segment where files leave the model's out.
        const std::size_t first = row.tf.find('/');
        if (!row.tf_whole || first == std::string::npos) continue;
        if (auto indices = match_name(std::string_view(row.tf).substr(first + 1), variable)) return {&row, std::move(*indices)};
    }
    return {};
}

// Whole h5 files say the model's scope in front, `tf_bert_model/…`; shards and safetensors leave it out.
bool is_scoped(const std::vector<Named>& names) {
    std::size_t below = 0;
    std::string_view scope;
    for (const Named& named : names) {
        const std::string_view name = named.name;
        const std::size_t slash = name.find('/');
        if (slash == std::string_view::npos || !name.starts_with("tf")) continue;
        if (scope.empty()) scope = name.substr(0, slash);
        if (name.substr(0, slash) == scope) ++below;
    }
    return 2 * below > names.size();
}

void turn_to_torch(Middle& middle, const Shape& shape, Turn turn, Fit fit) {
    const auto view = unfitted(fit, shape);
    const auto axes = view.has_value() ? axes_to_torch(turn, view.value().size()) : Result<std::vector<unsigned>>(view.error());
    middle.view = view.has_value() ? view.value() : shape;
    if (axes.has_value())
        middle.axes = axes.value();
    else
        middle.problem = axes.error().message;
    middle.shape = moved(middle.view, middle.axes);
}

void read_tf(const NameFamily* family, std::span<const TensorInfo> tensors, const std::vector<Named>& names, Middles& middles) {
    const bool scoped = is_scoped(names);
    for (const Named& named : names) {
        Middle middle;
        const Shape& shape = tensors[named.source].shape;
        const std::string_view variable = without_output_number(named.name);
        Found found;
        if (family != nullptr) found = find_tf_row(*family, variable);
        if (found.row != nullptr) {
            middle.row = found.row;
            middle.indices = std::move(found.indices);
            middle.torch = fill_in(found.row->torch, middle.indices);
            turn_to_torch(middle, shape, found.row->tf_turn, found.row->tf_fit);
        } else {
            const bool whole = variable.find('/') == std::string_view::npos || variable.find("model.") != std::string_view::npos;
            const std::string full = scoped || whole ? std::string(variable) : fmt::format("model/{}", variable);
            TurnedName guess = torch_name_of_tf(full, shape.size()).value();
            guess.name = usual_spelling(guess.name);
            middle.torch = guess.name;
            middle.guessed = true;
            turn_to_torch(middle, shape, guess.turn, Fit::kSame);
            for (const auto& [tf, torch] :
                 {std::pair{"moving_mean", "running_mean"}, std::pair{"moving_variance", "running_var"}}) {
                if (middle.torch.ends_with(tf))
                    middle.torch.replace(middle.torch.size() - std::string_view(tf).size(), std::string::npos, torch);
            }
        }
        middles.all.push_back(std::move(middle));
    }
}

// --- Flax --------------------------------------------------------------------------------------------------------------

Found find_flax_row(const NameFamily& family, std::string_view path) {
    for (const NameTemplate& row : family.rows) {
        if (row.flax.empty()) continue;
        if (auto indices = match_name(row.flax, path)) return {&row, std::move(*indices)};
    }
    return {};
}

void read_flax(const NameFamily* family, std::span<const TensorInfo> tensors, const std::vector<Named>& names, Middles& middles) {
    std::vector<std::string> paths;
    const bool dotted = std::ranges::none_of(names, [](const Named& named) { return named.name.find('/') != std::string::npos; });
    for (const Named& named : names) paths.push_back(dotted ? with_slashes(named.name) : named.name);
    const bool below =
        std::ranges::all_of(paths, [](const auto& p) { return p.starts_with("params/") || p.starts_with("batch_stats/"); });
    if (below) {
        for (std::string& path : paths) path.erase(0, path.find('/') + 1);
    }
    // The basic blocks of ResNet name their two convolutions in a way of their own; bottlenecks name them as PyTorch does.
    if (family != nullptr && family->model_type == "resnet") {
        for (std::string& path : paths) {
            if (const std::size_t at = path.find("/layer/layer_"); at != std::string::npos) path.erase(at + 7, 6);
        }
    }
    const std::string prefix = family != nullptr ? with_slashes(family->prefix) : std::string{};
    middles.had_prefix = prefix.empty() || begins(paths, prefix);
    for (std::size_t i = 0; i < names.size(); ++i) {
        Middle middle;
        const Shape& shape = tensors[names[i].source].shape;
        Found found;
        if (family != nullptr) found = find_flax_row(*family, paths[i]);
        if (family != nullptr && found.row == nullptr && !middles.had_prefix) found = find_flax_row(*family, prefix + paths[i]);
        if (found.row != nullptr) {
            middle.row = found.row;
            middle.indices = std::move(found.indices);
            middle.torch = fill_in(found.row->torch, middle.indices);
            turn_to_torch(middle, shape, found.row->flax_turn, Fit::kSame);
        } else {
            const TurnedName guess = torch_name_of_flax(paths[i], shape.size());
            middle.torch = guess.name;
            middle.guessed = true;
            turn_to_torch(middle, shape, guess.turn, Fit::kSame);
        }
        middles.all.push_back(std::move(middle));
    }
}

// --- GGUF --------------------------------------------------------------------------------------------------------------

void read_gguf_names(const NameFamily* family, const ModelConfig& config, std::span<const TensorInfo> tensors,
                     const std::vector<Named>& names, Middles& middles) {
    for (const Named& named : names) {
        Middle middle;
        middle.view = middle.shape = tensors[named.source].shape;
        middle.torch = torch_name_of_gguf(config, named.name);
        middle.from_gguf = !middle.torch.empty();
        if (middle.from_gguf) {
            if (family != nullptr) middle.row = find_row(*family, middle.torch, config.architecture(), middle.indices);
            auto change = gguf_change_back(config, middle.torch, middle.shape);
            if (!change.has_value()) {
                middle.problem = change.error().message;
            } else {
                if (!change.value().view.empty()) middle.view = std::move(change.value().view);
                middle.axes = std::move(change.value().axes);
                middle.shape = std::move(change.value().shape);
            }
        } else {
            middle.torch = named.name;
        }
        middles.all.push_back(std::move(middle));
    }
}

}  // namespace

const NameTemplate* find_row(const NameFamily& family, std::string_view torch, std::string_view architecture, Indices& indices) {
    const NameTemplate* found = nullptr;
    for (const NameTemplate& row : family.rows) {
        auto match = match_name(row.torch, torch);
        if (!match) continue;
        // BLIP's base model alone has a level `blip` around everything.
        const bool outer = row.tf.starts_with(family.model_type + "/");
        if (found == nullptr || outer == is_base_class(architecture)) {
            found = &row;
            indices = std::move(*match);
        }
        if (family.model_type != "blip") break;
    }
    return found;
}

Middles find_torch_names(const NameFamily* family, const ModelConfig& config, Framework source,
                         std::span<const TensorInfo> tensors, std::span<const Tie> ties) {
    const std::vector<Named> names = names_of(tensors, ties);
    Middles middles;
    switch (source) {
        case Framework::kTorch: read_torch(family, tensors, names, config.architecture(), middles); break;
        case Framework::kGguf: read_gguf_names(family, config, tensors, names, middles); break;
        case Framework::kTensorFlow: read_tf(family, tensors, names, middles); break;
        case Framework::kFlax: read_flax(family, tensors, names, middles); break;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        middles.all[i].source = names[i].source;
        middles.all[i].source_name = names[i].name;
        middles.all[i].is_tie = names[i].is_tie;
    }
    return middles;
}

}  // namespace mirfa::checkpoint::detail
