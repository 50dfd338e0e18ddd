// SPDX-License-Identifier: Apache-2.0
// Which files of a folder are one model's weights.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mirfa::checkpoint {

/// How one framework keeps weights: a single file, or an index with shards.
struct WeightLayout {
    std::string_view to;  ///< the word for it as a target
    std::string_view single;
    std::string_view index;
    std::string_view shard_stem;  ///< shards are `STEM-00001-of-00003EXT`
    std::string_view shard_extension;
};
/// In the order in which loaders prefer them. GGUF, whose files have any name, is not among them.
std::span<const WeightLayout> weight_layouts();

/// `STEM-00001-of-00003EXTENSION`, of whatever numbers.
bool is_shard_of(std::string_view name, std::string_view stem, std::string_view extension);

/// The files of one layout, the single file or the index first; empty when they are not there.
std::vector<std::string> weights_of(std::span<const std::string> names, const WeightLayout& layout);
/// The weights that a conversion to `target` reads: those of the first layout that is not the target's and is there, else for
/// safetensors and pt a single GGUF file; with the index when they are sharded. Empty when there are none.
std::vector<std::string> weights_to_convert(std::span<const std::string> names, std::string_view target);
/// The weights that a loader takes from a folder: those of the first layout that is there, as weights_to_convert.
std::vector<std::string> weights_to_load(std::span<const std::string> names);
/// The weights as `target` keeps them, as weights_of; of GGUF all its files, of which there may be several models.
std::vector<std::string> weights_for(std::span<const std::string> names, std::string_view target);
/// Does the folder hold weights as `target` keeps them?
bool has_weights_of(std::span<const std::string> names, std::string_view target);
/// Could a file of this name be among any of them?
bool may_be_weights(std::string_view name);

}  // namespace mirfa::checkpoint
