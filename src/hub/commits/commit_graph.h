// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/session.h"
#include "git/merge.h"

namespace mirfa::hub {

/// A repository's history as git::merge_base wants it: one indexed look-up per commit. Threads: that of the session.
class CatalogCommits final : public git::CommitGraph {
public:
    CatalogCommits(catalog::Session& session, catalog::RowId repo) : session_(session), repo_(repo) {}
    Result<git::CommitNode> load(const ObjectId& commit) override;

private:
    catalog::Session& session_;
    const catalog::RowId repo_;
};

}  // namespace mirfa::hub
