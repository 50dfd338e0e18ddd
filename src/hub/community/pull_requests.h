// SPDX-License-Identifier: Apache-2.0
// What the commit transaction needs of pull requests. The rest of the community is in discussions.h.
#pragma once

#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// `refs/pr/N`
std::string pull_request_ref(std::int64_t number);
/// N of `refs/pr/N`, nothing for any other revision.
std::optional<std::int64_t> pull_request_number(std::string_view revision);

struct NewPullRequest {
    std::int64_t number = 0;
    std::string title;
    std::string description;
    std::string base;  ///< full ref it is to be merged into
    bool open = true;  ///< a draft otherwise
};

/// Fails: kForbidden when the repository's settings say that it takes no discussions and pull requests.
Result<void> require_discussions(const catalog::Repository& repo);

/// A number for a pull request that is about to be made. Numbers may stay unused.
Result<std::int64_t> reserve_pull_request(Hub& hub, const catalog::Repository& repo);
/// Inserts the discussion row and its first comment; its ref is made by the same transaction. Title and description may
/// be the message of a commit: they are brought into the form and length that titles and comments have.
Result<void> insert_pull_request(catalog::Session& session, Hub& hub, const catalog::Repository& repo, const NewPullRequest& made,
                                 const Principal& who);
/// When `ref` is a pull request's, adds a commit event to it; does nothing for branches.
Result<void> note_commit_on_pull_request(catalog::Session& session, Hub& hub, const catalog::Repository& repo,
                                         std::string_view ref, const ObjectId& commit, std::string_view subject,
                                         const Principal& who);
/// Its author and those who may write to the repository may add commits to an open pull request.
/// Fails: kNotFound/kRevisionNotFound; kForbidden, also when it is merged or closed.
Result<void> require_pull_request_writer(catalog::Session& session, const catalog::Repository& repo, const Principal& who,
                                         std::int64_t number);
Result<void> require_pull_request_writer(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number);

}  // namespace mirfa::hub
