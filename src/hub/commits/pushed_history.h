// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "catalog/history.h"
#include "git/merge.h"

namespace mirfa::hub {

/// The commits that a push brings, on top of the history that the catalog had when they were read. Everything about them
/// that takes a walk is found out here, on a snapshot, because the deciding transaction must be short: it only hangs them
/// where their first parents stand.
///
/// The height of a node is the number of commits that are reachable from it, itself counted.
/// Threads: that of the session.
class PushedHistory final : public git::CommitGraph {
public:
    /// Steps over commits behind merges that one push may cost; an ordinary history costs a few for each merge.
    static constexpr std::int64_t kMaxSteps = 2'000'000;

    PushedHistory(catalog::Session& session, git::ObjectSource& objects, catalog::RowId repo, std::int64_t max_steps = kMaxSteps)
        : session_(session), objects_(objects), repo_(repo), steps_left_(max_steps) {}

    /// Takes up the new commits behind a commit. Fails: kTooLarge when counting takes too many steps; kCorrupt.
    Result<void> add(const ObjectId& tip);
    /// Those among the commits taken up that are reachable from the tips, parents before children.
    std::vector<ObjectId> behind(const std::vector<ObjectId>& tips) const;
    /// Commits that one taken up adds to its first parent's history beside itself: those of its other parents.
    Result<std::int64_t> merged_by(const ObjectId& commit);

    Result<git::CommitNode> load(const ObjectId& commit) override;

private:
    Result<std::optional<git::CommitNode>> find(const ObjectId& commit);
    Result<void> place(const ObjectId& commit, std::vector<ObjectId> parents);
    Result<std::int64_t> count_history(const std::vector<ObjectId>& parents);
    Result<std::int64_t> take_alone(std::vector<ObjectId>& tips, const ObjectId& longest);

    catalog::Session& session_;
    git::ObjectSource& objects_;
    const catalog::RowId repo_;
    std::int64_t steps_left_;
    std::unordered_map<ObjectId, git::CommitNode> nodes_;  ///< new ones, and known ones that were asked for
    std::unordered_map<ObjectId, int> children_;           ///< of each new commit: how many are taken up
    std::vector<ObjectId> order_;                          ///< new ones, parents before children
};

}  // namespace mirfa::hub
