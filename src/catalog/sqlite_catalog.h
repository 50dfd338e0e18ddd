// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/catalog.h"

namespace mirfa::catalog {

/// A catalog in one SQLite file in WAL mode, every transaction synced (synchronous=FULL).
/// `vfs` names a registered SQLite VFS; tests pass one that forgets.
Result<std::unique_ptr<Catalog>> open_sqlite(const std::filesystem::path& file, const char* vfs = nullptr);

}  // namespace mirfa::catalog
