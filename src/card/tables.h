// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace mirfa::card {

/// What cards may name. Ids are compared exactly.
struct Term {
    std::string_view id;
    std::string_view name;  ///< for people
};

/// Licences, in the order in which messages list them. The list is closed: others are `other` with a name and a link.
std::span<const Term> licenses();

enum class Modality { kText, kAudio, kMultimodal, kVision, kReinforcement, kTabular, kOther };
struct Task {
    std::string_view id;
    std::string_view name;
    Modality modality;
    bool in_filters;  ///< false: known, but not offered in lists of tasks
};
/// Values of `pipeline_tag`, in the order in which pages show them.
std::span<const Task> tasks();

/// Libraries that are recognised by a tag and offered in lists.
std::span<const Term> libraries();

bool is_license(std::string_view id);
bool is_task(std::string_view id);
bool is_library(std::string_view id);

}  // namespace mirfa::card
