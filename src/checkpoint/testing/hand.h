// SPDX-License-Identifier: Apache-2.0
// What tests make by hand: octets, sinks over memory, archives that no honest program writes.
#pragma once

#include <zlib.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/little_endian.h"
#include "base/stream.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint::testing {

/// A source that keeps its octets itself.
class OwnedBytes final : public RandomSource {
public:
    explicit OwnedBytes(Bytes bytes) : bytes_(std::move(bytes)), source_(memory_source(bytes_)) {}
    std::uint64_t size() const override { return bytes_.size(); }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override { return source_->read_at(offset, into); }

private:
    Bytes bytes_;
    std::shared_ptr<const RandomSource> source_;
};

inline std::shared_ptr<const RandomSource> owned(Bytes bytes) { return std::make_shared<const OwnedBytes>(std::move(bytes)); }
inline std::shared_ptr<const RandomSource> owned(std::string_view text) { return owned(Bytes(text.begin(), text.end())); }

class MemorySink final : public ByteSink {
public:
    Result<void> write(ByteView more) override {
        bytes.insert(bytes.end(), more.begin(), more.end());
        return ok();
    }
    Bytes bytes;
};

/// All that a stream gives, read in uneven pieces.
inline Result<Bytes> all_of(ByteSource& source) {
    Bytes all, piece(17);
    for (;;) {
        TRY(const std::size_t count, source.read(piece));
        if (count == 0) return all;
        all.insert(all.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
        piece.resize(piece.size() % 61 + 20);
    }
}

inline std::shared_ptr<const RandomSource> fixture(std::string_view name) {
    return open_file_source(std::filesystem::path(MIRFA_SOURCE_DIR) / "src/checkpoint/testdata" / name).value();
}

struct HandMember {
    std::string name;
    std::string content;
    int method = 0;
    std::uint64_t claimed = ~std::uint64_t{0};  ///< another size than the content has
    std::uint64_t flags = 0;
    std::string local_name = {};  ///< another name in the local header
};

/// Raw deflate of `content`; what zlib makes of other `window_bits`.
inline std::string deflated(std::string_view content, int window_bits = -MAX_WBITS) {
    z_stream zlib{};
    deflateInit2(&zlib, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY);
    std::string out(deflateBound(&zlib, static_cast<uLong>(content.size())), '\0');
    std::string in(content);
    zlib.next_in = reinterpret_cast<Bytef*>(in.data());
    zlib.avail_in = static_cast<uInt>(in.size());
    zlib.next_out = reinterpret_cast<Bytef*>(out.data());
    zlib.avail_out = static_cast<uInt>(out.size());
    deflate(&zlib, Z_FINISH);
    out.resize(zlib.total_out);
    deflateEnd(&zlib);
    return out;
}

struct HandEntry {
    const HandMember* member;
    std::uint64_t offset;
    std::uint64_t stored;
};

/// One local header with its content.
inline HandEntry append_local(Bytes& zip, const HandMember& member) {
    const std::string stored = member.method == 8 ? deflated(member.content) : member.content;
    const std::string& name = member.local_name.empty() ? member.name : member.local_name;
    const HandEntry entry{&member, zip.size(), stored.size()};
    append(zip, "PK\3\4");
    append_le(zip, 20, 2);
    append_le(zip, member.flags, 2);
    append_le(zip, static_cast<std::uint64_t>(member.method), 2);
    append_le(zip, 0, 8);
    append_le(zip, 0, 8);
    append_le(zip, name.size(), 2);
    append_le(zip, 0, 2);
    append(zip, name);
    append(zip, stored);
    return entry;
}

/// The directory over `entries` and the end record.
inline void append_directory(Bytes& zip, const std::vector<HandEntry>& entries) {
    const std::size_t first = zip.size();
    for (const auto& [member, offset, stored] : entries) {
        const bool honest = member->claimed == ~std::uint64_t{0};
        append(zip, "PK\1\2");
        append_le(zip, 0x140014, 4);
        append_le(zip, member->flags, 2);
        append_le(zip, static_cast<std::uint64_t>(member->method), 2);
        append_le(zip, 0, 4);
        append_le(zip,
                  crc32(0, reinterpret_cast<const Bytef*>(member->content.data()), static_cast<uInt>(member->content.size())), 4);
        append_le(zip, stored, 4);
        append_le(zip, honest ? member->content.size() : member->claimed, 4);
        append_le(zip, member->name.size(), 2);
        append_le(zip, 0, 8);
        append_le(zip, 0, 4);
        append_le(zip, offset, 4);
        append(zip, member->name);
    }
    const std::size_t size = zip.size() - first;
    append(zip, "PK\5\6");
    append_le(zip, 0, 4);
    append_le(zip, entries.size(), 2);
    append_le(zip, entries.size(), 2);
    append_le(zip, size, 4);
    append_le(zip, first, 4);
    append_le(zip, 0, 2);
}

inline Bytes hand_zip(const std::vector<HandMember>& members) {
    Bytes zip;
    std::vector<HandEntry> entries;
    for (const HandMember& member : members) entries.push_back(append_local(zip, member));
    append_directory(zip, entries);
    return zip;
}

}  // namespace mirfa::checkpoint::testing
