// SPDX-License-Identifier: Apache-2.0
#include "server/loggable.h"

#include "base/ascii.h"
#include "base/percent.h"

namespace mirfa::server {
namespace {

constexpr std::size_t kLongest = 500;
constexpr std::string_view kOpeners[] = {"/setup/", "/api/device/"};  // what follows them opens something
constexpr std::string_view kHidden = "…";

bool is_secret(std::string_view name) {
    const auto decoded = percent_decode(name);
    const auto lower = ascii_lower(decoded.has_value() ? std::string_view(decoded.value()) : name);
    for (const std::string_view secret : {"seal", "token", "access_token", "code", "secret", "password", "csrf", "invitation"})
        if (lower == secret) return true;
    return false;
}

std::string shown_path(std::string_view path) {
    for (const auto opener : kOpeners)
        if (const auto at = path.find(opener); at != std::string_view::npos)
            return std::string(path.substr(0, at + opener.size())) + std::string(kHidden);
    return std::string(path);
}

std::string shown_query(std::string_view query) {
    std::string text;
    for (const auto part : split(query, '&')) {
        const auto name = part.substr(0, part.find('='));
        text += text.empty() ? "?" : "&";
        text += is_secret(name) ? std::string(name) + "=" + std::string(kHidden) : std::string(part);
    }
    return text;
}

}  // namespace

std::string loggable(std::string_view path, std::string_view query) {
    std::string text = shown_path(path);
    if (!query.empty()) text += shown_query(query);
    return text.substr(0, kLongest);
}

}  // namespace mirfa::server
