// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/repos/files.h"
#include "pages/layout.h"

namespace mirfa::pages {

/// A file above this many octets is not shown in a page.
inline constexpr std::int64_t kMaxShown = 1 << 20;

/// A file's content as a person reads it, wherever it is kept; nothing when it is larger than kMaxShown, not text (no
/// UTF-8, or a NUL in it), or not there (a pointer whose content the repository does not hold).
Result<std::optional<std::string>> read_text(const Call& call, const hub::FileFacts& file);

/// Is there a character in it that changes the direction in which the text around it is shown?
bool turns_text_around(std::string_view text);

/// Lines with their numbers.
void write_numbered(HtmlWriter& html, std::string_view text);

}  // namespace mirfa::pages
