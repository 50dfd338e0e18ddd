// SPDX-License-Identifier: Apache-2.0
#include "git/ref_name.h"

#include <algorithm>
#include <string>

#include "base/ascii.h"

namespace mirfa::git {
namespace {

constexpr std::size_t kMaxShortName = 255;
constexpr std::size_t kLongestPrefix = std::string_view("refs/convert/").size();

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_allowed(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet > 0x20 && octet != 0x7f && std::string_view("~^:?*[\\").find(c) == std::string_view::npos;
}

bool is_legal_part(std::string_view part) { return !part.empty() && part.front() != '.' && !part.ends_with(".lock"); }

/// git-check-ref-format(1), rules 1 to 10.
bool is_legal(std::string_view name, std::size_t limit) {
    if (name.empty() || name.size() > limit || name == "@" || name.front() == '-' || name.back() == '.' || !is_utf8(name))
        return false;
    if (name.find("..") != name.npos || name.find("@{") != name.npos) return false;
    if (!std::all_of(name.begin(), name.end(), is_allowed)) return false;
    const auto parts = split(name, '/');
    return std::all_of(parts.begin(), parts.end(), is_legal_part);
}

Error refused(std::string_view name) {
    const bool shown = name.size() <= 255 && is_utf8(name);
    return Error{Code::kInvalidArgument, "Invalid reference for a branch or tag: \"" + std::string(shown ? name : "") + "\"."};
}

}  // namespace

Result<void> check_branch_or_tag_name(std::string_view name) {
    if (!is_legal(name, kMaxShortName) || name.starts_with("refs/") || name == "HEAD" || is_commit_id(ascii_lower(name)))
        return refused(name);
    return ok();
}

Result<void> check_ref_name(std::string_view name) {
    if (!name.starts_with("refs/") || !is_legal(name, kMaxShortName + kLongestPrefix)) return refused(name);
    return ok();
}

bool is_commit_id(std::string_view text) { return text.size() == 40 && is_lower_hex(text); }
bool is_short_commit_id(std::string_view text) { return text.size() >= 4 && text.size() <= 40 && is_lower_hex(text); }

}  // namespace mirfa::git
