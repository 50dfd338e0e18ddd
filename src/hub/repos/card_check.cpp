// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/card_check.h"

#include "base/ascii.h"

namespace mirfa::hub {

CardReport check_card(std::string_view readme, catalog::RepoType) {
    CardReport report;
    if (!ascii_trim(readme).starts_with("---")) report.warnings.emplace_back("empty or missing yaml metadata in repo card");
    return report;
}

}  // namespace mirfa::hub
