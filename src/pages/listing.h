// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/repos/trees.h"
#include "pages/layout.h"

namespace mirfa::pages {

/// The entries of a folder as a table: name, size, last commit, its day. `revision` is what the links go to.
void write_listing(HtmlWriter& html, const Call& call, std::string_view revision, const std::vector<hub::ListedEntry>& entries);

}  // namespace mirfa::pages
