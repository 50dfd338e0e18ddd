// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "pages/html.h"

namespace mirfa::pages {

/// More of a difference than this is not shown in a page.
inline constexpr std::size_t kMaxDiffShown = 1u << 20;

/// The text of `git diff`, file by file, cut at the end of a line when it is longer than kMaxDiffShown.
void write_diff(HtmlWriter& html, std::string_view unified);

}  // namespace mirfa::pages
