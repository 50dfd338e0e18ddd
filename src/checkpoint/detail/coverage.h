// SPDX-License-Identifier: Apache-2.0
// Does a checkpoint hold what its configuration says that it must?
#pragma once

#include "checkpoint/detail/source_names.h"
#include "checkpoint/model_config.h"

namespace mirfa::checkpoint::detail {

/// PyTorch names that a model of that family has and `middles` lack, sorted: gaps in a list of layers, layers that the
/// configuration counts and that end too early, weights whose bias is there. What a class may or may not have (heads, poolers)
/// is not missed: which class a file is for is not always known.
std::vector<std::string> find_missing(const NameFamily& family, const ModelConfig& config, std::span<const Middle> middles);

/// Tensors whose shape is none that their template or the configuration's sizes allow.
std::vector<MismatchedName> find_mismatched(const NameFamily* family, const ModelConfig& config, std::span<const Middle> middles);

}  // namespace mirfa::checkpoint::detail
