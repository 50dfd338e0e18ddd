// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/download.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/result.h"

namespace mirfa::client {

/// A file to be sent.
struct LocalFile {
    std::filesystem::path local;
    std::string path;  ///< in the repository
    std::uint64_t bytes = 0;
    std::int64_t modified_ns = 0;
};

/// A file itself, or all below a folder but for `.git`, `.mirfa` (where pushes wait) and `.cache/huggingface`, sorted by
/// path.
/// Fails: kNotFound; kInvalidArgument for names that are no UTF-8; kInternal.
Result<std::vector<LocalFile>> collect_files(const std::filesystem::path& from, const std::string& path_in_repo,
                                             const FileFilter& filter);
/// Fails: kConflict when the file is not what it was when it was collected.
Result<void> check_unchanged(const LocalFile& file);

/// Git's name of the content. Fails: kConflict when its length has changed.
Result<std::string> git_blob_id(const LocalFile& file);
Result<Sha256> sha256_of_file(const LocalFile& file);

}  // namespace mirfa::client
