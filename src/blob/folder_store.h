// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "blob/file_system.h"
#include "blob/store.h"

namespace mirfa::blob {

struct FolderOptions {
    FileSystem* files = &real_file_system();  ///< another one in tests; must outlive the store
    /// What interrupted writers left is removed at the start when it is older than this.
    std::chrono::hours keep_unfinished = std::chrono::hours(24 * 4);
};

/// Blobs as files: `raw/ab/abcd…`, `xorb/ab/abcd…`, parts as `upload/NAME/N`, unfinished writes in `tmp/`.
/// After a failed sync the state of the disk is unknown: the store takes nothing more until it is opened again.
/// Fails: kForbidden when the folder belongs to another user; kInternal.
Result<std::unique_ptr<Store>> open_folder_store(const std::filesystem::path& folder, const FolderOptions& options = {});

}  // namespace mirfa::blob
