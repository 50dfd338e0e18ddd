// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "format/xet_hash.h"

namespace mirfa::format {

inline constexpr std::size_t kMaxChunksPerXorb = 8'192;
/// Longest body of a xorb upload, an old client's footer included.
inline constexpr std::size_t kMaxXorbBytes = 71'303'168;

/// Octets [first, last) of a stored xorb.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t size() const { return last - first; }
    bool operator==(const ByteRange&) const = default;
};

/// What a xorb holds and where: chunk i has the hash `hashes[i]`, ends at raw offset `raw_ends[i]` and at octet
/// `stored_ends[i]` of the stored object (headers included). The three lists are equally long.
struct ChunkTable {
    XetHash xorb;
    std::vector<XetHash> hashes;
    std::vector<std::uint32_t> raw_ends;
    std::vector<std::uint32_t> stored_ends;

    std::size_t size() const { return hashes.size(); }
    std::uint32_t raw_start(std::size_t chunk) const { return chunk == 0 ? 0 : raw_ends[chunk - 1]; }
    std::uint32_t raw_length(std::size_t chunk) const { return raw_ends[chunk] - raw_start(chunk); }
    std::uint32_t stored_start(std::size_t chunk) const { return chunk == 0 ? 0 : stored_ends[chunk - 1]; }
    std::uint32_t raw_bytes() const { return raw_ends.empty() ? 0 : raw_ends.back(); }
    /// Length of the chunk data, which is also where the footer begins.
    std::uint32_t stored_bytes() const { return stored_ends.empty() ? 0 : stored_ends.back(); }

    /// Chunks [first, last) with first < last <= size(): their place in the stored object, raw length, range hash.
    ByteRange stored_range(std::size_t first, std::size_t last) const;
    std::uint64_t raw_length(std::size_t first, std::size_t last) const;
    XetHash range_hash(std::size_t first, std::size_t last) const;
    /// Chunks as leaves of the Merkle tree, for xorb_hash and file_hash.
    void append_leaves(std::size_t first, std::size_t last, std::vector<ChunkLeaf>& leaves) const;

    bool operator==(const ChunkTable&) const = default;
};

/// Length of the footer of a xorb of `chunks` chunks, its length word included.
inline constexpr std::size_t xorb_footer_bytes(std::size_t chunks) { return 96 + 40 * chunks; }

/// The canonical footer (version 1) with its length word: what the store appends to the chunk data.
/// Source: docs/formats/xorb-store.md "Footer".
Bytes write_xorb_footer(const ChunkTable& table);

/// Takes: the last 4 (or more) octets of a stored xorb.
/// Gives: octets of the footer with its length word: how many to read from the end of the object.
/// Fails: kCorrupt for a length that no footer has.
Result<std::size_t> stored_footer_bytes(ByteView object_end);

/// Takes: the end of a stored xorb, at least stored_footer_bytes() of it.
/// Fails: kCorrupt when a count, marker, order or length does not fit. Hashes are not recomputed.
Result<ChunkTable> parse_xorb_footer(ByteView object_end);

}  // namespace mirfa::format
