// SPDX-License-Identifier: Apache-2.0
// What a GGUF file needs beside the tensors of its plan: sizes from config.json, the tokenizer's tokens, factors of rotary
// positions.
#pragma once

#include <filesystem>

#include "checkpoint/gguf.h"
#include "checkpoint/plan.h"

namespace mirfa::checkpoint {

inline constexpr std::string_view kRopeFactors = "rope_freqs.weight";

struct GgufHead {
    std::vector<GgufPair> pairs;
    std::vector<OutTensor> tensors;  ///< that no tensor of the source becomes; they need nothing that ends before them
    std::vector<std::string> notes;  ///< what a program that runs the file will miss
};

/// Takes: the plan of a conversion to GGUF; `folder` of the source.
/// Fails: kInvalidArgument for a configuration without the sizes that its family needs, naming the key; kUnsupported for a way of
/// scaling rotary positions that GGUF has no word for; as gguf_tokenizer.
Result<GgufHead> gguf_head(const ModelConfig& config, const std::filesystem::path& folder, const Plan& plan);

}  // namespace mirfa::checkpoint
