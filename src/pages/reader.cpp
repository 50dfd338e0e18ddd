// SPDX-License-Identifier: Apache-2.0
#include "pages/reader.h"

#include <cstdlib>

#include "base/ascii.h"

namespace mirfa::pages {
namespace {

std::string_view cookie_of(std::string_view header, std::string_view name) {
    for (auto part : split(header, ';')) {
        while (part.starts_with(' ')) part.remove_prefix(1);
        const auto equals = part.find('=');
        if (equals != part.npos && part.substr(0, equals) == name) return part.substr(equals + 1);
    }
    return {};
}

/// RFC 9110 12.5.4, as far as there are two languages to choose from: the one of greater weight, English when equal.
std::string language_of(std::string_view accepted) {
    double english = 0;
    double arabic = 0;
    for (auto part : split(accepted.substr(0, 1000), ',')) {
        while (part.starts_with(' ')) part.remove_prefix(1);
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
    const auto cookies = request.headers.get("Cookie");
    const auto language = cookie_of(cookies, "mirfa-language");
    reader.language =
        language == "ar" || language == "en" ? std::string(language) : language_of(request.headers.get("Accept-Language"));
    const auto theme = cookie_of(cookies, "mirfa-theme");
    if (theme == "light" || theme == "dark") reader.theme = theme;
    return reader;
}

}  // namespace mirfa::pages
