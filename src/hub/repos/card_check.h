// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "card/validate.h"
#include "catalog/repos.h"

namespace mirfa::hub {

/// What is to be said about the front matter of a README.md.
struct CardReport {
    std::vector<std::string> errors;
    std::vector<std::string> warnings;
};
card::RepoKind card_kind(catalog::RepoType type);
CardReport check_card(std::string_view readme, catalog::RepoType type);

}  // namespace mirfa::hub
