// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <unordered_map>

#include "catalog/catalog.h"
#include "base/clock.h"

namespace mirfa::hub {

/// Downloads counted in memory and written together now and then: never a write per request. Threads: any.
class Counters {
public:
    void count_download(catalog::RowId repo);
    /// Writes what was counted since the last time. What cannot be written is counted again later.
    Result<void> flush(catalog::Catalog& catalog, const Clock& clock);

private:
    std::mutex mutex_;
    std::unordered_map<catalog::RowId, std::int64_t> downloads_;  // guarded by mutex_
};

}  // namespace mirfa::hub
