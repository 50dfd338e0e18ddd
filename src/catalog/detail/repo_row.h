// SPDX-License-Identifier: Apache-2.0
// How a row of the table of repositories is read: `r` is the repository, `o` its owner.
#pragma once

#include "catalog/repos.h"

#define MIRFA_REPO_COLUMNS                                                                                            \
    "r.id, r.type, r.owner_id, o.name, r.name, r.creator_id, r.private, r.gated, r.disabled, r.settings, r.created, " \
    "r.modified, r.generation, r.sequence, r.likes, r.downloads, r.head, r.card, r.tags, r.pipeline_tag, r.library, " \
    "r.license, r.used_storage, r.details, r.parameters, r.trending"
#define MIRFA_REPO_TABLES " FROM repository r JOIN owner o ON o.id = r.owner_id "

namespace mirfa::catalog::detail {

inline constexpr int kRepoColumns = 26;

/// Reads MIRFA_REPO_COLUMNS.
Repository repository_of(const Row& row);

}  // namespace mirfa::catalog::detail
