// SPDX-License-Identifier: Apache-2.0
// Variable names of Keras: `tf_bert_model/bert/pooler/dense/kernel:0`.
#pragma once

#include <string_view>

namespace mirfa::checkpoint {

/// The name without its first segment, the model's; the whole name when it has one segment or contains `model.`, because
/// such a variable was made outside of any model. What transformers stores in shards and in safetensors.
inline std::string_view without_model(std::string_view name) {
    const auto slash = name.find('/');
    if (slash == std::string_view::npos || name.find("model.") != std::string_view::npos) return name;
    return name.substr(slash + 1);
}

}  // namespace mirfa::checkpoint
