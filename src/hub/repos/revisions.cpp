// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/revisions.h"

#include "base/ascii.h"
#include "catalog/history.h"
#include "git/ref_name.h"

namespace mirfa::hub {
namespace {

using catalog::Repository;
using catalog::Session;

std::string joined(const std::vector<std::string>& parts, std::size_t first, std::size_t last) {
    std::string text;
    for (std::size_t i = first; i < last; ++i) text += (i == first ? "" : "/") + parts[i];
    return text;
}

Result<std::optional<Revision>> find_as_ref(Session& session, const Repository& repo, std::string_view text) {
    std::vector<std::string> names;
    if (text == "HEAD")
        names = {"refs/heads/main"};
    else if (text.starts_with("refs/"))
        names = {std::string(text)};
    else
        names = {"refs/heads/" + std::string(text), "refs/tags/" + std::string(text)};
    for (const auto& name : names) {
        TRY(const auto ref, catalog::find_ref(session, repo.id, name));
        if (ref) return std::optional(Revision{ref->commit, name, std::string(text)});
    }
    return std::optional<Revision>{};
}

Result<std::optional<Revision>> find_as_commit(Session& session, const Repository& repo, std::string_view text) {
    const std::string lower = ascii_lower(text);
    if (!git::is_short_commit_id(lower)) return std::optional<Revision>{};
    TRY(const auto found, catalog::commits_with_prefix(session, repo.id, lower));
    if (found.empty()) return std::optional<Revision>{};
    if (found.size() > 1)
        return Error{Code::kInvalidArgument,
                     "The commit id " + lower + " is the beginning of several commits. Write more of its digits."};
    return std::optional(Revision{found[0], "", std::string(text)});
}

Result<std::optional<Revision>> find_revision(Session& session, const Repository& repo, std::string_view text) {
    TRY(auto by_ref, find_as_ref(session, repo, text));
    if (by_ref) return by_ref;
    return find_as_commit(session, repo, text);
}

/// How many segments a revision that begins with `refs` has at least: refs/pr/N and refs/convert/X have three.
bool is_ref_prefix(const std::vector<std::string>& segments) {
    return segments.size() >= 3 && segments[0] == "refs" &&
           (segments[1] == "pr" || segments[1] == "convert" || segments[1] == "heads" || segments[1] == "tags");
}

}  // namespace

Error revision_not_found(std::string_view text) {
    return Error{Code::kNotFound, "Invalid rev id: " + std::string(text.substr(0, 300)), Reason::kRevisionNotFound};
}

Result<Revision> resolve_revision(Session& session, const Repository& repo, std::string_view text) {
    TRY(auto found, find_revision(session, repo, text));
    if (!found) return revision_not_found(text);
    return std::move(*found);
}

Result<RevisionAndPath> split_revision(Session& session, const Repository& repo, const std::vector<std::string>& segments) {
    if (segments.empty()) return revision_not_found("");
    const std::size_t shortest = is_ref_prefix(segments) ? 3 : 1;
    TRY(auto first, find_revision(session, repo, joined(segments, 0, shortest)));
    if (first) return RevisionAndPath{std::move(*first), joined(segments, shortest, segments.size())};
    for (std::size_t length = std::min<std::size_t>(segments.size(), 16); length > shortest; --length) {
        TRY(auto found, find_as_ref(session, repo, joined(segments, 0, length)));
        if (found) return RevisionAndPath{std::move(*found), joined(segments, length, segments.size())};
    }
    return revision_not_found(segments[0] == "refs" ? joined(segments, 0, segments.size()) : segments[0]);
}

Result<Revision> resolve_revision_segments(Session& session, const Repository& repo, const std::vector<std::string>& segments) {
    return resolve_revision(session, repo, segments.empty() ? "main" : joined(segments, 0, segments.size()));
}

}  // namespace mirfa::hub
