// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "format/ndjson_commit.h"
#include "git/commit.h"
#include "hub/access/principal.h"
#include "hub/commits/transaction.h"

namespace mirfa::hub {

/// What a commit through the API made.
struct CommitOutcome {
    ObjectId commit;
    std::optional<std::int64_t> pull_request;  ///< number, when one was opened
};

/// One commit request: fed with the body, then finished. Nothing is visible before finish() has succeeded, and nothing
/// remains of a request that is dropped.
///
/// Operations are applied in their order to the branch's head. Inline content above HubOptions::inline_limit becomes a
/// large object. Paths of large files that no rule covers get a line in .gitattributes in the same commit.
/// Threads: one at a time.
class CommitRequest {
public:
    /// `revision` is a branch name or `refs/pr/N`; with `create_pr` the commit goes to a new pull request against it.
    CommitRequest(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string revision, bool create_pr);
    ~CommitRequest();

    Result<void> feed(ByteView bytes);
    /// What a new pull request says, where that is not what the commit says.
    void propose_with(std::string text);
    /// Fails: kConflict/kStaleParent when `parentCommit` is not the head; kNotFound/kRevisionNotFound for a branch that
    /// is not there; kNotFound/kEntryNotFound for a file to delete that is not there; kInvalidArgument naming the path
    /// or the missing content.
    Result<CommitOutcome> finish();

private:
    class Builder;
    std::unique_ptr<Builder> builder_;
    format::CommitParser parser_;
};

/// May this principal add a commit there, and is it a place to add to? Asked before the body is taken.
/// Fails: kNotFound/kRevisionNotFound; kInvalidArgument for a tag or commit id; kForbidden for another's pull request, and
/// for a new one where the repository takes none.
Result<void> check_commit_target(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string_view revision,
                                 bool create_pr);

/// Rewrites a branch or pull request ref to one parentless commit with the tree it has. Whoever may add commits to
/// it may do that. Fails: as check_commit_target.
Result<ObjectId> super_squash(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string_view revision,
                              std::string_view message);

struct InitialFile {
    std::string path;
    std::string content;
};
/// Inserts the repository together with the commit every repository begins with, on main: .gitattributes of its type
/// and these files. One transaction: there never is a repository without main. Fails: kAlreadyExists.
Result<ObjectId> create_with_first_commit(Hub& hub, const catalog::Repository& repo, const Principal& who,
                                          const std::vector<InitialFile>& files);

/// A tree with the identity of who made it, as a commit object.
Result<ObjectId> add_commit(NewObjects& objects, const ObjectId& tree, const std::vector<ObjectId>& parents,
                            const git::Identity& author, std::string_view title, std::string_view description);

}  // namespace mirfa::hub
