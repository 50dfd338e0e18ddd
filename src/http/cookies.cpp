// SPDX-License-Identifier: Apache-2.0
#include "http/cookies.h"

#include "base/ascii.h"

namespace mirfa::http {
namespace {

std::string_view without_quotes(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') return value.substr(1, value.size() - 2);
    return value;
}

}  // namespace

std::optional<std::string_view> find_cookie(const Headers& headers, std::string_view name) {
    for (const auto& [key, line] : headers.fields()) {
        if (!ascii_iequals(key, "Cookie")) continue;
        for (const auto pair : split(line, ';')) {
            const auto equals = pair.find('=');
            if (equals != std::string_view::npos && ascii_trim(pair.substr(0, equals)) == name)
                return without_quotes(ascii_trim(pair.substr(equals + 1)));
        }
    }
    return std::nullopt;
}

}  // namespace mirfa::http
