// SPDX-License-Identifier: Apache-2.0
#include "format/shard.h"

#include <algorithm>
#include <cstring>

#include "base/little_endian.h"

namespace mirfa::format {
namespace {

constexpr std::size_t kRecordBytes = 48;
constexpr std::size_t kFooterBytes = 200;
constexpr std::uint64_t kVersion = 2;
constexpr std::uint64_t kFooterVersion = 1;
constexpr std::uint32_t kHasVerification = 0x8000'0000;
constexpr std::uint32_t kHasMetadata = 0x4000'0000;
constexpr std::string_view kTag{"HFRepoMetaData\0\x55\x69\x67\x45\x6a\x7b\x81\x57\x83\xa5\xbd\xd9\x5c\xcd\xd1\x4a\xa9", 32};
constexpr std::array<Byte, 32> kBookend = [] {
    std::array<Byte, 32> octets{};
    octets.fill(0xff);
    return octets;
}();

Error bad_shard(std::string_view message) { return Error{Code::kInvalidArgument, std::string(message)}; }

/// Everything in a shard is a record of 48 octets: a hash and four numbers.
struct Record {
    XetHash hash;
    std::array<std::uint32_t, 4> numbers{};
    bool is_bookend() const { return hash.octets == kBookend; }
};

class RecordReader {
public:
    explicit RecordReader(ByteView rest) : rest_(rest) {}

    Result<Record> next() {
        if (rest_.size() < kRecordBytes) return bad_shard("The shard ends before its sections are closed.");
        return take();
    }
    /// To be asked before memory is reserved for `count` records: the count comes from the sender.
    Result<void> need(std::uint64_t count) const {
        if (count > rest_.size() / kRecordBytes) return bad_shard("The shard announces more records than it holds.");
        return ok();
    }
    /// A record that need() has promised.
    Record take() {
        Record record;
        std::memcpy(record.hash.octets.data(), rest_.data(), 32);
        for (std::size_t i = 0; i < 4; ++i) record.numbers[i] = load_le<std::uint32_t>(&rest_[32 + 4 * i]);
        rest_ = rest_.subspan(kRecordBytes);
        return record;
    }

private:
    ByteView rest_;
};

Result<ShardFile> read_file(const Record& head, RecordReader& records) {
    const auto [flags, terms, unused, unused_too] = head.numbers;
    const bool verified = (flags & kHasVerification) != 0;
    const bool described = (flags & kHasMetadata) != 0;
    TRY(records.need(std::uint64_t{terms} * (verified ? 2 : 1) + (described ? 1 : 0)));
    ShardFile file{head.hash, {}, {}, {}};
    file.terms.reserve(terms);
    for (std::uint32_t i = 0; i < terms; ++i) {
        const Record term = records.take();
        file.terms.push_back({term.hash, term.numbers[1], term.numbers[2], term.numbers[3]});
    }
    file.verification.reserve(verified ? terms : 0);
    for (std::uint32_t i = 0; verified && i < terms; ++i) file.verification.push_back(records.take().hash);
    if (!described) return file;
    const XetHash stored = records.take().hash;
    if (!stored.is_zero()) file.sha256 = from_shard_form(stored);
    return file;
}

Result<ShardXorb> read_xorb(const Record& head, RecordReader& records) {
    const std::uint32_t chunks = head.numbers[1];
    TRY(records.need(chunks));
    ShardXorb xorb{head.hash, head.numbers[2], head.numbers[3], {}};
    xorb.chunks.reserve(chunks);
    for (std::uint32_t i = 0; i < chunks; ++i) {
        const Record chunk = records.take();
        xorb.chunks.push_back({chunk.hash, chunk.numbers[0], chunk.numbers[1]});
    }
    return xorb;
}

Result<std::vector<ShardXorb>> read_xorb_section(RecordReader& records) {
    std::vector<ShardXorb> xorbs;
    for (;;) {
        TRY(const auto head, records.next());
        if (head.is_bookend()) return xorbs;
        TRY(auto xorb, read_xorb(head, records));
        xorbs.push_back(std::move(xorb));
    }
}

Result<void> check_header(ByteView body) {
    if (body.size() > kMaxShardBytes) return Error{Code::kTooLarge, "A shard may have at most 83886080 octets."};
    if (body.size() < kRecordBytes || as_text(body.first(32)) != kTag) return bad_shard("This is not a shard.");
    if (load_le<std::uint64_t>(&body[32]) != kVersion) return bad_shard("The shard has an unknown version.");
    return ok();
}

void append_record(Bytes& out, const XetHash& hash, std::array<std::uint32_t, 4> numbers = {}) {
    append(out, hash.octets);
    for (const auto number : numbers) append_le(out, number);
}

void append_header(Bytes& out, std::uint64_t footer_bytes) {
    append(out, as_bytes(kTag));
    append_le(out, kVersion);
    append_le(out, footer_bytes);
}

void append_file(Bytes& out, const ShardFile& file) {
    const std::uint32_t flags =
        (file.verification.empty() && !file.terms.empty() ? 0 : kHasVerification) | (file.sha256 ? kHasMetadata : 0);
    append_record(out, file.hash, {flags, static_cast<std::uint32_t>(file.terms.size()), 0, 0});
    for (const auto& term : file.terms) append_record(out, term.xorb, {0, term.raw_bytes, term.first, term.last});
    for (const auto& proof : file.verification) append_record(out, proof);
    if (file.sha256) append_record(out, to_shard_form(*file.sha256));
}

/// Chunk hashes are written keyed when there is a key.
void append_xorb(Bytes& out, const ShardXorb& xorb, const XetHash& key) {
    const auto chunks = static_cast<std::uint32_t>(xorb.chunks.size());
    append_record(out, xorb.hash, {0, chunks, xorb.raw_bytes, xorb.stored_bytes});
    for (const auto& chunk : xorb.chunks)
        append_record(out, key.is_zero() ? chunk.hash : keyed(chunk.hash, key), {chunk.raw_offset, chunk.raw_length, 0, 0});
}

}  // namespace

Result<Shard> parse_shard(ByteView body) {
    TRY(check_header(body));
    RecordReader records(body.subspan(kRecordBytes));
    Shard shard;
    for (;;) {
        TRY(const auto head, records.next());
        if (head.is_bookend()) break;
        TRY(auto file, read_file(head, records));
        shard.files.push_back(std::move(file));
    }
    TRY(shard.xorbs, read_xorb_section(records));
    return shard;
}

Bytes write_shard(const Shard& shard) {
    Bytes out;
    append_header(out, 0);
    for (const auto& file : shard.files) append_file(out, file);
    append_record(out, XetHash{kBookend});
    for (const auto& xorb : shard.xorbs) append_xorb(out, xorb, {});
    append_record(out, XetHash{kBookend});
    return out;
}

Bytes write_dedup_answer(std::span<const ShardXorb> xorbs, const XetHash& key, DedupTimes times) {
    Bytes out;
    append_header(out, kFooterBytes);
    append_record(out, XetHash{kBookend});  // no files
    const std::uint64_t xorbs_at = out.size();
    std::uint64_t raw_bytes = 0;
    std::uint64_t stored_bytes = 0;
    for (const auto& xorb : xorbs) {
        append_xorb(out, xorb, key);
        raw_bytes += xorb.raw_bytes;
        stored_bytes += xorb.stored_bytes;
    }
    append_record(out, XetHash{kBookend});
    const std::uint64_t footer_at = out.size();
    for (const std::uint64_t number : {kFooterVersion, std::uint64_t{kRecordBytes}, xorbs_at}) append_le(out, number);
    // Clients scan the xorbs up to the first of the three look-up tables: their offset must be the section's end.
    for (int table = 0; table < 3; ++table)
        for (const std::uint64_t number : {footer_at, std::uint64_t{0}}) append_le(out, number);
    append(out, key.octets);
    for (const std::uint64_t number : {times.created, times.expires}) append_le(out, number);
    out.resize(out.size() + 48);  // reserved
    for (const std::uint64_t number : {stored_bytes, std::uint64_t{0}, raw_bytes, footer_at}) append_le(out, number);
    return out;
}

Result<DedupAnswer> parse_dedup_answer(ByteView body) {
    TRY(check_header(body));
    if (load_le<std::uint64_t>(&body[40]) != kFooterBytes || body.size() < kRecordBytes + kFooterBytes)
        return bad_shard("The answer to a chunk query has no footer.");
    const ByteView footer = body.last(kFooterBytes);
    const auto footer_at = body.size() - kFooterBytes;
    const auto xorbs_at = load_le<std::uint64_t>(&footer[16]);
    const auto xorbs_end = load_le<std::uint64_t>(&footer[24]);
    if (load_le<std::uint64_t>(&footer[0]) != kFooterVersion || load_le<std::uint64_t>(&footer[192]) != footer_at)
        return bad_shard("The footer of a shard has an unknown version or is out of place.");
    if (xorbs_at < kRecordBytes || xorbs_at > xorbs_end || xorbs_end > footer_at)
        return bad_shard("The footer of a shard points outside of it.");
    RecordReader records(body.subspan(xorbs_at, xorbs_end - xorbs_at));
    DedupAnswer answer;
    TRY(answer.xorbs, read_xorb_section(records));
    std::memcpy(answer.key.octets.data(), &footer[72], 32);
    answer.times = {load_le<std::uint64_t>(&footer[104]), load_le<std::uint64_t>(&footer[112])};
    return answer;
}

}  // namespace mirfa::format
