// SPDX-License-Identifier: Apache-2.0
// The one way in which refs change. Whatever brings a change (commit API, push, branch and tag routes, merge, squash)
// builds its objects aside, describes the commits and refs it wants, and calls commit_changes: objects, places in
// history, changed paths, holds on large content, refs and the card become visible together or not at all.
#pragma once

#include "catalog/history.h"
#include "catalog/repos.h"
#include "hub/commits/objects.h"

namespace mirfa::hub {

/// A commit that is not in the catalog yet; describe_commit.h makes it.
struct NewCommit {
    ObjectId oid;
    UnixMillis time = 0;
    std::vector<ObjectId> parents;
    std::vector<std::string> changed_paths;  ///< files and folders that differ from the first parent
    std::int64_t merged = 0;                 ///< commits that its other parents add to its first parent's history
};

/// A ref as it is wanted. The change is made only when the ref still is where `expected` says.
struct RefChange {
    std::string name;                    ///< full: refs/heads/main
    std::optional<ObjectId> expected;    ///< target now; nothing: the ref must not exist
    std::optional<catalog::Ref> wanted;  ///< nothing: delete it
};

struct Changes {
    /// Runs at the beginning of the transaction: inserts the repository that the rest is about, or sees whether the change
    /// is still allowed.
    std::function<Result<void>(catalog::Session&)> first = {};
    NewObjects* objects = nullptr;        ///< may be null when only refs change
    std::vector<NewCommit> commits = {};  ///< parents before children
    std::vector<RefChange> refs = {};
    /// Runs at its end.
    std::function<Result<void>(catalog::Session&)> last = {};
};

/// Fails: kConflict when a ref is not where it was expected (nothing has changed; the caller may build anew);
///        kAlreadyExists for a ref that would have to be in a folder of another's name (`a` and `a/b`);
///        kInvalidArgument/kContentMissing naming the LFS object that the repository does not hold.
/// Gives: the repository's new generation.
Result<std::int64_t> commit_changes(Hub& hub, const catalog::Repository& repo, const Changes& changes);

/// The error for a ref that is not where it was expected.
Error ref_moved(std::string_view name);

/// The error for a pointer without content; `which` says which file it is.
Error content_missing(std::string_view which);

/// Ref of a branch.
std::string branch_ref(std::string_view branch);
inline constexpr std::string_view kMainRef = "refs/heads/main";

/// Serialises what this process builds for one repository, so that writers to one branch wait instead of racing.
class RepositoryTurn {
public:
    explicit RepositoryTurn(catalog::RowId repo);
    ~RepositoryTurn();
    RepositoryTurn(const RepositoryTurn&) = delete;
    RepositoryTurn& operator=(const RepositoryTurn&) = delete;

private:
    std::size_t stripe_;
};

}  // namespace mirfa::hub
