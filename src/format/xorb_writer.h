// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "format/chunk_table.h"
#include "format/xorb_chunk.h"

namespace mirfa::format {

/// kAuto looks at the first chunk of every 32 and takes BG4 where the octets differ by their position modulo 4.
enum class SchemeChoice { kAuto, kNone, kLz4, kBg4Lz4 };

/// True when regrouping is likely to help LZ4: numbers of four octets, mostly.
bool looks_like_bg4(ByteView raw);

struct Xorb {
    Bytes body;  ///< chunk records only; the footer is write_xorb_footer(table)
    ChunkTable table;
};

/// Packs chunks into a xorb. Threads: one at a time.
class XorbWriter {
public:
    static constexpr std::size_t kMaxRawBytes = 67'108'864;

    explicit XorbWriter(SchemeChoice choice = SchemeChoice::kAuto) : choice_(choice) {}

    /// False when another chunk of that length belongs into the next xorb.
    bool has_room_for(std::size_t raw_bytes) const;
    bool empty() const { return xorb_.table.hashes.empty(); }
    /// Takes: 1 to kMaxChunkBytes octets and their chunk_hash; has_room_for() them.
    /// Gives: the chunk's index. A chunk that does not shrink is stored as it is.
    std::uint32_t add(ByteView raw, const XetHash& hash);
    std::uint32_t add(ByteView raw) { return add(raw, chunk_hash(raw)); }
    /// The xorb, with its hash; the writer is then empty again.
    Xorb finish();

private:
    Scheme choose(ByteView raw) const;
    void append_record(Scheme scheme, ByteView payload, std::size_t raw_bytes);

    SchemeChoice choice_;
    Scheme run_scheme_ = Scheme::kLz4;  ///< decided at the first chunk of each run of 32
    Xorb xorb_;
    Bytes grouped_;
};

}  // namespace mirfa::format
