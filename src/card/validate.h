// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mirfa::card {

enum class RepoKind { kModel, kDataset, kSpace };

struct Finding {
    std::string message;  ///< a sentence; paths like `"model-index[0].name"` name the place
    int line = 0;         ///< of the README, from 1; 0 when it is about the whole
    bool operator==(const Finding&) const = default;
};

/// What is wrong with a card. Errors refuse the commit that brings it, warnings are shown to whoever made it.
struct Verdict {
    std::vector<Finding> errors;
    std::vector<Finding> warnings;
    bool passed() const { return errors.empty(); }
};

/// Checks the metadata of a README: its YAML, and the form of the keys that lists, filters and pages rely on. Unknown keys
/// are fine; whether named repositories exist is not asked. At most kMaxFindings of each sort.
inline constexpr std::size_t kMaxFindings = 100;
Verdict validate_card(RepoKind kind, std::string_view readme);

/// `name` or `owner/name` as repositories can be named: letters, digits, `-`, `_` and `.`, at most 96 of them in a part.
bool is_repo_id_form(std::string_view id);

}  // namespace mirfa::card
