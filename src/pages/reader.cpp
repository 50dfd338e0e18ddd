// SPDX-License-Identifier: Apache-2.0
#include "pages/reader.h"

#include <cstdlib>

#include "base/ascii.h"
#include "http/cookies.h"

namespace mirfa::pages {
namespace {

/// RFC 9110 12.5.4, as far as there are two languages to choose from: the one of greater weight, English when equal.
std::string language_of(std::string_view accepted) {
    double english = 0;
    double arabic = 0;
    for (auto part : split(accepted.substr(0, 1000), ',')) {
        part = ascii_trim(part);
        const auto range = ascii_lower(part.substr(0, part.find_first_of("-; ")));
        const auto q = part.find("q=");
        const double weight = q == part.npos ? 1 : std::strtod(std::string(part.substr(q + 2)).c_str(), nullptr);
        if (range == "en" && weight > english) english = weight;
        if (range == "ar" && weight > arabic) arabic = weight;
    }
    return arabic > english ? "ar" : "en";
}

}  // namespace

Reader reader_of(const http::Request& request) {
    Reader reader;
    const auto language = http::find_cookie(request.headers, "mirfa-language").value_or("");
    reader.language =
        language == "ar" || language == "en" ? std::string(language) : language_of(request.headers.get("Accept-Language"));
    const auto theme = http::find_cookie(request.headers, "mirfa-theme").value_or("");
    if (theme == "light" || theme == "dark") reader.theme = theme;
    return reader;
}

}  // namespace mirfa::pages
