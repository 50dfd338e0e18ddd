// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/commit_graph.h"

#include "catalog/history.h"

namespace mirfa::hub {

Result<git::CommitNode> CatalogCommits::load(const ObjectId& commit) {
    TRY(auto place, catalog::find_place(session_, repo_, commit));
    if (!place) return Error{Code::kCorrupt, "A commit of the repository is missing.", Reason::kNone, commit.hex()};
    return git::CommitNode{std::move(place->parents), place->ancestors};
}

}  // namespace mirfa::hub
