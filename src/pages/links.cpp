// SPDX-License-Identifier: Apache-2.0
#include "pages/links.h"

#include "base/ascii.h"
#include "base/percent.h"

namespace mirfa::pages {
namespace {

std::string at_revision(const catalog::Repository& repo, std::string_view kind, std::string_view revision,
                        std::string_view path) {
    std::string address = api::web_path(repo) + "/" + std::string(kind) + "/" + percent_encode(revision);
    if (!path.empty()) address += "/" + percent_encode(path, "/");
    return address;
}

/// `./a/../b` as `b`; empty segments go too.
std::string without_dots(std::string_view path) {
    std::vector<std::string_view> kept;
    for (const auto segment : split(path, '/')) {
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (!segment.empty() && segment != ".") {
            kept.push_back(segment);
        }
    }
    std::string clean;
    for (const auto segment : kept) clean += (clean.empty() ? "" : "/") + std::string(segment);
    return clean;
}

}  // namespace

std::string tree_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return at_revision(repo, "tree", revision, path);
}

std::string blob_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return at_revision(repo, "blob", revision, path);
}

std::string resolve_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return at_revision(repo, "resolve", revision, path);
}

std::string commits_path(const catalog::Repository& repo, std::string_view revision) {
    return at_revision(repo, "commits", revision, "");
}

std::string commit_path(const catalog::Repository& repo, const ObjectId& commit) {
    return at_revision(repo, "commit", commit.hex(), "");
}

std::string discussions_path(const catalog::Repository& repo) { return api::web_path(repo) + "/discussions"; }

std::string discussion_path(const catalog::Repository& repo, std::int64_t number) {
    return discussions_path(repo) + "/" + std::to_string(number);
}

std::string_view short_ref(std::string_view full_name) {
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/"})
        if (full_name.starts_with(prefix)) return full_name.substr(prefix.size());
    return full_name;
}

std::string card_address(const catalog::Repository& repo, std::string_view revision, std::string_view kind,
                         std::string_view prefix, std::string_view address) {
    const auto path = address.substr(0, address.find_first_of("?#"));
    const auto tail = address.substr(path.size());
    if (path.starts_with('/')) return std::string(prefix) + "/" + without_dots(path) + std::string(tail);
    // Writers encode some characters and leave others; both spellings mean the file of that name.
    const auto decoded = percent_decode(path);
    const std::string file = without_dots(decoded.has_value() ? std::string_view(decoded.value()) : path);
    return std::string(prefix) + at_revision(repo, kind, revision, file) + std::string(tail);
}

}  // namespace mirfa::pages
