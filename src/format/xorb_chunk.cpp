// SPDX-License-Identifier: Apache-2.0
#include "format/xorb_chunk.h"

#include <algorithm>

#include "format/bg4.h"
#include "format/lz4_frame.h"

namespace mirfa::format {
namespace {

std::uint32_t load_u24(const Byte* from) {
    return std::uint32_t{from[0]} | std::uint32_t{from[1]} << 8 | std::uint32_t{from[2]} << 16;
}

Byte octet(std::uint32_t number, unsigned index) { return static_cast<Byte>(number >> (8 * index)); }

Error bad_chunk(std::string_view message) { return Error{Code::kInvalidArgument, std::string(message)}; }

Result<void> decode_bg4(ByteView payload, ByteSpan raw) {
    thread_local Bytes grouped;
    grouped.resize(raw.size());
    TRY(lz4_frame_decode(payload, grouped));
    bg4_join(grouped, raw);
    return ok();
}

}  // namespace

Result<ChunkHeader> parse_chunk_header(ByteView bytes) {
    if (bytes.size() < kChunkHeaderBytes) return bad_chunk("The xorb ends inside a chunk header.");
    if (bytes[0] != 0) return bad_chunk("A chunk of the xorb has an unknown version.");
    if (bytes[4] > static_cast<Byte>(Scheme::kBg4Lz4)) return bad_chunk("A chunk of the xorb has an unknown compression.");
    const ChunkHeader header{static_cast<Scheme>(bytes[4]), load_u24(&bytes[1]), load_u24(&bytes[5])};
    if (header.raw_bytes == 0 || header.raw_bytes > kMaxChunkBytes)
        return bad_chunk("A chunk of the xorb is empty or longer than 131072 octets.");
    if (header.stored_bytes == 0 || header.stored_bytes > kMaxStoredChunkBytes)
        return bad_chunk("A stored chunk of the xorb is empty or longer than 131072 octets.");
    if (header.scheme == Scheme::kNone && header.stored_bytes != header.raw_bytes)
        return bad_chunk("An uncompressed chunk of the xorb has two different lengths.");
    return header;
}

std::array<Byte, kChunkHeaderBytes> write_chunk_header(const ChunkHeader& header) {
    const auto stored = header.stored_bytes;
    const auto raw = header.raw_bytes;
    return {0,
            octet(stored, 0),
            octet(stored, 1),
            octet(stored, 2),
            static_cast<Byte>(header.scheme),
            octet(raw, 0),
            octet(raw, 1),
            octet(raw, 2)};
}

Result<void> decode_payload(const ChunkHeader& header, ByteView payload, ByteSpan raw) {
    switch (header.scheme) {
        case Scheme::kNone: std::copy(payload.begin(), payload.end(), raw.begin()); return ok();
        case Scheme::kLz4: return lz4_frame_decode(payload, raw);
        case Scheme::kBg4Lz4: return decode_bg4(payload, raw);
    }
    return bad_chunk("A chunk of the xorb has an unknown compression.");
}

Result<DecodedChunk> decode_chunk(ByteView records, ByteSpan into) {
    TRY(const auto header, parse_chunk_header(records));
    const std::size_t record_bytes = kChunkHeaderBytes + header.stored_bytes;
    if (records.size() < record_bytes) return bad_chunk("The xorb ends inside a chunk.");
    if (into.size() < header.raw_bytes) return Error{Code::kTooLarge, "A chunk is longer than the buffer for it."};
    const auto payload = records.subspan(kChunkHeaderBytes, header.stored_bytes);
    TRY(decode_payload(header, payload, into.first(header.raw_bytes)));
    return DecodedChunk{record_bytes, header.raw_bytes};
}

}  // namespace mirfa::format
