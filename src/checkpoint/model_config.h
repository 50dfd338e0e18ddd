// SPDX-License-Identifier: Apache-2.0
// What of a model's config.json decides how its weights are named and shaped.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa::checkpoint {

inline constexpr std::size_t kMaxConfigBytes = 4u << 20;

struct ModelConfig {
    std::string model_type;                  ///< `bert`; empty when the file does not say
    std::vector<std::string> architectures;  ///< PyTorch classes, `BertForMaskedLM`
    std::optional<bool> tie_word_embeddings;
    /// Whole numbers of the top level that are not negative, by their key: `hidden_size`, `vocab_size`, … Of a list of tokens
    /// (`eos_token_id`) the first. What `rope_scaling` or `rope_parameters` hold has keys `rope.factor`, `rope.rope_type`, … in
    /// these three maps.
    std::map<std::string, std::uint64_t, std::less<>> sizes;
    /// The other numbers of the top level: `layer_norm_epsilon`, `rope_theta`, …
    std::map<std::string, double, std::less<>> numbers;
    /// The short texts of the top level: `layer_type`, …
    std::map<std::string, std::string, std::less<>> words;

    /// The class that the file was saved from; empty when the file does not say.
    std::string_view architecture() const { return architectures.empty() ? std::string_view{} : architectures.front(); }
    /// The first of `keys` that is there: models spell one size in several ways.
    std::optional<std::uint64_t> size(std::initializer_list<std::string_view> keys) const;
    std::optional<double> number(std::initializer_list<std::string_view> keys) const;
};

/// Fails: kInvalidArgument for what is no JSON object, or has a member of another type than models write, naming it; kTooLarge.
Result<ModelConfig> parse_model_config(std::string_view json);
/// config.json of a folder. Fails: kNotFound; as parse_model_config.
Result<ModelConfig> load_model_config(const std::filesystem::path& folder);

}  // namespace mirfa::checkpoint
