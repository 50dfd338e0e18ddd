// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/describe_commit.h"

#include <mutex>

#include "git/commit.h"
#include "hub/commits/tree_of.h"

namespace mirfa::hub {
namespace {

/// How many files and folders trees have that were counted before, so that a commit to a repository with many folders
/// does not read all of them again. A tree's id says what is in it: nothing here goes out of date.
class KeptTotals {
public:
    std::optional<std::int64_t> find(const ObjectId& tree) {
        const std::scoped_lock lock(mutex_);
        const auto found = totals_.find(tree);
        return found == totals_.end() ? std::nullopt : std::optional(found->second);
    }
    void put(const ObjectId& tree, std::int64_t total) {
        const std::scoped_lock lock(mutex_);
        if (totals_.size() >= kMost) totals_.clear();
        totals_.emplace(tree, total);
    }

private:
    static constexpr std::size_t kMost = 4'096;
    std::mutex mutex_;
    std::unordered_map<ObjectId, std::int64_t> totals_;
};

KeptTotals& kept_totals() {
    static KeptTotals totals;
    return totals;
}

std::string number(std::uint64_t count) { return std::to_string(count); }

Error too_many_changes(const ObjectId& oid) {
    return Error{Code::kTooLarge, "Too many files change at once: up to commit " + oid.hex().substr(0, 12) + " more than " +
                                      number(kMaxChangedPaths) +
                                      " files and folders, or paths that are too long together. Push the history in parts, an "
                                      "earlier commit first (git push origin COMMIT:BRANCH)."};
}

Error too_many_paths(const ObjectId& oid, std::int64_t total) {
    return Error{Code::kTooLarge, "The commit " + oid.hex().substr(0, 12) + " holds " + std::to_string(total) +
                                      " files and folders; at most " + number(kMaxCommitPaths) +
                                      " are kept in one. Put many small files into archives (tar, zip, parquet)."};
}

}  // namespace

Result<NewCommit> CommitDescriber::describe(const ObjectId& oid) {
    TRY(const auto data, read_object(source_, oid, git::ObjectType::kCommit));
    TRY(const auto commit, git::parse_commit(as_text(data)));
    NewCommit described{oid, commit.committer.time * 1000, commit.parents, {}};
    std::optional<ObjectId> before;
    if (!commit.parents.empty()) {
        TRY(before, tree_of(source_, commit.parents[0]));
    }
    auto changes = git::changed_paths(source_, before, commit.tree, left_);
    if (!changes.has_value() && changes.error().code == Code::kTooLarge) return too_many_changes(oid);
    TRY(changes);
    left_.paths -= changes.value().paths.size();
    left_.octets -= changes.value().octets;
    TRY(check_total(oid, before, commit.tree, changes.value().growth));
    described.changed_paths = std::move(changes.value().paths);
    return described;
}

Result<std::int64_t> CommitDescriber::paths_in(const ObjectId& tree) {
    if (const auto found = totals_.find(tree); found != totals_.end()) return found->second;
    if (const auto kept = kept_totals().find(tree)) return *kept;
    return git::TreeSum(source_, git::weigh_one).below(tree);
}

/// A commit that only takes away is never too large, or nobody could shrink what is.
Result<void> CommitDescriber::check_total(const ObjectId& oid, const std::optional<ObjectId>& before, const ObjectId& tree,
                                          std::int64_t growth) {
    std::int64_t total = growth;
    if (before) {
        TRY(const auto was, paths_in(*before));
        total = was > INT64_MAX / 2 ? was : was + growth;
    }
    if (total > kMaxCommitPaths && growth > 0) return too_many_paths(oid, total);
    totals_.emplace(tree, total);
    kept_totals().put(tree, total);
    return ok();
}

Result<NewCommit> describe_commit(git::ObjectSource& source, const ObjectId& oid) {
    return CommitDescriber(source).describe(oid);
}

}  // namespace mirfa::hub
