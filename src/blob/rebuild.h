// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/digest.h"
#include "base/segment.h"
#include "blob/chunk_tables.h"
#include "blob/store.h"

namespace mirfa::blob {

/// A piece of a file: chunks [first, last) of a xorb, `raw_bytes` octets together.
struct Term {
    format::XetHash xorb;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t raw_bytes = 0;
    bool operator==(const Term&) const = default;
};

/// The octets [offset, offset + length) of the file that the terms make, piece by piece. Chunks stored as they are go out
/// as pieces of the xorb's file; others are decoded, some at a time. Memory: below 1 MiB, whatever the file is.
/// `store` and `tables` must outlive the source.
/// Fails: kCorrupt, here or while reading, when terms, tables and stored octets do not fit each other or the range does
/// not lie in the file; kNotFound/kContentMissing while reading for a xorb that is not there.
Result<std::unique_ptr<SegmentSource>> open_rebuilt(Store& store, ChunkTables& tables, std::vector<Term> terms,
                                                    std::uint64_t offset, std::uint64_t length);

/// The same as plain octets, for readers in this process.
Result<std::unique_ptr<ByteSource>> read_rebuilt(Store& store, ChunkTables& tables, std::vector<Term> terms, std::uint64_t offset,
                                                 std::uint64_t length);

/// Any segments as plain octets.
std::unique_ptr<ByteSource> read_segments(std::unique_ptr<SegmentSource> segments);

/// SHA-256 of a whole file, computed in steps so that the caller can tell somebody that it goes on.
/// Threads: one at a time.
class RebuiltHasher {
public:
    /// Fails: as open_rebuilt.
    static Result<std::unique_ptr<RebuiltHasher>> open(Store& store, ChunkTables& tables, std::vector<Term> terms);

    /// Hashes `octets` more, or what is left. Gives: how many it were. Fails: as the source.
    Result<std::uint64_t> advance(std::uint64_t octets);
    bool done() const { return left_ == 0; }
    std::uint64_t left() const { return left_; }
    /// Once, when done().
    Sha256 digest() { return hasher_.finish(); }

private:
    RebuiltHasher(std::unique_ptr<ByteSource> source, std::uint64_t length) : source_(std::move(source)), left_(length) {}

    std::unique_ptr<ByteSource> source_;
    std::uint64_t left_;
    Sha256Hasher hasher_;
    Bytes buffer_;
};

}  // namespace mirfa::blob
