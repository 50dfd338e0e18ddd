// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "format/chunk_table.h"
#include "format/xorb_chunk.h"

namespace mirfa::format {

/// Checks the body of a xorb upload as it arrives: every chunk is decoded and hashed; nothing is trusted.
/// Memory: below 2 MiB, whatever the body is. Threads: one at a time.
///
///     TRY(const auto keep, scanner.feed(piece));
///     TRY(store.write(piece.first(keep)));          // for every piece
///     TRY(const auto table, scanner.finish());
///     if (table.xorb != hash_of_the_path) ... refuse
///     TRY(store.write(write_xorb_footer(table)));
class XorbScanner {
public:
    /// Takes: the next octets of the body, any number.
    /// Gives: how many octets at the front of `piece` are chunk data and belong to the stored object. The rest is the
    /// footer that old clients send; it is checked for length and dropped.
    /// Fails: kInvalidArgument for a malformed chunk; kTooLarge for too many chunks or octets.
    Result<std::size_t> feed(ByteView piece);

    /// The body is complete.
    /// Gives: the table, with `xorb` computed from the chunks. The scanner is spent.
    /// Fails: kInvalidArgument for a body that is empty, ends inside a chunk, or has a broken footer.
    Result<ChunkTable> finish();

    /// Chunk data taken so far, with the part of a chunk that is not whole yet.
    std::uint64_t stored_bytes() const { return stored_bytes_; }
    std::size_t chunks() const { return table_.size(); }

private:
    Result<void> take_records(ByteView& rest);
    Result<void> complete_record(ByteView& rest);
    Result<void> check_record(const ChunkHeader& header, ByteView payload);

    ChunkTable table_;
    Bytes partial_;  ///< a record of which only the front has arrived
    Bytes raw_;      ///< where chunks are decoded
    Bytes footer_;   ///< an old client's
    bool in_footer_ = false;
    std::uint64_t stored_bytes_ = 0;
};

}  // namespace mirfa::format
