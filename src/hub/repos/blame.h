// SPDX-License-Identifier: Apache-2.0
// Which commit each line of a file is from.
#pragma once

#include "hub/repos/history.h"

namespace mirfa::hub {

/// Lines that stand together and come from one commit.
struct BlameHunk {
    ObjectId commit;
    std::string path;      ///< what the file was called there
    std::size_t line = 1;  ///< the first, counted from 1
    std::size_t count = 0;
};

struct Blame {
    ObjectId head;  ///< the commit that was looked at
    std::string path;
    std::string text;
    std::vector<BlameHunk> hunks;        ///< in order; together all lines
    std::vector<CommitSummary> commits;  ///< those that hunks name, each once
    /// The history is longer than what is gone through for one answer: the oldest lines are given to the commit where
    /// it ended, which may not be the one that wrote them.
    bool truncated = false;
};

/// `segments` are revision and path. Texts of up to 1 MiB; renames are followed. Goes through at most 2,000 commits
/// that changed the file.
/// Fails: kNotFound with kRevisionNotFound or kEntryNotFound; kTooLarge; kInvalidArgument/kUnprocessable for what is
/// no text, large files behind pointers included.
Result<Blame> blame_file(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& segments);

}  // namespace mirfa::hub
