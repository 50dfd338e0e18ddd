// SPDX-License-Identifier: Apache-2.0
#include "http/detail/chunked.h"

#include <algorithm>
#include <cstring>

namespace mirfa::http::detail {
namespace {

constexpr unsigned kMaxDigits = 15;            // 2^60 octets: far from overflow
constexpr std::size_t kMaxSkipped = 16 << 10;  // a body of extensions costs time and brings nothing

int hex_value(Byte c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Result<ChunkDecoder::Step> ChunkDecoder::decode(ByteSpan octets) {
    Step step;
    while (step.consumed < octets.size() && !done()) {
        if (state_ == State::kData) {
            const std::size_t count = std::min<std::uint64_t>(left_, octets.size() - step.consumed);
            std::memmove(octets.data() + step.produced, octets.data() + step.consumed, count);
            step.consumed += count;
            step.produced += count;
            left_ -= count;
            if (left_ == 0) state_ = State::kDataCr;
        } else if (!take(octets[step.consumed++])) {
            return Error{Code::kInvalidArgument, "The chunks of the request body are malformed."};
        }
    }
    return step;
}

bool ChunkDecoder::take(Byte octet) {
    const auto expect = [&](Byte wanted, State next) {
        state_ = next;
        return octet == wanted;
    };
    switch (state_) {
        case State::kSize: return take_size(octet);
        case State::kExtension: return take_skipped(octet, State::kSizeLf);
        case State::kSizeLf: digits_ = 0; return expect('\n', left_ > 0 ? State::kData : State::kTrailerStart);
        case State::kDataCr: return expect('\r', State::kDataLf);
        case State::kDataLf: return expect('\n', State::kSize);
        case State::kTrailerStart:
            if (octet == '\r') return expect('\r', State::kLastLf);
            state_ = State::kTrailer;
            return octet != ' ' && octet != '\t' && take_skipped(octet, State::kTrailerLf);
        case State::kTrailer: return take_skipped(octet, State::kTrailerLf);
        case State::kTrailerLf: return expect('\n', State::kTrailerStart);
        case State::kLastLf: return expect('\n', State::kDone);
        case State::kData:
        case State::kDone: break;
    }
    return false;
}

bool ChunkDecoder::take_size(Byte octet) {
    const int digit = hex_value(octet);
    if (digit >= 0) {
        left_ = left_ * 16 + static_cast<unsigned>(digit);
        return ++digits_ <= kMaxDigits;
    }
    if (octet == ';')
        state_ = State::kExtension;
    else if (octet == '\r')
        state_ = State::kSizeLf;
    else
        return false;
    return digits_ > 0;
}

bool ChunkDecoder::take_skipped(Byte octet, State at_return) {
    if (octet == '\r') {
        state_ = at_return;
        return true;
    }
    return ++skipped_ <= kMaxSkipped && (octet == '\t' || (octet >= 0x20 && octet != 0x7f));
}

}  // namespace mirfa::http::detail
