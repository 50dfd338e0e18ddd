// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "http/request.h"

namespace mirfa::pages {

/// How the person before the browser wants pages: what was chosen in the footer, or else what the browser asks for.
struct Reader {
    std::string language = "en";  ///< en or ar
    std::string theme;            ///< light or dark; "" as the system
    bool right_to_left() const { return language == "ar"; }
};

Reader reader_of(const http::Request& request);

}  // namespace mirfa::pages
