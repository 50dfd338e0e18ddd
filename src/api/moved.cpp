// SPDX-License-Identifier: Apache-2.0
#include "api/moved.h"

#include "base/ascii.h"
#include "base/percent.h"

namespace mirfa::api {
namespace {

constexpr std::string_view kGitSuffix = ".git";

/// The raw segment without encoding: the router has decoded it before, so it can be.
std::string decoded(std::string_view segment) {
    auto text = percent_decode(segment);
    return text.has_value() ? std::move(text).value() : std::string(segment);
}

bool is_name(const std::string& segment, const std::string& name) {
    return segment == name || segment == name + std::string(kGitSuffix);
}

}  // namespace

std::string with_new_name(std::string_view path, const PathParts& old, std::string_view now) {
    const auto segments = split(path, '/');
    std::string moved;
    bool found = false;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (i > 0) moved += '/';
        const std::string next = i + 1 < segments.size() ? decoded(segments[i + 1]) : "";
        if (found || decoded(segments[i]) != old.owner || !is_name(next, old.name)) {
            moved += segments[i];
            continue;
        }
        found = true;
        moved += now;
        if (next != old.name) moved += kGitSuffix;
        ++i;
    }
    return moved;
}

}  // namespace mirfa::api
