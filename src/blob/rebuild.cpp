// SPDX-License-Identifier: Apache-2.0
#include "blob/rebuild.h"

#include <algorithm>

#include "format/xorb_chunk.h"

namespace mirfa::blob {
namespace {

constexpr std::uint64_t kMinSlice = 8u << 10;       // a shorter piece costs less copied than sent on its own
constexpr std::uint64_t kDecodeAhead = 256u << 10;  // raw octets per piece in memory; stays in the processor's cache
constexpr std::size_t kHashBuffer = 256u << 10;

Error misfit(const format::XetHash& xorb, std::string_view why) {
    return Error{Code::kCorrupt, "A stored file cannot be put together again.", Reason::kNone,
                 "xorb " + format::to_string(xorb) + ": " + std::string(why)};
}

class Rebuilt final : public SegmentSource {
public:
    /// The range begins `skip` octets into the first of the terms.
    Rebuilt(Store& store, ChunkTables& tables, std::vector<Term> terms, std::uint64_t skip, std::uint64_t length)
        : store_(store), tables_(tables), terms_(std::move(terms)), skip_(skip), left_(length) {}

    Result<Segment> next() override {
        if (left_ == 0) return Segment{};
        if (chunk_ == last_) TRY(enter_next_term());
        if (may_be_slice(chunk_)) {
            TRY(const bool stored_raw, is_stored_raw(chunk_));
            if (stored_raw) return take_slice();
        }
        return decode_some();
    }

private:
    Result<void> enter_next_term() {
        if (term_ == terms_.size()) return Error{Code::kCorrupt, "A stored file is shorter than recorded."};
        const Term& term = terms_[term_++];
        if (!blob_ || xorb_ != term.xorb) TRY(open_xorb(term.xorb));
        if (term.first >= term.last || term.last > table_->size()) return misfit(xorb_, "no such chunks");
        if (table_->raw_length(term.first, term.last) != term.raw_bytes) return misfit(xorb_, "a term of another length");
        last_ = term.last;
        // Only the first term is entered in its middle.
        const auto& ends = table_->raw_ends;
        const std::uint64_t wanted = table_->raw_start(term.first) + skip_;
        chunk_ = static_cast<std::size_t>(std::upper_bound(ends.begin() + term.first, ends.begin() + term.last, wanted) -
                                          ends.begin());
        skip_ = wanted - table_->raw_start(chunk_);
        return ok();
    }

    Result<void> open_xorb(const format::XetHash& xorb) {
        blob_.reset();
        TRY(auto blob, store_.open(xorb_key(xorb)));
        TRY(table_, tables_.load(xorb, *blob));
        file_ = blob->file();
        blob_ = std::move(blob);
        xorb_ = xorb;
        return ok();
    }

    std::uint64_t stored_length(std::size_t chunk) const { return table_->stored_range(chunk, chunk + 1).size(); }

    /// By the table, the chunk can be stored as it is, and is long enough to be sent on its own.
    bool may_be_slice(std::size_t chunk) const {
        const std::uint64_t raw = table_->raw_length(chunk);
        return file_ && raw >= kMinSlice && stored_length(chunk) == raw + format::kChunkHeaderBytes;
    }

    /// By its header: a compressed chunk may by chance have the length of a raw one.
    Result<bool> is_stored_raw(std::size_t chunk) const {
        std::array<Byte, format::kChunkHeaderBytes> octets;
        TRY(read_exactly_at(*blob_, table_->stored_start(chunk), octets));
        const auto header = format::parse_chunk_header(octets);
        if (!header.has_value() || header.value().stored_bytes + octets.size() != stored_length(chunk))
            return misfit(xorb_, "chunk header");
        return header.value().scheme == format::Scheme::kNone;
    }

    Segment take_slice() {
        const std::uint64_t length = std::min<std::uint64_t>(table_->raw_length(chunk_) - skip_, left_);
        const std::uint64_t start = table_->stored_start(chunk_) + format::kChunkHeaderBytes + skip_;
        ++chunk_;
        skip_ = 0;
        left_ -= length;
        return FileSlice{file_, start, length};
    }

    /// The next chunks, as many as make a good piece.
    Result<Segment> decode_some() {
        std::size_t end = chunk_;
        std::uint64_t raw = 0;
        do {
            raw += table_->raw_length(end++);
        } while (end < last_ && raw < std::min(skip_ + left_, kDecodeAhead) && !may_be_slice(end));
        Bytes piece(raw);
        TRY(decode(end, piece));
        if (raw > skip_ + left_) piece.resize(skip_ + left_);
        piece.erase(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(skip_));
        skip_ = 0;
        left_ -= piece.size();
        return Segment{std::move(piece)};
    }

    /// Chunks from chunk_ to `end` into exactly their raw octets.
    Result<void> decode(std::size_t end, ByteSpan raw) {
        const auto range = table_->stored_range(chunk_, end);
        records_.resize(range.size());
        TRY(read_exactly_at(*blob_, range.first, records_));
        ByteView records = records_;
        for (; chunk_ < end; ++chunk_) {
            const auto into = raw.first(table_->raw_length(chunk_));
            const auto decoded = format::decode_chunk(records, into);
            if (!decoded.has_value()) return misfit(xorb_, decoded.error().message);
            if (decoded.value().raw_bytes != into.size() || decoded.value().record_bytes != stored_length(chunk_))
                return misfit(xorb_, "a chunk of another length");
            records = records.subspan(decoded.value().record_bytes);
            raw = raw.subspan(into.size());
        }
        return ok();
    }

    Store& store_;
    ChunkTables& tables_;
    const std::vector<Term> terms_;
    std::size_t term_ = 0;  ///< the next to enter
    std::uint64_t skip_;    ///< octets before the range in the next chunk (until the first term is entered: in the term)
    std::uint64_t left_;    ///< octets of the range still to give

    // The term that was entered: chunks [chunk_, last_) of an open xorb.
    format::XetHash xorb_;
    std::shared_ptr<Blob> blob_;
    std::shared_ptr<const File> file_;
    ChunkTables::Table table_;
    std::size_t chunk_ = 0;
    std::size_t last_ = 0;
    Bytes records_;
};

/// Segments read as octets.
class SegmentReader final : public ByteSource {
public:
    explicit SegmentReader(std::unique_ptr<SegmentSource> segments) : segments_(std::move(segments)) {}

    Result<std::size_t> read(ByteSpan into) override {
        if (into.empty()) return std::size_t{0};
        if (at_ == length_) TRY(advance());
        const std::size_t count = std::min<std::uint64_t>(into.size(), length_ - at_);
        if (const auto* bytes = std::get_if<Bytes>(&segment_))
            std::copy_n(bytes->data() + at_, count, into.data());
        else if (const auto* slice = std::get_if<FileSlice>(&segment_))
            TRY(slice->file->read_exactly_at(slice->offset + at_, into.first(count)));
        at_ += count;
        return count;
    }

private:
    Result<void> advance() {
        TRY(segment_, segments_->next());
        at_ = length_ = 0;
        if (const auto* bytes = std::get_if<Bytes>(&segment_)) length_ = bytes->size();
        if (const auto* slice = std::get_if<FileSlice>(&segment_)) length_ = slice->length;
        return ok();
    }

    std::unique_ptr<SegmentSource> segments_;
    Segment segment_;
    std::uint64_t at_ = 0;
    std::uint64_t length_ = 0;
};

std::uint64_t total_of(const std::vector<Term>& terms) {
    std::uint64_t total = 0;
    for (const auto& term : terms) total += term.raw_bytes;
    return total;
}

}  // namespace

Result<std::unique_ptr<SegmentSource>> open_rebuilt(Store& store, ChunkTables& tables, std::vector<Term> terms,
                                                    std::uint64_t offset, std::uint64_t length) {
    const std::uint64_t total = total_of(terms);
    if (offset > total || length > total - offset) return Error{Code::kCorrupt, "A stored file is shorter than recorded."};
    std::size_t first = 0;
    while (first < terms.size() && offset >= terms[first].raw_bytes) offset -= terms[first++].raw_bytes;
    terms.erase(terms.begin(), terms.begin() + static_cast<std::ptrdiff_t>(first));
    return std::unique_ptr<SegmentSource>(new Rebuilt(store, tables, std::move(terms), offset, length));
}

Result<std::unique_ptr<ByteSource>> read_rebuilt(Store& store, ChunkTables& tables, std::vector<Term> terms, std::uint64_t offset,
                                                 std::uint64_t length) {
    TRY(auto segments, open_rebuilt(store, tables, std::move(terms), offset, length));
    return read_segments(std::move(segments));
}

std::unique_ptr<ByteSource> read_segments(std::unique_ptr<SegmentSource> segments) {
    return std::make_unique<SegmentReader>(std::move(segments));
}

Result<std::unique_ptr<RebuiltHasher>> RebuiltHasher::open(Store& store, ChunkTables& tables, std::vector<Term> terms) {
    const std::uint64_t length = total_of(terms);
    TRY(auto source, read_rebuilt(store, tables, std::move(terms), 0, length));
    return std::unique_ptr<RebuiltHasher>(new RebuiltHasher(std::move(source), length));
}

Result<std::uint64_t> RebuiltHasher::advance(std::uint64_t octets) {
    buffer_.resize(kHashBuffer);
    const std::uint64_t wanted = std::min(octets, left_);
    std::uint64_t done = 0;
    while (done < wanted) {
        TRY(const auto got, source_->read(ByteSpan(buffer_).first(std::min<std::uint64_t>(buffer_.size(), wanted - done))));
        if (got == 0) return Error{Code::kCorrupt, "A stored file is shorter than recorded."};
        hasher_.update(ByteView(buffer_).first(got));
        done += got;
        left_ -= got;
    }
    return done;
}

}  // namespace mirfa::blob
