// SPDX-License-Identifier: Apache-2.0
#include "format/chunk_table.h"

#include <cstring>

#include "base/little_endian.h"
#include "format/xorb_chunk.h"

namespace mirfa::format {
namespace {

constexpr std::size_t kLengthWord = 4;
constexpr std::size_t kHashBytes = 32;
constexpr std::string_view kFooterMark{"XETBLOB\x01", 8};
constexpr std::string_view kHashesMark{"XBLBHSH\x00", 8};
constexpr std::string_view kBoundsMark{"XBLBBND\x01", 8};
static_assert(xorb_footer_bytes(1) == 136 && xorb_footer_bytes(4) == 256);

Error bad_footer(std::string_view why) {
    return Error{Code::kCorrupt, "A stored xorb has a broken chunk table.", Reason::kNone, std::string(why)};
}

/// Walks the footer; the caller has checked that there are octets enough.
class Cursor {
public:
    explicit Cursor(ByteView footer) : at_(footer.data()) {}
    bool skip_mark(std::string_view mark) {
        const bool same = std::memcmp(at_, mark.data(), mark.size()) == 0;
        at_ += mark.size();
        return same;
    }
    std::uint32_t number() {
        at_ += 4;
        return load_le<std::uint32_t>(at_ - 4);
    }
    XetHash hash() {
        XetHash value;
        std::memcpy(value.octets.data(), at_, kHashBytes);
        at_ += kHashBytes;
        return value;
    }

private:
    const Byte* at_;
};

/// Each chunk is 1 to `most` octets long, plus a fixed part.
bool is_ascending(const std::vector<std::uint32_t>& ends, std::uint32_t fixed, std::uint32_t most) {
    std::uint64_t start = 0;
    for (const std::uint64_t end : ends) {
        if (end <= start + fixed || end > start + fixed + most) return false;
        start = end;
    }
    return true;
}

Result<ChunkTable> parse_exact_footer(ByteView footer, std::uint32_t chunks) {
    Cursor cursor(footer);
    ChunkTable table;
    if (!cursor.skip_mark(kFooterMark)) return bad_footer("no footer mark");
    table.xorb = cursor.hash();
    if (!cursor.skip_mark(kHashesMark) || cursor.number() != chunks) return bad_footer("hashes section");
    table.hashes.reserve(chunks);
    for (std::uint32_t i = 0; i < chunks; ++i) table.hashes.push_back(cursor.hash());
    if (!cursor.skip_mark(kBoundsMark) || cursor.number() != chunks) return bad_footer("boundaries section");
    table.stored_ends.resize(chunks);
    for (auto& end : table.stored_ends) end = cursor.number();
    table.raw_ends.resize(chunks);
    for (auto& end : table.raw_ends) end = cursor.number();
    if (cursor.number() != chunks) return bad_footer("number of chunks");
    if (cursor.number() != 52 + 40 * chunks || cursor.number() != 40 + 8 * chunks) return bad_footer("section distances");
    if (!is_ascending(table.raw_ends, 0, kMaxChunkBytes)) return bad_footer("raw ends");
    if (!is_ascending(table.stored_ends, kChunkHeaderBytes, kMaxStoredChunkBytes)) return bad_footer("stored ends");
    return table;
}

}  // namespace

ByteRange ChunkTable::stored_range(std::size_t first, std::size_t last) const {
    return {stored_start(first), stored_ends[last - 1]};
}

std::uint64_t ChunkTable::raw_length(std::size_t first, std::size_t last) const {
    return std::uint64_t{raw_ends[last - 1]} - raw_start(first);
}

XetHash ChunkTable::range_hash(std::size_t first, std::size_t last) const {
    return format::range_hash(std::span(hashes).subspan(first, last - first));
}

void ChunkTable::append_leaves(std::size_t first, std::size_t last, std::vector<ChunkLeaf>& leaves) const {
    for (std::size_t i = first; i < last; ++i) leaves.push_back({hashes[i], raw_length(i)});
}

Bytes write_xorb_footer(const ChunkTable& table) {
    const auto chunks = static_cast<std::uint32_t>(table.size());
    Bytes out;
    out.reserve(xorb_footer_bytes(chunks));
    append(out, as_bytes(kFooterMark));
    append(out, table.xorb.octets);
    append(out, as_bytes(kHashesMark));
    append_le(out, chunks);
    for (const auto& hash : table.hashes) append(out, hash.octets);
    append(out, as_bytes(kBoundsMark));
    append_le(out, chunks);
    for (const auto end : table.stored_ends) append_le(out, end);
    for (const auto end : table.raw_ends) append_le(out, end);
    append_le(out, chunks);
    append_le(out, 52 + 40 * chunks);  // from the hashes section to the end
    append_le(out, 40 + 8 * chunks);   // from the boundaries section to the end
    out.resize(out.size() + 16);
    append_le(out, static_cast<std::uint32_t>(out.size()));
    return out;
}

Result<std::size_t> stored_footer_bytes(ByteView object_end) {
    if (object_end.size() < kLengthWord) return bad_footer("no length word");
    const std::size_t with_word = std::size_t{load_le<std::uint32_t>(&object_end[object_end.size() - 4])} + kLengthWord;
    const bool fits = with_word >= xorb_footer_bytes(1) && with_word <= xorb_footer_bytes(kMaxChunksPerXorb);
    if (!fits || (with_word - xorb_footer_bytes(0)) % 40 != 0) return bad_footer("footer length");
    return with_word;
}

Result<ChunkTable> parse_xorb_footer(ByteView object_end) {
    TRY(const std::size_t bytes, stored_footer_bytes(object_end));
    if (object_end.size() < bytes) return bad_footer("cut off");
    const auto chunks = static_cast<std::uint32_t>((bytes - xorb_footer_bytes(0)) / 40);
    return parse_exact_footer(object_end.last(bytes), chunks);
}

}  // namespace mirfa::format
