// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace mirfa::http::detail {

/// Takes the chunked transfer coding (RFC 9112 7.1) off a body, in place and in pieces of any size. Strict: lines end in
/// CRLF, sizes are 1 to 15 hex digits, extensions and trailers are skipped within limits.
class ChunkDecoder {
public:
    struct Step {
        std::size_t consumed = 0;  ///< octets used up; less than given only once done()
        std::size_t produced = 0;  ///< octets of the body, moved to the front
    };

    /// Fails: kInvalidArgument; the decoder is of no use after that.
    Result<Step> decode(ByteSpan octets);
    bool done() const { return state_ == State::kDone; }

private:
    enum class State { kSize, kExtension, kSizeLf, kData, kDataCr, kDataLf, kTrailerStart, kTrailer, kTrailerLf, kLastLf, kDone };

    bool take(Byte octet);
    bool take_size(Byte octet);
    bool take_skipped(Byte octet, State at_return);

    State state_ = State::kSize;
    std::uint64_t left_ = 0;  ///< of the current chunk
    unsigned digits_ = 0;
    std::size_t skipped_ = 0;  ///< octets of extensions and trailers in this body
};

}  // namespace mirfa::http::detail
