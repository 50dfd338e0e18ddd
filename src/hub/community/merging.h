// SPDX-License-Identifier: Apache-2.0
// What a pull request would change, and where it stands to its base.
#pragma once

#include "catalog/objects.h"
#include "catalog/repos.h"
#include "hub/community/discussions.h"

namespace mirfa::hub {

struct PullRequestSides {
    std::optional<catalog::Ref> base;  ///< nothing when the branch was deleted
    std::optional<catalog::Ref> head;  ///< nothing when it was removed
    /// Where the proposal left the base. When its history was squashed away, where its first known commit did.
    std::optional<ObjectId> common;
};
Result<PullRequestSides> load_sides(catalog::Session& session, const catalog::Repository& repo,
                                    const catalog::Discussion& discussion);

/// With conflicts while it is not closed or merged. A merged one shows what its merge changed.
Result<PullRequest> load_pull_request(catalog::Session& session, const catalog::Repository& repo,
                                      const catalog::Discussion& discussion, WithDiff diff);

}  // namespace mirfa::hub
