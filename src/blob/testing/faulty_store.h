// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "blob/store.h"

namespace mirfa::blob {

/// Passes everything on to another store, until reading or writing is told to fail with kUnavailable, as a store at the
/// other end of a broken wire does. Blobs have no file behind them. Threads: any.
class FaultyStore final : public Store {
public:
    explicit FaultyStore(Store& inner) : inner_(inner) {}

    /// So many octets can still be read, or written.
    void cut_reads_after(std::uint64_t octets) { readable_ = octets; }
    void cut_writes_after(std::uint64_t octets) { writable_ = octets; }

    Result<std::unique_ptr<BlobWriter>> begin() override;
    Result<std::shared_ptr<Blob>> open(const BlobKey& key) override;
    Result<std::optional<std::uint64_t>> stat(const BlobKey& key) override { return inner_.stat(key); }
    Result<bool> remove(const BlobKey& key) override { return inner_.remove(key); }
    Result<std::vector<BlobKey>> list(Kind kind, const std::optional<BlobKey>& after, std::size_t limit) override {
        return inner_.list(kind, after, limit);
    }
    Result<std::unique_ptr<PartWriter>> begin_part(std::string_view upload, int number) override;
    Result<std::vector<Part>> list_parts(std::string_view upload) override { return inner_.list_parts(upload); }
    Result<std::unique_ptr<ByteSource>> open_part(std::string_view upload, int number) override;
    Result<void> drop_upload(std::string_view upload) override { return inner_.drop_upload(upload); }
    Result<void> drop_stale(UnixMillis before) override { return inner_.drop_stale(before); }
    Result<std::optional<std::uint64_t>> free_bytes() override { return inner_.free_bytes(); }

private:
    Store& inner_;
    std::atomic<std::uint64_t> readable_ = ~std::uint64_t{0};
    std::atomic<std::uint64_t> writable_ = ~std::uint64_t{0};
};

}  // namespace mirfa::blob
