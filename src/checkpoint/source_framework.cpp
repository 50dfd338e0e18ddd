// SPDX-License-Identifier: Apache-2.0
// Which framework a file is of: told by its format, by the file itself, or by how its names are spelled.
#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/plan.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kFlaxLeaves[] = {"kernel", "scale", "embedding"};
// Of Keras alone; `kernel` and `bias` it shares with Flax.
constexpr std::string_view kKerasLeaves[] = {"gamma", "beta", "embeddings", "moving_mean", "moving_variance"};

// What a module calls its parameter; nothing for a parameter without a module.
std::string_view leaf_of(std::string_view name) {
    const std::size_t at = name.find_last_of("/.");
    return at == std::string_view::npos ? std::string_view{} : name.substr(at + 1);
}

bool any_leaf(std::span<const TensorInfo> tensors, std::span<const std::string_view> leaves) {
    return std::ranges::any_of(tensors,
                               [&](const TensorInfo& t) { return std::ranges::find(leaves, leaf_of(t.name)) != leaves.end(); });
}

// An archive of arrays has no metadata, and both Keras and Flax are kept in it under their paths: Keras numbers its outputs
// (`kernel:0`) and layers of a list (`layer_._0`), and has words of its own.
Framework numpy_framework(std::span<const TensorInfo> tensors) {
    const auto has = [&](std::string_view part) {
        return std::ranges::any_of(tensors, [&](const TensorInfo& t) { return t.name.find(part) != std::string::npos; });
    };
    const bool numbered = std::ranges::any_of(tensors, [](const TensorInfo& t) { return t.name.ends_with(":0"); });
    if (numbered || has("_._") || (has("/") && any_leaf(tensors, kKerasLeaves))) return Framework::kTensorFlow;
    return has("/") || any_leaf(tensors, kFlaxLeaves) ? Framework::kFlax : Framework::kTorch;
}

}  // namespace

Result<Framework> framework_of(Format format, const std::map<std::string, std::string>& metadata,
                               std::span<const TensorInfo> tensors) {
    switch (format) {
        case Format::kTorchZip:
        case Format::kTorchLegacy: return Framework::kTorch;
        case Format::kHdf5: return Framework::kTensorFlow;
        case Format::kFlax: return Framework::kFlax;
        case Format::kGguf: return Framework::kGguf;
        case Format::kNumpy: return numpy_framework(tensors);
        case Format::kSafetensors: break;
    }
    if (const auto word = metadata.find("format"); word != metadata.end()) {
        if (word->second == "pt" || word->second == "mlx") return Framework::kTorch;
        if (word->second == "tf") return Framework::kTensorFlow;
        if (word->second == "flax") return Framework::kFlax;
        return Error{
            Code::kUnsupported,
            fmt::format("The metadata of this safetensors file says format \"{}\", which is none of pt, tf, flax and mlx.",
                        word->second.substr(0, 60))};
    }
    const bool slashes = std::ranges::any_of(tensors, [](const TensorInfo& t) { return t.name.find('/') != std::string::npos; });
    if (slashes) return Framework::kTensorFlow;
    return any_leaf(tensors, kFlaxLeaves) ? Framework::kFlax : Framework::kTorch;
}

}  // namespace mirfa::checkpoint
