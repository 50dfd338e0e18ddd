// SPDX-License-Identifier: Apache-2.0
// The tokens that a GGUF file brings along: of tokenizer.model (SentencePiece) or tokenizer.json (BPE of octets, or of pieces as
// Llama's).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkpoint/gguf.h"
#include "checkpoint/model_config.h"

namespace mirfa::checkpoint {

struct GgufMetadata {
    std::vector<GgufPair> pairs;
    std::vector<std::string> notes;  ///< what a program that runs the file will miss
};

inline constexpr std::size_t kMaxTokenizerBytes = 64u << 20;
inline constexpr std::size_t kMaxTokens = 2'000'000;

/// The keys below `tokenizer.`: the model's kind, every token with its type (and score), merges, the tokens that begin and end
/// a text, the template of chats. A folder whose tokenizer cannot be written gives a note and no key.
/// Takes: `folder` of the source, which may have tokenizer.model, tokenizer.json, tokenizer_config.json, added_tokens.json and
///        chat_template.jinja.
/// Fails: kInvalidArgument for a broken file, naming it; kTooLarge.
Result<GgufMetadata> gguf_tokenizer(const ModelConfig& config, const std::filesystem::path& folder);

}  // namespace mirfa::checkpoint
