// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/transaction.h"

#include <array>
#include <map>
#include <mutex>
#include <queue>
#include <set>

#include "catalog/large.h"
#include "git/commit.h"
#include "git/diff.h"
#include "hub/commits/card_refresh.h"

namespace mirfa::hub {
namespace {

using catalog::CommitPlace;
using catalog::Session;

constexpr std::size_t kStripes = 64;
std::array<std::mutex, kStripes>& stripes() {
    static std::array<std::mutex, kStripes> mutexes;
    return mutexes;
}

Error moved(const RefChange& change) {
    return Error{Code::kConflict, "The ref " + change.name + " was changed by somebody else in the meantime. Fetch and try again."};
}

Result<void> check_expectation(Session& session, catalog::RowId repo, const RefChange& change) {
    TRY(const auto now, catalog::find_ref(session, repo, change.name));
    const auto target = now ? std::optional(now->target) : std::nullopt;
    if (target != change.expected) return moved(change);
    return ok();
}

/// Commits reachable from `from` that are not reachable from `other`, counted by walking both newest first until only
/// commits of both remain. Used for merges, whose ancestor count is not the parent's plus one.
Result<std::int64_t> count_only_in(Session& session, catalog::RowId repo, const ObjectId& from, const ObjectId& other) {
    struct Item {
        std::int64_t ancestors;
        ObjectId oid;
        auto operator<=>(const Item&) const = default;
    };
    constexpr int kMine = 1, kTheirs = 2;
    std::map<Item, int, std::greater<>> open;  // by number of ancestors: no commit comes before one that reaches it
    std::map<ObjectId, std::vector<ObjectId>> parents;
    const auto push = [&](const ObjectId& oid, int colour) -> Result<void> {
        TRY(const auto place, catalog::find_place(session, repo, oid));
        if (!place) return Error{Code::kCorrupt, "A parent commit is missing.", Reason::kNone, oid.hex()};
        open[{place->ancestors, oid}] |= colour;
        parents[oid] = place->parents;
        return ok();
    };
    TRY(push(from, kMine));
    TRY(push(other, kTheirs));
    std::int64_t count = 0;
    std::int64_t mine_open = 1;
    while (!open.empty() && mine_open > 0) {
        const auto [item, colour] = *open.begin();
        open.erase(open.begin());
        if (colour == kMine) ++count;
        for (const auto& parent : parents[item.oid]) TRY(push(parent, colour));
        mine_open = 0;
        for (const auto& [waiting, its] : open) mine_open += its == kMine ? 1 : 0;
    }
    return count;
}

Result<CommitPlace> need_place(Session& session, catalog::RowId repo, const ObjectId& oid) {
    TRY(auto place, catalog::find_place(session, repo, oid));
    if (!place) return Error{Code::kCorrupt, "A parent commit is missing.", Reason::kNone, oid.hex()};
    return std::move(*place);
}

/// Continues the first parent's line when it is the last of it; begins a line otherwise.
Result<CommitPlace> place_for(Session& session, catalog::RowId repo, const NewCommit& commit) {
    CommitPlace place{commit.oid, 0, 1, 1, commit.time, commit.parents};
    std::optional<catalog::LineStart> start;
    if (!commit.parents.empty()) {
        TRY(const auto parent, need_place(session, repo, commit.parents[0]));
        place.ancestors = parent.ancestors + 1;
        TRY(const auto length, catalog::line_length(session, repo, parent.line));
        if (length == parent.position) {
            place.line = parent.line;
            place.position = parent.position + 1;
        }
        start = catalog::LineStart{parent.line, parent.position};
    }
    for (std::size_t i = 1; i < commit.parents.size(); ++i) {
        TRY(const auto more, count_only_in(session, repo, commit.parents[i], commit.parents[0]));
        place.ancestors += more;
    }
    if (place.line != 0) return place;
    TRY(place.line, catalog::reserve_line(session, repo));
    TRY(catalog::insert_line(session, repo, place.line, start));
    return place;
}

Result<void> insert_commit(Session& session, catalog::RowId repo, const NewCommit& commit) {
    TRY(const auto known, catalog::find_place(session, repo, commit.oid));
    if (known) return ok();  // pushed again, or the same commit on another branch
    TRY(const auto place, place_for(session, repo, commit));
    TRY(catalog::insert_place(session, repo, place));
    return catalog::insert_paths(session, repo, place.line, place.position, commit.changed_paths);
}

Result<void> make_pointers_firm(Session& session, catalog::RowId repo, const std::vector<catalog::StagedPointer>& pointers) {
    for (const auto& pointer : pointers) {
        TRY(const bool held, catalog::make_hold_firm(session, repo, pointer.sha256));
        if (!held) return content_missing("with SHA-256 " + pointer.sha256.hex());
    }
    return ok();
}

}  // namespace

Error content_missing(std::string_view which) {
    return Error{Code::kInvalidArgument, "The large file " + std::string(which) +
                     " has not been uploaded to this repository. Upload it first (git lfs push, or hf upload), then commit again.",
                 Reason::kContentMissing};
}

RepositoryTurn::RepositoryTurn(catalog::RowId repo) : stripe_(static_cast<std::size_t>(repo) % kStripes) {
    stripes()[stripe_].lock();
}
RepositoryTurn::~RepositoryTurn() { stripes()[stripe_].unlock(); }

std::string branch_ref(std::string_view branch) { return "refs/heads/" + std::string(branch); }

Result<NewCommit> describe_commit(git::ObjectSource& source, const ObjectId& oid) {
    TRY(const auto data, read_object(source, oid, git::ObjectType::kCommit));
    TRY(const auto commit, git::parse_commit(as_text(data)));
    NewCommit described{oid, commit.committer.time * 1000, commit.parents, {}};
    std::optional<ObjectId> before;
    if (!commit.parents.empty()) {
        TRY(const auto parent_data, read_object(source, commit.parents[0], git::ObjectType::kCommit));
        TRY(const auto parent, git::parse_commit(as_text(parent_data)));
        before = parent.tree;
    }
    TRY(described.changed_paths, git::changed_paths(source, before, commit.tree));
    return described;
}

Result<std::int64_t> commit_changes(Hub& hub, const catalog::Repository& repo, const Changes& changes) {
    std::vector<catalog::StagedPointer> pointers;
    if (changes.objects != nullptr) {
        TRY(pointers, changes.objects->pointers());
    }
    std::optional<CardFacts> card;
    for (const auto& change : changes.refs)
        if (change.name == kMainRef && change.wanted && changes.objects != nullptr) {
            TRY(card, read_card_facts(*changes.objects, repo.type, change.wanted->commit));
        }
    return hub.catalog.write([&](Session& session) -> Result<std::int64_t> {
        if (changes.first) TRY(changes.first(session));
        for (const auto& change : changes.refs) TRY(check_expectation(session, repo.id, change));
        TRY(const auto generation, catalog::raise_generation(session, repo.id, hub.clock.now()));
        if (changes.objects != nullptr) TRY(changes.objects->adopt(session));
        for (const auto& commit : changes.commits) TRY(insert_commit(session, repo.id, commit));
        TRY(make_pointers_firm(session, repo.id, pointers));
        for (const auto& change : changes.refs) {
            if (change.wanted) {
                TRY(catalog::put_ref(session, repo.id, *change.wanted));
            } else {
                TRY(catalog::delete_ref(session, repo.id, change.name));
            }
        }
        if (card) TRY(store_card_facts(session, repo.id, *card));
        if (changes.last) TRY(changes.last(session));
        return generation;
    });
}

}  // namespace mirfa::hub
