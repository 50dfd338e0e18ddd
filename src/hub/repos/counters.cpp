// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/counters.h"

#include "catalog/repos.h"

namespace mirfa::hub {

void Counters::count_download(catalog::RowId repo) {
    const std::lock_guard lock(mutex_);
    ++downloads_[repo];
}

Result<void> Counters::flush(catalog::Catalog& catalog, const Clock& clock) {
    std::unordered_map<catalog::RowId, std::int64_t> counted;
    {
        const std::lock_guard lock(mutex_);
        counted.swap(downloads_);
    }
    if (counted.empty()) return ok();
    const auto now = clock.now();
    auto written = catalog.write([&](catalog::Session& s) -> Result<void> {
        for (const auto& [repo, count] : counted) TRY(catalog::add_downloads(s, repo, now, count));
        return ok();
    });
    if (written.has_value()) return ok();
    const std::lock_guard lock(mutex_);
    for (const auto& [repo, count] : counted) downloads_[repo] += count;
    return written;
}

}  // namespace mirfa::hub
