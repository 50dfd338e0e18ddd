// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "card/validate.h"

namespace mirfa::card {

/// How a model came from another: `finetune`, `adapter`, `quantized` or `merge`.
struct BaseModel {
    std::string id;
    std::string relation;
    bool operator==(const BaseModel&) const = default;
};

/// Which classes of the transformers library load a model.
struct TransformersInfo {
    std::string auto_model;
    std::optional<std::string> pipeline_tag;
    std::string processor;
    bool operator==(const TransformersInfo&) const = default;
};

/// What lists, filters and info answers say of a repository.
struct Summary {
    std::vector<std::string> tags;  ///< each once, in the order in which answers give them; ends with `region:us`
    std::optional<std::string> pipeline_tag;
    std::optional<std::string> library;
    std::optional<std::string> license;  ///< the first, where the card has a list
    std::optional<std::string> sdk;      ///< of a Space
    std::vector<BaseModel> base_models;
    std::optional<TransformersInfo> transformers;
    boost::json::object config;      ///< of config.json what info answers repeat; empty for none
    boost::json::value widget_data;  ///< the card's `widget` when it is a list, or null
    boost::json::value model_index;  ///< the card's `model-index` when it is a list, or null
};

/// What a summary is made from. Everything but `kind` may be empty.
struct SummaryInput {
    RepoKind kind = RepoKind::kModel;
    std::string_view readme;
    std::span<const std::string> files;  ///< paths of all files of the revision
    std::string_view config_json;        ///< text of config.json
    std::string_view model_index_json;   ///< text of model_index.json
};

/// The metadata of the card beside what follows from it and from the files. What has a wrong type counts as missing, so
/// a card that is half right is still half found.
struct CardAndSummary {
    boost::json::object card;
    Summary summary;
};
CardAndSummary summarize(const SummaryInput& input);

inline constexpr std::size_t kMaxTags = 1'000;
inline constexpr std::size_t kMaxTagBytes = 256;

}  // namespace mirfa::card
