// SPDX-License-Identifier: Apache-2.0
// The browser application of web/, as tools/web/build put it into the program. Everything here is immutable.
#pragma once

#include <string_view>
#include <vector>

namespace mirfa::pages {

/// A file of the application; the compressed forms are empty where they would save little.
struct Asset {
    std::string_view name;  ///< `main-Ka0Ce1la.js`, served as `/assets/` + name
    std::string_view type;  ///< Content-Type
    std::string_view plain;
    std::string_view gzip;
    std::string_view brotli;
};

/// Null when there is none of this name.
const Asset* find_asset(std::string_view name);

/// Names of the files that a page showing `component` (`repo/CardPage`) in `language` loads at once: those of the
/// application itself, then what belongs to the page.
std::vector<std::string_view> files_for(std::string_view component, std::string_view language);

/// A message of web/src/lib/i18n; the key itself when there is none.
std::string_view message(std::string_view language, std::string_view key);

}  // namespace mirfa::pages
