// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <mutex>
#include <unordered_map>

#include "blob/store.h"
#include "format/chunk_table.h"

namespace mirfa::blob {

/// Chunk tables of stored xorbs, read from their footers; the ones asked for last stay in memory. They are immutable by
/// the xorb's name, so nothing has to tell the cache of a change. A table may outlive its xorb: whether content may be
/// named is for the catalog to say. Threads: any.
class ChunkTables {
public:
    using Table = std::shared_ptr<const format::ChunkTable>;
    static constexpr std::size_t kDefaultLimit = 32u << 20;

    /// `limit_bytes` bounds what the cache keeps; tables in use elsewhere are not counted.
    explicit ChunkTables(Store& store, std::size_t limit_bytes = kDefaultLimit) : store_(store), limit_bytes_(limit_bytes) {}

    /// Fails: kNotFound/kContentMissing; kCorrupt when the footer does not fit the xorb.
    Result<Table> load(const format::XetHash& xorb);
    /// The same for a caller that has opened the xorb.
    Result<Table> load(const format::XetHash& xorb, const Blob& blob);

    /// Octets kept.
    std::size_t bytes() const;

private:
    struct Entry {
        Table table;
        std::list<format::XetHash>::iterator place;
    };
    Table find(const format::XetHash& xorb);
    void keep(const Table& table);
    void drop_oldest();

    Store& store_;
    const std::size_t limit_bytes_;
    mutable std::mutex mutex_;
    std::unordered_map<format::XetHash, Entry> entries_;  // guarded by mutex_
    std::list<format::XetHash> recent_;                   // guarded by mutex_; the last used first
    std::size_t bytes_ = 0;                               // guarded by mutex_
};

}  // namespace mirfa::blob
