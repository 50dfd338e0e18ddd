// SPDX-License-Identifier: Apache-2.0
// What scans have found in the files of a repository, for those who are about to load them.
#pragma once

#include <functional>

#include "hub/repos/files.h"

namespace mirfa::hub {

/// Files of these names are scanned: pickles by whatever name, archives that may hold some, formats with templates that run.
bool is_scannable(std::string_view path);

/// The name under which scans of this content are kept.
Bytes scan_key(const FileFacts& file);

/// The same JSON for a file that no report tells anything of.
std::string security_without_report(std::string_view status);

/// The JSON that clients read as `securityFileStatus`: of a scan, or `queued` for a file whose turn is still to come, or
/// `unscanned` for one that is not scanned.
Result<std::string> security_of(catalog::Session&, std::string_view path, const FileFacts& file);

struct FileIssue {
    std::string path;
    std::string level;  ///< suspicious, unsafe, error
};
struct RepoSecurity {
    bool scans_done = true;  ///< of all files that are scanned
    std::vector<FileIssue> issues;
};
/// Of the first kMaxListedFiles files of a commit.
Result<RepoSecurity> security_of_commit(Hub& hub, const catalog::Repository& repo, const ObjectId& commit);

inline constexpr std::string_view kScanKind = "scan";
/// Puts a job in line for what a commit brought, when it brought anything that is scanned. In the transaction of the commit,
/// so that none is forgotten.
Result<void> want_scan(catalog::Session&, const catalog::Repository& repo, const ObjectId& commit, UnixMillis now);

}  // namespace mirfa::hub
