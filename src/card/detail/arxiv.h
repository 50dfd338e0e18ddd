// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mirfa::card::detail {

/// Ids (`2106.09685`, without version) of the papers that the text links to, each once, in the order of the text.
std::vector<std::string> find_arxiv_ids(std::string_view text);

}  // namespace mirfa::card::detail
