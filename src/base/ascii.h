// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mirfa {

/// Rules of ASCII only, whatever the locale.
char ascii_lower(char c);
std::string ascii_lower(std::string_view text);
bool ascii_iequals(std::string_view a, std::string_view b);
bool is_ascii_alnum(char c);
std::string_view ascii_trim(std::string_view text);
/// Parts between separators; an empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
/// True for well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
bool is_utf8(std::string_view text);

}  // namespace mirfa
