// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/stream.h"

namespace mirfa::format {

/// Longest payload of one pkt-line.
inline constexpr std::size_t kMaxPktPayload = 65'516;

struct PktLine {
    enum class Kind { kData, kFlush, kDelimiter, kResponseEnd };
    Kind kind = Kind::kFlush;
    ByteView payload;  ///< kData only; may be empty
    /// The payload as text, without one final LF.
    std::string_view text() const;
};

/// Takes one pkt-line off the front of `rest`; the payload points into it.
/// Fails: kInvalidArgument for a bad length or a line that is cut off. `rest` is then unchanged.
Result<PktLine> take_pkt_line(ByteView& rest);

/// Reads pkt-lines from a stream and not one octet more, so that a pack may follow. Threads: one at a time.
class PktLineReader {
public:
    explicit PktLineReader(ByteSource& source) : source_(source) {}
    /// Gives: the next line; its payload is good until the next call.
    /// Fails: kInvalidArgument for a bad length or an end inside a line; kNotFound when the stream ended before it.
    Result<PktLine> next();

private:
    ByteSource& source_;
    Bytes buffer_;
};

/// Takes: at most kMaxPktPayload octets.
void append_pkt_line(std::string& out, std::string_view payload);
void append_pkt_flush(std::string& out);
void append_pkt_delimiter(std::string& out);

enum class SideBand : Byte { kPack = 1, kProgress = 2, kError = 3 };
/// As many pkt-lines as `data` needs, each with the channel's octet in front.
void append_side_band(std::string& out, SideBand channel, std::string_view data);

}  // namespace mirfa::format
