// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/large.h"
#include "hub/access/permission.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// A large object that a repository holds.
struct StoredLargeFile {
    catalog::LargeObject object;
    UnixMillis pushed = 0;
    std::string path;  ///< a file that is it, on main or else on another ref; "" when only older commits have it, or none
    std::string ref;   ///< where the file is; "" with the path
};
struct StoredLargeFiles {
    std::vector<StoredLargeFile> items;  ///< by SHA-256
    std::optional<Sha256> next;          ///< last of a page that is not the last
};
Result<StoredLargeFiles> list_large_files(Hub& hub, const catalog::Repository& repo, const std::optional<Sha256>& after,
                                          int limit);

Result<catalog::RepoStorage> load_repo_storage(Hub& hub, const catalog::Repository& repo);

/// Content that one repository has and another is to have too, without moving octets.
struct WantedCopy {
    Sha256 sha256;
    std::optional<catalog::XetHash> xet_hash;  ///< checked when given
};
struct FailedCopy {
    Sha256 sha256;
    std::string message;
};
/// Lets `target` read what `source` holds, until a commit there names it. Copying again is fine. The caller may read
/// `source`; `target` needs Action::kWrite.
/// Gives: those that `source` does not hold.
Result<std::vector<FailedCopy>> share_large_files(Hub& hub, const catalog::Repository& source, const Principal& who,
                                                  catalog::RepoType target_type, std::string_view target_owner,
                                                  std::string_view target_name, const std::vector<WantedCopy>& files);

}  // namespace mirfa::hub
