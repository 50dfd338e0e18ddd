// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/transaction.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <set>
#include <unordered_map>

#include "base/fault.h"
#include "catalog/large.h"
#include "catalog/scans.h"
#include "format/lfs_pointer.h"
#include "git/tree.h"
#include "hub/commits/card_refresh.h"
#include "hub/commits/tree_of.h"
#include "hub/repos/security.h"

namespace mirfa::hub {
namespace {

using catalog::CommitPlace;
using catalog::Session;

const FaultPoint kCommitBuilt("commit-built");
const FaultPoint kCommitUndecided("commit-undecided");
const FaultPoint kCommitStored("commit-stored");

constexpr std::size_t kMostLookedAt = 64;  // files of one commit that are asked whether a scan knows them
constexpr std::size_t kStripes = 64;
std::array<std::mutex, kStripes>& stripes() {
    static std::array<std::mutex, kStripes> mutexes;
    return mutexes;
}

Result<void> check_expectation(Session& session, catalog::RowId repo, const RefChange& change) {
    TRY(const auto now, catalog::find_ref(session, repo, change.name));
    const auto target = now ? std::optional(now->target) : std::nullopt;
    if (target != change.expected) return ref_moved(change.name);
    return ok();
}

/// Which commit continues the line of its first parent, by that parent. Several may want to; look-ups of what changed a
/// path follow first parents and are quick while they stay on one line, so main comes first: a branch that leaves main at
/// its head does not take its line away. Nobody's id means that the line stays as it is.
using Heirs = std::unordered_map<ObjectId, ObjectId>;

Result<Heirs> choose_heirs(Session& session, catalog::RowId repo, const Changes& changes) {
    std::unordered_map<ObjectId, ObjectId> first_parents;
    for (const auto& commit : changes.commits)
        if (!commit.parents.empty()) first_parents.emplace(commit.oid, commit.parents[0]);
    Heirs heirs;
    const auto follow = [&](ObjectId tip) {
        for (auto at = first_parents.find(tip); at != first_parents.end(); at = first_parents.find(tip)) {
            if (!heirs.emplace(at->second, tip).second) return;
            tip = at->second;
        }
    };
    for (const auto& change : changes.refs)
        if (change.name == kMainRef && change.wanted) follow(change.wanted->commit);
    TRY(const auto main, catalog::find_ref(session, repo, kMainRef));
    if (main) heirs.emplace(main->commit, ObjectId{});
    for (const auto& change : changes.refs)
        if (change.wanted) follow(change.wanted->commit);
    for (auto commit = changes.commits.rbegin(); commit != changes.commits.rend(); ++commit) follow(commit->oid);
    return heirs;
}

Result<CommitPlace> need_place(Session& session, catalog::RowId repo, const ObjectId& oid) {
    TRY(auto place, catalog::find_place(session, repo, oid));
    if (!place) return Error{Code::kCorrupt, "A parent commit is missing.", Reason::kNone, oid.hex()};
    return std::move(*place);
}

/// Continues the first parent's line when that ends there and is this commit's to continue; begins a line otherwise. A few
/// look-ups, however long the history is: how many commits stand behind the other parents was counted before, and no
/// commit goes away while its repository is there.
Result<CommitPlace> place_for(Session& session, catalog::RowId repo, const NewCommit& commit, const Heirs& heirs) {
    CommitPlace place{commit.oid, 0, 1, 1, commit.time, commit.parents};
    std::optional<catalog::LineStart> start;
    if (!commit.parents.empty()) {
        TRY(const auto parent, need_place(session, repo, commit.parents[0]));
        place.ancestors = parent.ancestors + 1 + commit.merged;
        TRY(const auto length, catalog::line_length(session, repo, parent.line));
        const auto heir = heirs.find(parent.oid);
        if (length == parent.position && heir != heirs.end() && heir->second == commit.oid) {
            place.line = parent.line;
            place.position = parent.position + 1;
        }
        start = catalog::LineStart{parent.line, parent.position};
    }
    if (place.line != 0) return place;
    TRY(place.line, catalog::reserve_line(session, repo));
    TRY(catalog::insert_line(session, repo, place.line, start));
    return place;
}

Result<void> insert_commit(Session& session, catalog::RowId repo, const NewCommit& commit, const Heirs& heirs) {
    TRY(const auto known, catalog::find_place(session, repo, commit.oid));
    if (known) return ok();  // pushed again, or the same commit on another branch
    TRY(const auto place, place_for(session, repo, commit, heirs));
    TRY(catalog::insert_place(session, repo, place));
    return catalog::insert_paths(session, repo, place.line, place.position, commit.changed_paths);
}

Result<void> make_pointers_firm(Session& session, catalog::RowId repo, const std::vector<catalog::PointerTarget>& pointers) {
    for (const auto& [sha256, size, blob] : pointers) {
        TRY(const auto held, catalog::find_repo_object(session, repo, sha256));
        if (!held) return content_missing("with SHA-256 " + sha256.hex());
        if (held->size != size)
            return Error{Code::kInvalidArgument, "The large file with SHA-256 " + sha256.hex() + " has " +
                                                     std::to_string(held->size) + " octets, its pointer says " +
                                                     std::to_string(size) + ". Make the pointer anew."};
        TRY(catalog::make_hold_firm(session, repo, sha256));
    }
    return ok();
}

/// A ref cannot be where another has a folder: git's programs keep them as files.
Result<void> check_place_of_ref(Session& session, catalog::RowId repo, const std::string& name) {
    const auto in_the_way = [&](std::string_view other) {
        return Error{Code::kAlreadyExists,
                     "Reference " + name + " cannot be created, because " + std::string(other) + " exists."};
    };
    for (auto slash = name.find('/', 5); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        TRY(const auto above, catalog::find_ref(session, repo, name.substr(0, slash)));
        if (above) return in_the_way(above->name);
    }
    TRY(const auto below, catalog::list_refs(session, repo, name + "/"));
    if (!below.empty()) return in_the_way(below[0].name);
    return ok();
}

/// Deletions first: a name may be needed by another ref of the same push.
Result<void> apply_ref_changes(Session& session, catalog::RowId repo, const std::vector<RefChange>& refs) {
    for (const auto& change : refs)
        if (!change.wanted) TRY(catalog::delete_ref(session, repo, change.name));
    for (const auto& change : refs) {
        if (!change.wanted) continue;
        if (!change.expected) TRY(check_place_of_ref(session, repo, change.name));
        TRY(catalog::put_ref(session, repo, *change.wanted));
    }
    return ok();
}

struct KeptScan {
    catalog::ScanKey key;
    catalog::FileScan scan;
};
/// What a commit brings for the scan.
struct Scans {
    std::vector<ObjectId> wanted;  ///< commits for which a job looks at the files
    std::vector<KeptScan> done;    ///< of files that cost no job
};

/// Of a file that a commit brought.
struct ScannedFile {
    catalog::ScanKey key;
    std::optional<Bytes> content;  ///< when it is scanned at once
};
/// The file at `path`; nothing when there is none.
Result<std::optional<ScannedFile>> scanned_file_at(git::ObjectSource& objects, const ObjectId& tree, const std::string& path) {
    TRY(const auto entry, git::find_path(objects, tree, path));
    if (!entry || (entry->mode != git::kModeFile && entry->mode != git::kModeExecutable)) return std::optional<ScannedFile>();
    FileFacts facts;
    facts.blob = entry->id;
    TRY(auto content, read_object(objects, entry->id, git::ObjectType::kBlob));
    if (content.size() <= format::kMaxLfsPointerBytes) {
        const auto pointer = format::parse_lfs_pointer(as_text(content));
        if (pointer.has_value()) facts.lfs_sha256 = pointer.value().oid;
    }
    ScannedFile file{scan_key(path, facts), std::nullopt};
    if (!facts.lfs_sha256 && is_scanned_at_once(path, content.size())) file.content = std::move(content);
    return std::optional(std::move(file));
}

/// Is any of these files one that no scan by today's rules has seen? Of more files than are worth looking at, some surely are.
/// Those that are scanned at once are, into `done`.
Result<bool> has_unscanned(Hub& hub, NewObjects& objects, const ObjectId& commit, const std::set<std::string>& paths,
                           std::vector<KeptScan>& done) {
    if (paths.size() > kMostLookedAt) return true;
    return hub.catalog.read([&](Session& session) -> Result<bool> {
        HistoryReader source(objects, session);
        TRY(const auto tree, tree_of(source, commit));
        bool has_other = false;
        for (const auto& path : paths) {
            if (has_other && !is_scanned_at_once(path, 0)) continue;
            TRY(const auto file, scanned_file_at(source, tree, path));
            if (!file) continue;
            TRY(const auto known, catalog::find_scan(session, file->key));
            if (is_current(known)) continue;
            if (!file->content) {
                has_other = true;
                continue;
            }
            TRY(auto found, scan_content(checkpoint::memory_source(*file->content), path));
            done.push_back({file->key, std::move(found)});
        }
        return has_other;
    });
}

/// The commits that refs are moved to with files that want a scan. A look-up that fails wants one too: no commit fails for it.
Scans scans_of(Hub& hub, NewObjects& objects, const Changes& changes) {
    std::set<std::string> paths;
    for (const auto& commit : changes.commits)
        std::ranges::copy_if(commit.changed_paths, std::inserter(paths, paths.end()), is_scannable);
    Scans scans;
    if (paths.empty()) return scans;
    for (const auto& change : changes.refs) {
        if (!change.wanted) continue;
        const auto unscanned = has_unscanned(hub, objects, change.wanted->commit, paths, scans.done);
        if (!unscanned.has_value() || unscanned.value()) scans.wanted.push_back(change.wanted->commit);
    }
    return scans;
}

}  // namespace

Error ref_moved(std::string_view name) {
    return Error{Code::kConflict,
                 "The ref " + std::string(name) + " was changed by somebody else in the meantime. Fetch and try again."};
}

Error content_missing(std::string_view which) {
    return Error{
        Code::kInvalidArgument,
        "The large file " + std::string(which) +
            " has not been uploaded to this repository. Upload it first (git lfs push, or hf upload), then commit again.",
        Reason::kContentMissing};
}

RepositoryTurn::RepositoryTurn(catalog::RowId repo) : stripe_(static_cast<std::size_t>(repo) % kStripes) {
    stripes()[stripe_].lock();
}
RepositoryTurn::~RepositoryTurn() { stripes()[stripe_].unlock(); }

std::string branch_ref(std::string_view branch) { return "refs/heads/" + std::string(branch); }

Result<std::int64_t> commit_changes(Hub& hub, const catalog::Repository& repo, const Changes& changes) {
    std::vector<catalog::PointerTarget> pointers;
    if (changes.objects != nullptr) {
        TRY(pointers, changes.objects->pointers());
    }
    std::optional<CardFacts> card;
    NewObjects none(hub, repo.id);  // reads what is stored; a ref may be moved to a commit that is there already
    for (const auto& change : changes.refs)
        if (change.name == kMainRef && change.wanted) {
            TRY(card, read_card_facts(hub, repo, changes.objects != nullptr ? *changes.objects : none, change.wanted->commit));
        }
    const auto scans = scans_of(hub, changes.objects != nullptr ? *changes.objects : none, changes);
    kCommitBuilt.reach();
    TRY(const auto generation, hub.catalog.write([&](Session& session) -> Result<std::int64_t> {
        if (changes.first) TRY(changes.first(session));
        for (const auto& change : changes.refs) TRY(check_expectation(session, repo.id, change));
        TRY(const auto raised, catalog::raise_generation(session, repo.id, hub.clock.now()));
        if (changes.objects != nullptr) TRY(changes.objects->adopt(session));
        TRY(const auto heirs, choose_heirs(session, repo.id, changes));
        for (const auto& commit : changes.commits) TRY(insert_commit(session, repo.id, commit, heirs));
        TRY(make_pointers_firm(session, repo.id, pointers));
        TRY(apply_ref_changes(session, repo.id, changes.refs));
        if (card) TRY(store_card_facts(session, repo.id, *card));
        for (const auto& commit : scans.wanted) TRY(want_scan(session, repo, commit, hub.clock.now()));
        for (const auto& [key, scan] : scans.done) TRY(catalog::put_scan(session, key, scan, hub.clock.now()));
        if (changes.last) TRY(changes.last(session));
        kCommitUndecided.reach();
        return raised;
    }));
    kCommitStored.reach();
    return generation;
}

}  // namespace mirfa::hub
