// SPDX-License-Identifier: Apache-2.0
// What the catalog keeps beside a commit, and how large a commit may be. The limits guard everything that goes over a
// commit's files one by one: a push of a few small trees, each of which names the next one many times, would otherwise
// make millions of paths, and each changed path becomes a row of the deciding transaction.
#pragma once

#include <unordered_map>

#include "git/diff.h"
#include "hub/commits/transaction.h"

namespace mirfa::hub {

inline constexpr std::int64_t kMaxCommitPaths = 1'000'000;        // files and folders
inline constexpr std::size_t kMaxChangedPaths = 2'000'000;        // of one push
inline constexpr std::size_t kMaxChangedPathOctets = 128u << 20;  // of one push: they are in memory until it is decided

/// Describes commit objects for Changes: reads them and compares their trees with their first parents'. One object for
/// all commits of a push, which share its limits. Threads: that of the source.
class CommitDescriber {
public:
    explicit CommitDescriber(git::ObjectSource& source) : source_(source) {}
    /// Quickest when parents come before children.
    /// Fails: kTooLarge for a commit with too many files and folders, or when those described changed too many together.
    Result<NewCommit> describe(const ObjectId& oid);

private:
    Result<std::int64_t> paths_in(const ObjectId& tree);
    Result<void> check_total(const ObjectId& oid, const std::optional<ObjectId>& before, const ObjectId& tree,
                             std::int64_t growth);

    git::ObjectSource& source_;
    git::PathLimits left_{kMaxChangedPaths, kMaxChangedPathOctets};
    std::unordered_map<ObjectId, std::int64_t> totals_;  ///< by root tree
};

/// One commit alone.
Result<NewCommit> describe_commit(git::ObjectSource& source, const ObjectId& oid);

}  // namespace mirfa::hub
