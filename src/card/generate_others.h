// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mirfa::card {

/// What the card of a dataset is made from. What is empty is not known.
struct DatasetFacts {
    std::string repository;  ///< owner/name
    std::string name;        ///< the heading and `pretty_name`; empty: the repository's last part
    std::string summary;     ///< one sentence
    std::vector<std::string> licenses;
    std::string license_name;
    std::string license_link;
    std::vector<std::string> languages;
    std::vector<std::string> tasks;
    std::vector<std::string> tags;
    std::vector<std::string> sources;     ///< datasets it was made from
    std::vector<std::string> annotators;  ///< `expert-generated`, `crowdsourced`, …
    std::optional<std::uint64_t> rows;
    std::vector<std::pair<std::string, std::string>> files;  ///< split and a pattern of its files, as `data/train-*`
};

/// What the card of a Space is made from. What is empty is not known.
struct SpaceFacts {
    std::string repository;
    std::string name;     ///< `title`; empty: the repository's last part
    std::string summary;  ///< `short_description`
    std::string emoji;
    std::string color_from, color_to;
    std::string sdk, sdk_version;
    std::string app_file;
    std::optional<std::uint16_t> app_port;
    std::vector<std::string> licenses;
    std::string license_name;
    std::string license_link;
    std::vector<std::string> models, datasets;  ///< that it uses
    std::vector<std::string> tags;
};

/// READMEs of a dataset and of a Space, by the rules of make_card(): sections that a good card has, and what is not known
/// is said to be not stated. Fails: kInvalidArgument with what validate_card() would refuse.
Result<std::string> make_dataset_card(const DatasetFacts& facts);
Result<std::string> make_space_card(const SpaceFacts& facts);

/// `1K<n<10K`: how cards name a number of rows.
std::string_view size_category(std::uint64_t rows);

}  // namespace mirfa::card
