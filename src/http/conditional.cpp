// SPDX-License-Identifier: Apache-2.0
#include "http/conditional.h"

#include "base/ascii.h"

namespace mirfa::http {
namespace {

std::string_view without_weakness(std::string_view etag) { return etag.starts_with("W/") ? etag.substr(2) : etag; }

/// Takes the next tag of a list off its front; commas inside quotes belong to the tag.
std::string_view take_tag(std::string_view& list) {
    const auto start = list.find_first_not_of(", \t");
    if (start == std::string_view::npos) return list = {};
    list.remove_prefix(start);
    const auto open = list.find('"');
    const auto close = open == std::string_view::npos ? open : list.find('"', open + 1);
    const auto end = close == std::string_view::npos ? list.size() : close + 1;
    const auto tag = list.substr(0, end);
    list.remove_prefix(end);
    return tag;
}

}  // namespace

bool none_match_names(std::string_view header, std::string_view etag) {
    if (ascii_trim(header) == "*") return true;
    while (!header.empty()) {
        const auto tag = take_tag(header);
        if (!tag.empty() && without_weakness(tag) == without_weakness(etag)) return true;
    }
    return false;
}

bool range_applies(const Headers& headers, std::string_view etag) {
    return !headers.has("If-Range") || (headers.get("If-Range") == etag && !etag.starts_with("W/"));
}

}  // namespace mirfa::http
