// SPDX-License-Identifier: Apache-2.0
// What scans have found in the files of a repository, for those who are about to load them.
#pragma once

#include <functional>

#include "catalog/scans.h"
#include "checkpoint/reader.h"
#include "hub/repos/files.h"

namespace mirfa::hub {

/// Files of these names are scanned: pickles by whatever name, archives that may hold some, formats with templates that run.
bool is_scannable(std::string_view path);

/// Under what the scan of a file is kept: its content, and what programs take a file of this name for.
catalog::ScanKey scan_key(std::string_view path, const FileFacts& file);
/// There is one, and it is by rules as new as this program's.
bool is_current(const std::optional<catalog::FileScan>& scan);

/// What the scanner of this program says of a content. Fails: as its medium does.
Result<catalog::FileScan> scan_content(std::shared_ptr<const checkpoint::RandomSource> content, std::string_view path);
/// Content that costs less to scan than to put in line.
bool is_scanned_at_once(std::string_view path, std::uint64_t size);

/// The same JSON for a file that no report tells anything of.
std::string security_without_report(std::string_view status);

struct FileSecurity {
    std::string json;     ///< what clients read as `securityFileStatus`
    bool is_due = false;  ///< no scan by today's rules has looked at the file
};
/// Of the last scan, by whatever rules; `queued` for a file whose turn is still to come, `unscanned` for one that is not scanned.
Result<FileSecurity> security_of(catalog::Session&, std::string_view path, const FileFacts& file);

struct FileIssue {
    std::string path;
    std::string level;  ///< suspicious, unsafe, error
};
struct RepoSecurity {
    bool scans_done = true;  ///< of all files that are scanned, by whatever rules
    std::vector<FileIssue> issues;
};
/// Of the first kMaxListedFiles files of a commit. Asks for new scans as renew_scans does.
Result<RepoSecurity> security_of_commit(Hub& hub, const catalog::Repository& repo, const ObjectId& commit);

inline constexpr std::string_view kScanKind = "scan";
/// Puts a job in line for what a commit brought, when it brought anything that is scanned. In the transaction of the commit,
/// so that none is forgotten.
Result<void> want_scan(catalog::Session&, const catalog::Repository& repo, const ObjectId& commit, UnixMillis now);

/// For somebody who looks at files that are due: puts a job in line for the commit, unless one for this repository waits or
/// runs, or kMostRenewals jobs of the hub's own do. So a hub whose scanner has learned something renews what people look at,
/// a little at a time, and nobody's conversion waits behind all the files there are. Failures are logged, no more.
void renew_scans(Hub& hub, const catalog::Repository& repo, const ObjectId& commit);
inline constexpr std::int64_t kMostRenewals = 32;

}  // namespace mirfa::hub
