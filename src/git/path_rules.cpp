// SPDX-License-Identifier: Apache-2.0
#include "git/path_rules.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace mirfa::git {
namespace {

Error refused(std::string_view path, std::string_view rule) {
    const bool whole = path.size() <= 200 && is_utf8(path);  // else a letter may be cut in two
    std::string shown;
    for (const char c : path.substr(0, 200)) {
        const auto octet = static_cast<unsigned char>(c);
        shown += octet < 0x20 || octet == 0x7f || (!whole && octet >= 0x80) ? '?' : c;
    }
    return Error{Code::kInvalidArgument, "The path \"" + shown + "\" " + std::string(rule)};
}

// Code points that HFS+ leaves out when it compares names.
constexpr std::array<std::string_view, 16> kIgnorable = {"\u200C", "\u200D", "\u200E", "\u200F", "\u202A", "\u202B",
                                                         "\u202C", "\u202D", "\u202E", "\u206A", "\u206B", "\u206C",
                                                         "\u206D", "\u206E", "\u206F", "\uFEFF"};

std::string without_ignorable(std::string_view name) {
    std::string kept;
    for (std::size_t i = 0; i < name.size();) {
        const auto hit = std::find_if(kIgnorable.begin(), kIgnorable.end(),
                                      [&](std::string_view mark) { return name.substr(i).starts_with(mark); });
        if (hit != kIgnorable.end()) {
            i += hit->size();
            continue;
        }
        kept += name[i++];
    }
    return kept;
}

/// `.git`, `.GIT.`, `.git ::$INDEX_ALLOCATION`, `git~1`: what some file system opens as `.git`.
bool is_dot_git(std::string_view name) {
    std::string plain = ascii_lower(without_ignorable(name));
    if (const auto stream = plain.find(':'); stream != std::string::npos) plain.resize(stream);
    while (!plain.empty() && (plain.back() == '.' || plain.back() == ' ')) plain.pop_back();
    return plain == ".git" || plain == "git~1";
}

bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// On Windows a backslash separates: `..\x` would climb out.
bool climbs(std::string_view name) {
    const auto parts = split(name, '\\');
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) { return part == ".."; });
}

Result<void> check_part(std::string_view path, std::string_view name) {
    if (name.empty()) return refused(path, "has an empty part. Remove the doubled or trailing '/'.");
    if (name.size() > 255) return refused(path, "has a part of more than 255 octets.");
    if (name == "." || climbs(name)) return refused(path, "must not hold '.' or '..' as a part.");
    for (const auto part : split(name, '\\'))
        if (is_dot_git(part)) return refused(path, "must not hold '.git' as a part.");
    return ok();
}

}  // namespace

Result<void> check_path(std::string_view path) {
    if (path.empty()) return refused(path, "is empty.");
    if (path.size() > 4'096) return refused(path, "has more than 4096 octets.");
    if (!is_utf8(path)) return refused(path, "is not valid UTF-8.");
    if (has_control_character(path)) return refused(path, "holds a control character.");
    if (path.front() == '/') return refused(path, "must not begin with '/'.");
    for (const auto name : split(path, '/')) TRY(check_part(path, name));
    return ok();
}

Result<void> check_entry_name(std::string_view name) {
    if (!is_utf8(name) || has_control_character(name) || name.find('/') != name.npos)
        return refused(name, "is no legal name in a folder.");
    return check_part(name, name);
}

}  // namespace mirfa::git
