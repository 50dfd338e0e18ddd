// SPDX-License-Identifier: Apache-2.0
// The keys that a GGUF file needs beside its tensors: sizes from config.json, tokens from tokenizer.json.
#pragma once

#include <filesystem>

#include "checkpoint/gguf.h"
#include "checkpoint/plan.h"

namespace mirfa::checkpoint {

struct GgufMetadata {
    std::vector<GgufPair> pairs;
    std::vector<std::string> notes;  ///< what a program that runs the file will miss
};

inline constexpr std::size_t kMaxTokenizerBytes = 64u << 20;
inline constexpr std::size_t kMaxTokens = 2'000'000;

/// Takes: the plan of a conversion to GGUF; `folder` of the source. The tokenizer is taken when it is a BPE of octets (GPT-2,
/// Qwen2,
///        Llama 3); others are left out, with a note.
/// Fails: kInvalidArgument for a configuration without the sizes that its family needs, naming the key, and for a broken
/// tokenizer.json.
Result<GgufMetadata> gguf_metadata(const ModelConfig& config, const std::filesystem::path& folder, const Plan& plan);

}  // namespace mirfa::checkpoint
