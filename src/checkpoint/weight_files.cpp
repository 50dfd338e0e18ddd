// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/weight_files.h"

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

constexpr WeightLayout kLayouts[] = {
    {"safetensors", "model.safetensors", "model.safetensors.index.json", "model", ".safetensors"},
    {"pt", "pytorch_model.bin", "pytorch_model.bin.index.json", "pytorch_model", ".bin"},
    {"tf", "tf_model.h5", "tf_model.h5.index.json", "tf_model", ".h5"},
    {"flax", "flax_model.msgpack", "flax_model.msgpack.index.json", "flax_model", ".msgpack"},
};

bool contains(std::span<const std::string> names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool is_gguf(std::string_view name) { return name.ends_with(".gguf"); }

std::vector<std::string> gguf_files(std::span<const std::string> names) {
    std::vector<std::string> files;
    std::ranges::copy_if(names, std::back_inserter(files), is_gguf);
    return files;
}

}  // namespace

std::span<const WeightLayout> weight_layouts() { return kLayouts; }

bool is_shard_of(std::string_view name, std::string_view stem, std::string_view extension) {
    constexpr std::string_view kShape = "-00000-of-00000";
    if (name.size() != stem.size() + kShape.size() + extension.size()) return false;
    if (!name.starts_with(stem) || !name.ends_with(extension)) return false;
    return std::ranges::equal(name.substr(stem.size(), kShape.size()), kShape,
                              [](char got, char wanted) { return wanted == '0' ? got >= '0' && got <= '9' : got == wanted; });
}

std::vector<std::string> weights_of(std::span<const std::string> names, const WeightLayout& layout) {
    if (contains(names, layout.single)) return {std::string(layout.single)};
    if (!contains(names, layout.index)) return {};
    std::vector<std::string> files{std::string(layout.index)};
    std::ranges::copy_if(names, std::back_inserter(files),
                         [&](const auto& name) { return is_shard_of(name, layout.shard_stem, layout.shard_extension); });
    return files;
}

std::vector<std::string> weights_to_convert(std::span<const std::string> names, std::string_view target) {
    for (const auto& layout : kLayouts) {
        if (layout.to == target) continue;
        auto files = weights_of(names, layout);
        if (!files.empty()) return files;
    }
    // From GGUF one way leads to PyTorch's formats, none to the others.
    if (target == "gguf" || target == "tf" || target == "flax") return {};
    auto gguf = gguf_files(names);
    return gguf.size() == 1 ? gguf : std::vector<std::string>();
}

std::vector<std::string> weights_to_load(std::span<const std::string> names) { return weights_to_convert(names, ""); }

std::vector<std::string> weights_for(std::span<const std::string> names, std::string_view target) {
    if (target == "gguf") return gguf_files(names);
    const auto* layout = std::ranges::find(kLayouts, target, &WeightLayout::to);
    return layout == std::end(kLayouts) ? std::vector<std::string>() : weights_of(names, *layout);
}

bool has_weights_of(std::span<const std::string> names, std::string_view target) { return !weights_for(names, target).empty(); }

bool may_be_weights(std::string_view name) {
    if (is_gguf(name)) return true;
    return std::ranges::any_of(kLayouts, [&](const WeightLayout& layout) {
        return name == layout.single || name == layout.index || is_shard_of(name, layout.shard_stem, layout.shard_extension);
    });
}

}  // namespace mirfa::checkpoint
