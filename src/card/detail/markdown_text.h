// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa::card::detail {

/// A text from outside as Markdown that shows exactly its characters, on one line and within a table's cell too: no
/// markup, no HTML, no link of its own making. Line ends become spaces, other control characters go.
std::string markdown_text(std::string_view text);
/// The same as code, outside of tables. Empty for an empty text.
std::string markdown_code(std::string_view text);
/// A number for a table: at most four decimals where that says enough, else four digits.
std::string short_number(double number);
/// A number as it is: the shortest that reads back the same.
std::string exact_number(double number);

}  // namespace mirfa::card::detail
