// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/tree.h"

namespace mirfa::git {

/// The merged tree, or the paths that need a person.
struct MergeResult {
    std::optional<ObjectId> tree;
    std::vector<std::string> conflicts;  ///< sorted; empty when there is a tree
};

/// Merges what two sides did since `base` (nothing: no common history). Equal subtrees are not read; texts changed on
/// both sides are merged line by line; anything else changed differently on both sides is a conflict. A rename is a
/// removal and an addition. Only trees and texts that are new are written to `sink`.
/// Fails: kCorrupt for a missing or damaged object.
Result<MergeResult> merge_trees(ObjectSource& source, ObjectSink& sink, const std::optional<ObjectId>& base, const ObjectId& ours,
                                const ObjectId& theirs);

/// What is known of a commit without reading it.
struct CommitNode {
    std::vector<ObjectId> parents;
    std::int64_t height = 0;  ///< greater than that of every parent: a generation number or a count of ancestors
};
class CommitGraph {
public:
    virtual ~CommitGraph() = default;
    /// Fails: kCorrupt for a commit that is not there.
    virtual Result<CommitNode> load(const ObjectId& commit) = 0;
};

/// A best common ancestor (of several, always the same one), or nothing. Visits commits above it only.
Result<std::optional<ObjectId>> merge_base(CommitGraph& graph, const ObjectId& a, const ObjectId& b);
/// Is `older` the same as `newer` or behind it? Visits commits higher than `older` only.
Result<bool> is_ancestor(CommitGraph& graph, const ObjectId& older, const ObjectId& newer);

}  // namespace mirfa::git
