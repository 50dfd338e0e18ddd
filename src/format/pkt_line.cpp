// SPDX-License-Identifier: Apache-2.0
#include "format/pkt_line.h"

#include <array>
#include <charconv>
#include <optional>

namespace mirfa::format {
namespace {

constexpr std::size_t kLengthDigits = 4;
constexpr std::size_t kMaxSideBandData = kMaxPktPayload - 1;

Error bad_line(std::string_view message) { return Error{Code::kInvalidArgument, std::string(message)}; }

std::optional<unsigned> parse_length(ByteView digits) {
    unsigned length = 0;
    const auto text = as_text(digits.first(kLengthDigits));
    const auto end = std::from_chars(text.data(), text.data() + text.size(), length, 16);
    if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
    return length;
}

/// What the four digits announce.
struct Head {
    PktLine::Kind kind;
    std::size_t payload_bytes;
};
Result<Head> parse_head(ByteView digits) {
    const auto length = parse_length(digits);
    if (!length || *length == 3 || *length > kMaxPktPayload + kLengthDigits) return bad_line("A git pkt-line has a bad length.");
    if (*length == 0) return Head{PktLine::Kind::kFlush, 0};
    if (*length == 1) return Head{PktLine::Kind::kDelimiter, 0};
    if (*length == 2) return Head{PktLine::Kind::kResponseEnd, 0};
    return Head{PktLine::Kind::kData, *length - kLengthDigits};
}

/// Fills all of `into`, or less at the end of the source.
Result<std::size_t> read_fully(ByteSource& source, ByteSpan into) {
    std::size_t have = 0;
    while (have < into.size()) {
        TRY(const auto count, source.read(into.subspan(have)));
        if (count == 0) break;
        have += count;
    }
    return have;
}

void append_length(std::string& out, std::size_t length) {
    constexpr char kDigits[] = "0123456789abcdef";
    for (int shift = 12; shift >= 0; shift -= 4) out += kDigits[(length >> shift) & 15];
}

}  // namespace

std::string_view PktLine::text() const {
    auto whole = as_text(payload);
    if (whole.ends_with('\n')) whole.remove_suffix(1);
    return whole;
}

Result<PktLine> take_pkt_line(ByteView& rest) {
    if (rest.size() < kLengthDigits) return bad_line("A git pkt-line is cut off.");
    TRY(const auto head, parse_head(rest));
    if (rest.size() - kLengthDigits < head.payload_bytes) return bad_line("A git pkt-line is cut off.");
    const PktLine line{head.kind, rest.subspan(kLengthDigits, head.payload_bytes)};
    rest = rest.subspan(kLengthDigits + head.payload_bytes);
    return line;
}

Result<PktLine> PktLineReader::next() {
    std::array<Byte, kLengthDigits> digits;
    TRY(const auto have, read_fully(source_, digits));
    if (have == 0) return Error{Code::kNotFound, "The stream of git pkt-lines has ended."};
    if (have < kLengthDigits) return bad_line("A git pkt-line is cut off.");
    TRY(const auto head, parse_head(digits));
    buffer_.resize(head.payload_bytes);
    TRY(const auto filled, read_fully(source_, buffer_));
    if (filled < buffer_.size()) return bad_line("A git pkt-line is cut off.");
    return PktLine{head.kind, buffer_};
}

void append_pkt_line(std::string& out, std::string_view payload) {
    append_length(out, payload.size() + kLengthDigits);
    out += payload;
}

void append_pkt_flush(std::string& out) { out += "0000"; }
void append_pkt_delimiter(std::string& out) { out += "0001"; }

void append_side_band(std::string& out, SideBand channel, std::string_view data) {
    while (!data.empty()) {
        const auto part = data.substr(0, kMaxSideBandData);
        append_length(out, part.size() + 1 + kLengthDigits);
        out += static_cast<char>(channel);
        out += part;
        data.remove_prefix(part.size());
    }
}

}  // namespace mirfa::format
