// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/zip_writer.h"
#include "base/little_endian.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint64_t kAll32 = 0xffffffff, kAll16 = 0xffff;
constexpr std::uint64_t kFlags = 0x0808;  // sizes follow the content; names are UTF-8
constexpr std::uint64_t kDate = 0x0021;   // the first day of 1980: equal content gives equal archives

/// Counts and sums what passes.
class Measured final : public ByteSink {
public:
    explicit Measured(ByteSink& sink) : sink_(sink) {}
    Result<void> write(ByteView bytes) override {
        for (ByteView rest = bytes; !rest.empty();) {
            const ByteView piece = rest.first(std::min<std::size_t>(rest.size(), 1u << 30));
            crc = crc32(crc, piece.data(), static_cast<uInt>(piece.size()));
            rest = rest.subspan(piece.size());
        }
        size += bytes.size();
        return sink_.write(bytes);
    }
    std::uint64_t size = 0;
    uLong crc = 0;

private:
    ByteSink& sink_;
};

bool is_wide(std::uint64_t number) { return number >= kAll32; }

void append_version(Bytes& to, bool wide) { append_le(to, wide ? 45 : 20, 2); }

}  // namespace

Result<void> ZipWriter::put(ByteView bytes) {
    written_ += bytes.size();
    return sink_.write(bytes);
}

Result<void> ZipWriter::add(std::string name, std::uint64_t size, const std::function<Result<void>(ByteSink&)>& write) {
    const bool wide = is_wide(size);
    Bytes extra;
    if (wide) {  // APPNOTE 4.5.3: both sizes, which stand behind the content like the narrow ones
        append_le(extra, 1, 2);
        append_le(extra, 16, 2);
        append_le(extra, 0, 8);
        append_le(extra, 0, 8);
    }
    const std::uint64_t padding = (0 - (written_ + 30 + name.size() + extra.size() + 4)) % kAlignment;
    append(extra, "FB");
    append_le(extra, padding, 2);
    extra.insert(extra.end(), static_cast<std::size_t>(padding), 'Z');
    Bytes head;
    append(head, "PK\3\4");
    append_version(head, wide);
    append_le(head, kFlags, 2);
    append_le(head, 0, 2);  // stored
    append_le(head, 0, 2);
    append_le(head, kDate, 2);
    append_le(head, 0, 4);
    append_le(head, wide ? kAll32 : 0, 4);
    append_le(head, wide ? kAll32 : 0, 4);
    append_le(head, name.size(), 2);
    append_le(head, extra.size(), 2);
    append(head, name);
    head.insert(head.end(), extra.begin(), extra.end());
    const std::uint64_t offset = written_;
    TRY(put(head));
    Measured measured(sink_);
    TRY(write(measured));
    if (measured.size != size)
        return internal_error(fmt::format("member {} gave {} octets instead of {}", name, measured.size, size));
    written_ += size;
    Bytes descriptor;
    append(descriptor, "PK\7\10");
    append_le(descriptor, measured.crc, 4);
    append_le(descriptor, size, wide ? 8 : 4);
    append_le(descriptor, size, wide ? 8 : 4);
    entries_.push_back({std::move(name), size, offset, static_cast<std::uint32_t>(measured.crc)});
    return put(descriptor);
}

Result<void> ZipWriter::add(std::string name, ByteView content) {
    return add(std::move(name), content.size(), [content](ByteSink& sink) { return sink.write(content); });
}

Result<void> ZipWriter::finish() {
    const std::uint64_t first = written_;
    for (const Entry& entry : entries_) {
        Bytes extra;
        for (const std::uint64_t number : {entry.size, entry.size, entry.offset})
            if (is_wide(number)) append_le(extra, number, 8);
        Bytes record;
        append(record, "PK\1\2");
        append_version(record, !extra.empty());
        append_version(record, !extra.empty());
        append_le(record, kFlags, 2);
        append_le(record, 0, 4);
        append_le(record, kDate, 2);
        append_le(record, entry.crc, 4);
        append_le(record, std::min(entry.size, kAll32), 4);
        append_le(record, std::min(entry.size, kAll32), 4);
        append_le(record, entry.name.size(), 2);
        append_le(record, extra.empty() ? 0 : extra.size() + 4, 2);
        append_le(record, 0, 8);  // comment, disk, attributes
        append_le(record, 0, 2);
        append_le(record, std::min(entry.offset, kAll32), 4);
        append(record, entry.name);
        if (!extra.empty()) {
            append_le(record, 1, 2);
            append_le(record, extra.size(), 2);
            record.insert(record.end(), extra.begin(), extra.end());
        }
        TRY(put(record));
    }
    return put_end(first, written_ - first);
}

Result<void> ZipWriter::put_end(std::uint64_t first, std::uint64_t size) {
    const std::uint64_t end = written_;
    Bytes record;
    if (is_wide(first) || is_wide(size) || entries_.size() >= kAll16) {
        append(record, "PK\6\6");
        append_le(record, 44, 8);
        append_le(record, 45, 2);
        append_le(record, 45, 2);
        append_le(record, 0, 8);
        append_le(record, entries_.size(), 8);
        append_le(record, entries_.size(), 8);
        append_le(record, size, 8);
        append_le(record, first, 8);
        append(record, "PK\6\7");
        append_le(record, 0, 4);
        append_le(record, end, 8);
        append_le(record, 1, 4);
    }
    append(record, "PK\5\6");
    append_le(record, 0, 4);
    append_le(record, std::min<std::uint64_t>(entries_.size(), kAll16), 2);
    append_le(record, std::min<std::uint64_t>(entries_.size(), kAll16), 2);
    append_le(record, std::min(size, kAll32), 4);
    append_le(record, std::min(first, kAll32), 4);
    append_le(record, 0, 2);
    return put(record);
}

}  // namespace mirfa::checkpoint
