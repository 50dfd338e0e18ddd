// SPDX-License-Identifier: Apache-2.0
#include "hub/community/proposal_storage.h"

#include <map>
#include <unordered_set>

#include "git/diff.h"
#include "hub/access/permission.h"
#include "hub/commits/commit_graph.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"
#include "hub/community/events.h"
#include "hub/community/merging.h"
#include "hub/repos/files.h"

namespace mirfa::hub {
namespace {

using catalog::Repository;
using catalog::Session;

constexpr int kMaxCommits = 1'000;
constexpr std::size_t kMaxChanges = 2'000'000;  // by all of them: who asks must not occupy a worker for as long as they like

using Blobs = std::unordered_set<ObjectId>;

/// Blobs that the commits of a proposal put anywhere, also those that a later one of them took away again.
Result<Blobs> blobs_put_by(Session& session, const Repository& repo, const PullRequestSides& sides) {
    CatalogObjects objects(session, repo.id);
    CatalogCommits graph(session, repo.id);
    Blobs put;
    std::size_t changed = 0;
    std::optional<ObjectId> at = sides.head->commit;
    for (int n = 0; at && at != sides.common && n < kMaxCommits; ++n) {
        TRY(const auto node, graph.load(*at));
        std::optional<ObjectId> before, tree_before;
        if (!node.parents.empty()) before = node.parents[0];
        if (before) {
            TRY(tree_before, tree_of(objects, *before));
        }
        TRY(const auto tree, tree_of(objects, *at));
        TRY(const auto changes, git::diff_trees(objects, tree_before, tree));
        changed += changes.size();
        if (changed > kMaxChanges)
            return Error{Code::kTooLarge, "The commits of this pull request change too many files to add up what they bring."};
        for (const auto& change : changes)
            if (change.new_mode == git::kModeFile || change.new_mode == git::kModeExecutable) put.insert(change.new_id);
        at = before;
    }
    return put;
}

/// Takes away what a commit has; reads each of its trees once.
Result<void> leave_out(Session& session, const Repository& repo, const ObjectId& commit, Blobs& blobs) {
    CatalogObjects objects(session, repo.id);
    TRY(const auto tree, tree_of(objects, commit));
    git::TreeSum visit(objects, [&](const git::TreeEntry& entry) -> Result<std::int64_t> {
        blobs.erase(entry.id);
        return std::int64_t{0};
    });
    TRY(visit.below(tree));
    return ok();
}

}  // namespace

Result<ProposalStorage> load_proposal_storage(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number) {
    return hub.catalog.read([&](Session& session) -> Result<ProposalStorage> {
        TRY(const auto discussion, need_discussion(session, repo, number));
        TRY(require(session, who, repo, discussion.author == who.user ? Action::kPropose : Action::kWrite));
        if (!discussion.is_pull_request)
            return Error{Code::kInvalidArgument, "Number " + std::to_string(number) + " is a discussion; it stores no files."};
        TRY(const auto sides, load_sides(session, repo, discussion));
        if (!sides.head) return ProposalStorage{};
        TRY(auto blobs, blobs_put_by(session, repo, sides));
        if (!blobs.empty() && sides.base) TRY(leave_out(session, repo, sides.base->commit, blobs));
        if (!blobs.empty() && sides.common) TRY(leave_out(session, repo, *sides.common, blobs));
        std::map<Sha256, std::int64_t> sizes;
        for (const auto& blob : blobs) {
            TRY(const auto facts, load_file_facts(session, repo.id, blob, git::kModeFile));
            if (facts.lfs_sha256) sizes[*facts.lfs_sha256] = facts.lfs_size;
        }
        ProposalStorage storage;
        storage.objects = static_cast<std::int64_t>(sizes.size());
        for (const auto& [sha256, size] : sizes) storage.logical += size;
        return storage;
    });
}

}  // namespace mirfa::hub
