// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace mirfa::card::detail {

/// What an architecture name of config.json says about a model.
struct ArchitectureGroup {
    std::string_view ending;  ///< of the class name
    std::string_view task;
    std::string_view auto_model;
};
/// Nothing for a class that is in no group; the base models (`BertModel`) are one.
std::optional<ArchitectureGroup> find_architecture(std::string_view class_name, std::string_view model_type);

}  // namespace mirfa::card::detail
