// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/history.h"

#include <functional>
#include <map>

#include "base/ascii.h"
#include "catalog/accounts.h"
#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"

namespace mirfa::hub {
namespace {

using catalog::CommitPlace;
using catalog::Repository;
using catalog::Session;

constexpr int kMaxDepth = 10'000;         // lines of history a look-up may go through
constexpr std::size_t kMaxFrontier = 60;  // commits in a cursor: an address stays below 3,000 octets
constexpr char kAfter = '@';

Result<CommitPlace> need_place(Session& session, const Repository& repo, const ObjectId& commit) {
    TRY(auto place, catalog::find_place(session, repo.id, commit));
    if (!place) return Error{Code::kCorrupt, "A commit of the repository is missing.", Reason::kNone, commit.hex()};
    return std::move(*place);
}

/// Commits that are next, the one with the most ancestors first: no commit comes before one that has it as an ancestor.
using Frontier = std::map<std::pair<std::int64_t, ObjectId>, CommitPlace, std::greater<>>;

/// Puts the commit that is listed next when one comes to `commit`; none when there is none.
using Push = std::function<Result<void>(Frontier&, const ObjectId& commit)>;

Push push_every(Session& session, const Repository& repo) {
    return [&session, &repo](Frontier& frontier, const ObjectId& commit) -> Result<void> {
        TRY(auto place, need_place(session, repo, commit));
        frontier.emplace(std::pair(place.ancestors, commit), std::move(place));
        return ok();
    };
}

Push push_changes_of(Session& session, const Repository& repo, LastCommits& last, const std::string& path) {
    return [&session, &repo, &last, &path](Frontier& frontier, const ObjectId& commit) -> Result<void> {
        TRY(const auto from, need_place(session, repo, commit));
        TRY(auto place, last.place_behind(from, path));
        if (place) frontier.emplace(std::pair(place->ancestors, place->oid), std::move(*place));
        return ok();
    };
}

/// Takes the next commit off; what is behind it is next then.
Result<CommitPlace> take_next(Frontier& frontier, const Push& push) {
    auto place = frontier.extract(frontier.begin()).mapped();
    for (const auto& parent : place.parents) TRY(push(frontier, parent));
    return place;
}

Error bad_cursor() { return Error{Code::kInvalidArgument, "The cursor is not one of this list."}; }

/// The cursor is the frontier itself, so that a page costs the same wherever it lies. Where many branches are open it
/// is the last commit listed, and the next page walks there again.
std::string write_cursor(const Frontier& frontier, const ObjectId& last) {
    if (frontier.size() > kMaxFrontier) return kAfter + last.hex();
    std::string text;
    for (const auto& [key, place] : frontier) text += (text.empty() ? "" : ".") + key.second.hex();
    return text;
}

Result<Frontier> walk_behind(const Push& push, const ObjectId& head, std::string_view last) {
    Frontier frontier;
    TRY(push(frontier, head));
    while (!frontier.empty()) {
        TRY(const auto place, take_next(frontier, push));
        if (place.oid.hex() == last) return frontier;
    }
    return bad_cursor();
}

Result<Frontier> read_cursor(Session& session, const Repository& repo, const Push& push, const ObjectId& head,
                             std::string_view cursor) {
    if (cursor.starts_with(kAfter)) return walk_behind(push, head, cursor.substr(1));
    Frontier frontier;
    const auto parts = split(cursor, '.');
    if (parts.size() > kMaxFrontier) return bad_cursor();
    for (const auto part : parts) {
        const auto commit = ObjectId::parse(part);
        if (!commit.has_value()) return bad_cursor();
        TRY(const auto place, catalog::find_place(session, repo.id, commit.value()));
        if (!place) return bad_cursor();
        frontier.emplace(std::pair(place->ancestors, commit.value()), *place);
    }
    return frontier;
}

Result<HistoryPage> list_page(Session& session, const Repository& repo, const ObjectId& head, const Push& push,
                              std::string_view cursor, int limit) {
    HistoryPage page;
    Frontier frontier;
    if (cursor.empty()) {
        TRY(push(frontier, head));
    } else {
        TRY(frontier, read_cursor(session, repo, push, head, cursor));
    }
    while (!frontier.empty() && static_cast<int>(page.commits.size()) < limit) {
        TRY(const auto place, take_next(frontier, push));
        TRY(auto summary, load_commit(session, repo, place.oid));
        page.commits.push_back(std::move(summary));
    }
    if (!frontier.empty() && !page.commits.empty()) page.next = write_cursor(frontier, page.commits.back().id);
    return page;
}

}  // namespace

Result<CommitSummary> load_commit(Session& session, const Repository& repo, const ObjectId& commit) {
    CatalogObjects objects(session, repo.id);
    TRY(const auto data, read_object(objects, commit, git::ObjectType::kCommit));
    TRY(const auto parsed, git::parse_commit(as_text(data)));
    CommitSummary summary{commit,
                          std::string(git::title_of(parsed.message)),
                          std::string(git::description_of(parsed.message)),
                          parsed.committer.time * 1000,
                          {},
                          parsed.parents};
    TRY(const auto user, catalog::find_user_by_email(session, parsed.author.email));
    summary.authors.push_back(user ? user->owner.name : parsed.author.name);
    return summary;
}

Result<HistoryPage> list_history(Hub& hub, const Repository& repo, const std::vector<std::string>& revision,
                                 std::string_view cursor, int limit) {
    return hub.catalog.read([&](Session& session) -> Result<HistoryPage> {
        TRY(const auto head, resolve_revision_segments(session, repo, revision));
        TRY(const auto head_place, need_place(session, repo, head.commit));
        TRY(auto page, list_page(session, repo, head.commit, push_every(session, repo), cursor, limit));
        page.total = head_place.ancestors;
        return page;
    });
}

Result<HistoryPage> list_path_history(Hub& hub, const Repository& repo, const std::vector<std::string>& revision,
                                      const std::string& path, std::string_view cursor, int limit) {
    return hub.catalog.read([&](Session& session) -> Result<HistoryPage> {
        TRY(const auto head, resolve_revision_segments(session, repo, revision));
        LastCommits last(session, repo, head.commit);
        const auto push = push_changes_of(session, repo, last, path);
        TRY(auto page, list_page(session, repo, head.commit, push, cursor, limit));
        if (page.commits.empty() && cursor.empty())
            return Error{Code::kNotFound, "No commit of this revision has changed \"" + path.substr(0, 1'000) + "\".",
                         Reason::kEntryNotFound};
        return page;
    });
}

LastCommits::LastCommits(Session& session, const Repository& repo, const ObjectId& from)
    : session_(session), repo_(repo), from_(from) {}

Result<std::optional<CommitSummary>> LastCommits::of(const std::string& path) {
    TRY(const auto start, need_place(session_, repo_, from_));
    TRY(const auto place, find(path, start.line, start.position, 0));
    if (!place) return std::optional<CommitSummary>{};
    auto found = loaded_.find(place->oid);
    if (found == loaded_.end()) {
        TRY(auto summary, load_commit(session_, repo_, place->oid));
        found = loaded_.emplace(place->oid, std::move(summary)).first;
    }
    return std::optional(found->second);
}

Result<std::optional<CommitPlace>> LastCommits::find(const std::string& path, std::int64_t line, std::int64_t position,
                                                     int depth) {
    for (; depth < kMaxDepth; ++depth) {
        TRY(const auto changed, catalog::last_change(session_, repo_.id, path, line, position));
        if (!changed) {
            TRY(const auto start, catalog::line_start(session_, repo_.id, line));
            if (!start) return std::optional<CommitPlace>{};
            line = start->line;
            position = start->position;
            continue;
        }
        TRY(auto place, catalog::place_at(session_, repo_.id, line, *changed));
        if (!place || place->parents.size() < 2) return place;
        TRY(const auto parent, through_merge(path, *place));
        if (!parent) return place;
        TRY(const auto next, need_place(session_, repo_, *parent));
        line = next.line;
        position = next.position;
    }
    return std::optional<CommitPlace>{};
}

/// The other parent of a merge that has the path just as the merge has it.
Result<std::optional<ObjectId>> LastCommits::through_merge(const std::string& path, const CommitPlace& merge) {
    TRY(const auto here, entry_at(merge.oid, path));
    for (std::size_t i = 1; i < merge.parents.size(); ++i) {
        TRY(const auto there, entry_at(merge.parents[i], path));
        if (here == there) return std::optional(merge.parents[i]);
    }
    return std::optional<ObjectId>{};
}

Result<LastCommits::Entry> LastCommits::entry_at(const ObjectId& commit, const std::string& path) {
    CatalogObjects objects(session_, repo_.id);
    TRY(const auto tree, tree_of(objects, commit));
    TRY(const auto entry, git::find_path(objects, tree, path));
    return entry ? Entry{entry->mode, entry->id} : Entry{};
}

}  // namespace mirfa::hub
