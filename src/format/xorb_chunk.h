// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "format/chunker.h"

namespace mirfa::format {

/// How a chunk is stored in a xorb; the values are those on the wire.
enum class Scheme : Byte { kNone = 0, kLz4 = 1, kBg4Lz4 = 2 };

inline constexpr std::size_t kChunkHeaderBytes = 8;
inline constexpr std::size_t kMaxStoredChunkBytes = kMaxChunkBytes;  ///< no writer stores an expansion

/// What stands before the payload of each chunk. Source: docs/formats/xorb-store.md "Chunk".
struct ChunkHeader {
    Scheme scheme = Scheme::kNone;
    std::uint32_t stored_bytes = 0;  ///< of the payload, 1 to kMaxStoredChunkBytes
    std::uint32_t raw_bytes = 0;     ///< 1 to kMaxChunkBytes
    bool operator==(const ChunkHeader&) const = default;
};

/// Takes: at least kChunkHeaderBytes octets, the first of them are read.
/// Fails: kInvalidArgument for an unknown version or scheme, or a length out of bounds.
Result<ChunkHeader> parse_chunk_header(ByteView bytes);
std::array<Byte, kChunkHeaderBytes> write_chunk_header(const ChunkHeader& header);

/// Takes: exactly the payload (`header.stored_bytes`) and `raw` of exactly `header.raw_bytes` octets.
/// Fails: kInvalidArgument when the payload does not decode to exactly that many octets.
Result<void> decode_payload(const ChunkHeader& header, ByteView payload, ByteSpan raw);

struct DecodedChunk {
    std::size_t record_bytes = 0;  ///< header and payload, consumed from the front of the input
    std::size_t raw_bytes = 0;     ///< put at the front of the buffer
};
/// Decodes the chunk record at the front of `records` into `into` (kMaxChunkBytes octets always suffice).
/// Fails: kInvalidArgument for a bad or cut record; kTooLarge when `into` is too small.
Result<DecodedChunk> decode_chunk(ByteView records, ByteSpan into);

}  // namespace mirfa::format
