// SPDX-License-Identifier: Apache-2.0
#include "format/xorb_scanner.h"

#include <algorithm>
#include <cstring>

#include "base/little_endian.h"

namespace mirfa::format {
namespace {

constexpr std::string_view kFooterMark = "XETBLOB";

Error bad_xorb(std::string_view message) { return Error{Code::kInvalidArgument, std::string(message)}; }

/// Moves octets from `from` to the end of `to` until that has `target` of them. Gives: whether it has.
bool fill(Bytes& to, std::size_t target, ByteView& from) {
    const std::size_t count = std::min(target - std::min(target, to.size()), from.size());
    append(to, from.first(count));
    from = from.subspan(count);
    return to.size() >= target;
}

/// An old client's footer: its contents are never used, only its extent is checked.
Result<void> check_old_footer(ByteView footer) {
    const bool marked = footer.size() >= 12 && as_text(footer.first(7)) == kFooterMark && footer[7] <= 1;
    if (!marked) return bad_xorb("What follows the chunks of the xorb is neither a chunk nor a footer.");
    if (load_le<std::uint32_t>(&footer[footer.size() - 4]) != footer.size() - 4)
        return bad_xorb("The footer of the xorb disagrees with its own length.");
    return ok();
}

}  // namespace

Result<std::size_t> XorbScanner::feed(ByteView piece) {
    ByteView rest = piece;
    if (!in_footer_) {
        TRY(take_records(rest));
    }
    const std::size_t kept = piece.size() - rest.size();
    stored_bytes_ += kept;
    if (in_footer_) append(footer_, rest);
    // Nothing is kept of a piece that goes too far, so both sums may overshoot by one piece.
    if (stored_bytes_ + footer_.size() > kMaxXorbBytes || footer_.size() > xorb_footer_bytes(kMaxChunksPerXorb))
        return Error{Code::kTooLarge, "A xorb may have at most 71303168 octets, its footer included."};
    return kept;
}

Result<void> XorbScanner::take_records(ByteView& rest) {
    while (!rest.empty()) {
        if (!partial_.empty()) {
            TRY(complete_record(rest));
            continue;
        }
        in_footer_ = rest.front() == static_cast<Byte>(kFooterMark.front());  // no chunk header begins so
        if (in_footer_) return ok();
        if (rest.size() < kChunkHeaderBytes) {
            fill(partial_, kChunkHeaderBytes, rest);
            return ok();
        }
        TRY(const auto header, parse_chunk_header(rest));
        const std::size_t record_bytes = kChunkHeaderBytes + header.stored_bytes;
        if (rest.size() < record_bytes) {
            fill(partial_, record_bytes, rest);
            return ok();
        }
        TRY(check_record(header, rest.subspan(kChunkHeaderBytes, header.stored_bytes)));
        rest = rest.subspan(record_bytes);
    }
    return ok();
}

Result<void> XorbScanner::complete_record(ByteView& rest) {
    if (!fill(partial_, kChunkHeaderBytes, rest)) return ok();
    TRY(const auto header, parse_chunk_header(partial_));
    if (!fill(partial_, kChunkHeaderBytes + header.stored_bytes, rest)) return ok();
    TRY(check_record(header, ByteView(partial_).subspan(kChunkHeaderBytes)));
    partial_.clear();
    return ok();
}

Result<void> XorbScanner::check_record(const ChunkHeader& header, ByteView payload) {
    if (table_.size() == kMaxChunksPerXorb) return Error{Code::kTooLarge, "A xorb may have at most 8192 chunks."};
    ByteView raw = payload;
    if (header.scheme != Scheme::kNone) {
        raw_.resize(kMaxChunkBytes);
        TRY(decode_payload(header, payload, ByteSpan(raw_).first(header.raw_bytes)));
        raw = ByteView(raw_).first(header.raw_bytes);
    }
    table_.hashes.push_back(chunk_hash(raw));
    table_.raw_ends.push_back(table_.raw_bytes() + header.raw_bytes);
    table_.stored_ends.push_back(table_.stored_bytes() + static_cast<std::uint32_t>(kChunkHeaderBytes + payload.size()));
    return ok();
}

Result<ChunkTable> XorbScanner::finish() {
    if (!partial_.empty()) return bad_xorb("The xorb ends inside a chunk.");
    if (table_.hashes.empty()) return bad_xorb("The xorb has no chunks.");
    if (in_footer_) {
        TRY(check_old_footer(footer_));
    }
    std::vector<ChunkLeaf> leaves;
    table_.append_leaves(0, table_.size(), leaves);
    table_.xorb = xorb_hash(leaves);
    return std::move(table_);
}

}  // namespace mirfa::format
