// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "catalog/catalog.h"
#include "base/clock.h"

namespace mirfa::hub {

/// Whose download it is: a user, or the network (see network_of) of an address that nobody has signed in from.
struct Downloader {
    catalog::RowId user = 0;  ///< 0: anonymous
    std::string_view address;
};

/// Downloads, counted in memory and written together now and then: never a write per request.
///
/// A download is somebody taking something of a repository, not a request: a snapshot asks for each file by itself, and
/// for a token whenever the one before ends. So a user, or an anonymous address, counts once in kOneDownload for each
/// repository, whatever was taken meanwhile. The files of a repository are taken by a whole GET, or through the chunk
/// store with a token to read; neither HEAD, ranges nor a clone by git count.
///
/// Threads: any.
class Counters {
public:
    static constexpr UnixMillis kOneDownload = 30 * 60 * 1000;
    static constexpr std::size_t kMostRemembered = 50'000;

    void count_download(catalog::RowId repo, const Downloader& who, UnixMillis now);
    /// Writes what was counted since the last time. What cannot be written is counted again later.
    Result<void> flush(catalog::Catalog& catalog, const Clock& clock);
    /// Pairs of a repository and who has downloaded it.
    std::size_t remembered() const;

private:
    void forget_old(UnixMillis now);
    void make_room(UnixMillis now);

    mutable std::mutex mutex_;
    std::unordered_map<catalog::RowId, std::int64_t> downloads_;  // guarded by mutex_
    std::unordered_map<std::string, UnixMillis> counted_at_;      // by pair; guarded by mutex_
};

}  // namespace mirfa::hub
