// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"

namespace mirfa::catalog {

inline constexpr int kLogLimitPages = 16'384;

/// A catalog in one SQLite file in WAL mode, every transaction synced (synchronous=FULL). The file and its log are
/// readable to their owner alone.
/// `vfs` names a registered SQLite VFS; tests pass one that forgets. A log of more than `log_limit_pages` (of 4 KiB)
/// waits a moment for its readers now and then, so that it can begin anew.
Result<std::unique_ptr<Catalog>> open_sqlite(const std::filesystem::path& file, const char* vfs = nullptr,
                                             int log_limit_pages = kLogLimitPages);

}  // namespace mirfa::catalog
