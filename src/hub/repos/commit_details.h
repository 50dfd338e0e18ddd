// SPDX-License-Identifier: Apache-2.0
// What one commit changed, file by file.
#pragma once

#include "git/diff.h"
#include "hub/repos/history.h"

namespace mirfa::hub {

/// A large file that a pointer in a tree stands for.
struct LargeSide {
    std::string sha256;  ///< hex
    std::int64_t size = 0;
};

struct ChangedFile {
    git::ChangeKind kind = git::ChangeKind::kModified;
    std::string path;      ///< of a removed file the path it had
    std::string old_path;  ///< differs from `path` after a rename only
    std::optional<LargeSide> old_large;
    std::optional<LargeSide> new_large;
    bool is_binary = false;               ///< no lines are shown
    std::optional<std::int64_t> added;    ///< lines; nothing where they were not counted
    std::optional<std::int64_t> removed;  ///< the same
};

struct CommitDetails {
    CommitSummary commit;
    std::size_t file_count = 0;      ///< of all that changed
    std::vector<ChangedFile> files;  ///< by path; at most 3,000
    /// As `git diff` prints them, large files without their pointers; nothing for who may not read contents. What
    /// would make it longer than 4 MiB is left out.
    std::optional<std::string> diff;
    bool truncated = false;  ///< there are more files than `files`, or more text than `diff`
};

enum class WithText { kNo, kYes };
/// A commit and its difference from its first parent.
/// Fails: kNotFound/kRevisionNotFound.
Result<CommitDetails> load_commit_details(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& revision,
                                          WithText text);

}  // namespace mirfa::hub
