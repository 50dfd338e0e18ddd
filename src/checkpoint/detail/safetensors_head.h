// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

/// A tensor as the JSON head claims it; nothing is compared with the file yet.
struct ClaimedTensor {
    TensorInfo info;  ///< without size_bytes
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};
struct SafetensorsHead {
    std::vector<ClaimedTensor> tensors;  ///< in the order of the text
    std::map<std::string, std::string> metadata;
};

/// Reads the text as it comes, without a tree of it: a head may have 100 MB.
/// Fails: kInvalidArgument naming the tensor, or the octet where the text is no JSON.
Result<SafetensorsHead> parse_safetensors_head(std::string_view json);

}  // namespace mirfa::checkpoint
