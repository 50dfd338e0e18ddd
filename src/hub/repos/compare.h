// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/repos.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// How differences are written: as `git diff` prints them (of a large file its pointer), or a line per file.
enum class DiffForm { kUnified, kRaw };

/// Differences between the two sides of `spec`: `a..b`; `a...b`, from where both come from to b; or one revision,
/// against its first parent. An empty side is main.
/// A unified text is cut, and says so, at 10 MiB or 1,000 files.
/// Fails: kNotFound/kRevisionNotFound; kInvalidArgument for sides without common history; kTooLarge for a raw list of
/// more than 10,000 files.
Result<std::string> compare_revisions(Hub& hub, const catalog::Repository& repo, std::string_view spec, DiffForm form);

/// The same of two commits; nothing stands for a side without files.
Result<std::string> diff_commits(catalog::Session& session, const catalog::Repository& repo,
                                 const std::optional<ObjectId>& before, const ObjectId& after, DiffForm form);

}  // namespace mirfa::hub
