// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/counters.h"

#include "base/network.h"
#include "catalog/repos.h"

namespace mirfa::hub {
namespace {

std::string key_of(catalog::RowId repo, const Downloader& who) {
    const std::string number = std::to_string(repo);
    if (who.user != 0) return number + " " + std::to_string(who.user);
    return number + " @" + network_of(who.address);
}

}  // namespace

void Counters::count_download(catalog::RowId repo, const Downloader& who, UnixMillis now) {
    auto key = key_of(repo, who);
    const std::lock_guard lock(mutex_);
    if (const auto found = counted_at_.find(key); found != counted_at_.end()) {
        if (now - found->second < kOneDownload) return;
        found->second = now;
    } else {
        if (counted_at_.size() >= kMostRemembered) make_room(now);
        counted_at_.emplace(std::move(key), now);
    }
    ++downloads_[repo];
}

/// Holds mutex_.
void Counters::forget_old(UnixMillis now) {
    std::erase_if(counted_at_, [&](const auto& counted) { return now - counted.second >= kOneDownload; });
}

/// Holds mutex_. Rather counts somebody twice than looks through everybody at each request.
void Counters::make_room(UnixMillis now) {
    forget_old(now);
    if (counted_at_.size() > kMostRemembered / 2) counted_at_.clear();
}

Result<void> Counters::flush(catalog::Catalog& catalog, const Clock& clock) {
    std::unordered_map<catalog::RowId, std::int64_t> counted;
    {
        const std::lock_guard lock(mutex_);
        forget_old(clock.now());
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

std::size_t Counters::remembered() const {
    const std::lock_guard lock(mutex_);
    return counted_at_.size();
}

}  // namespace mirfa::hub
