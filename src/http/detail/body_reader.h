// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "http/detail/chunked.h"
#include "http/detail/head.h"
#include "http/detail/wire.h"

namespace mirfa::http::detail {

enum class BodyState {
    kSome,
    kEnd,
    kInterrupted,
    kLost,     ///< the connection is gone: there is nobody to answer
    kRefused,  ///< refusal() says why
};

/// The body of one request, taken off the connection and out of its framing.
class BodyReader {
public:
    /// `inbox`: octets that came with the head; what follows the body is left in it.
    BodyReader(Wire& wire, std::string& inbox, const Framing& framing, std::uint64_t max_body, Millis stall)
        : wire_(wire), inbox_(inbox), framing_(framing), left_(framing.length), max_body_(max_body), stall_(stall) {}

    /// Puts 1 to `into.size()` octets at the front of `into`, and their number into `count`.
    Task<BodyState> read(ByteSpan into, std::size_t& count);
    /// Everything, added to `text`. Gives: kEnd, or what came instead.
    Task<BodyState> read_all(std::string& text);
    bool finished() const { return framing_.chunked ? decoder_.done() : left_ == 0; }
    /// Octets still to come; nothing when only the client knows.
    std::optional<std::uint64_t> left() const { return framing_.chunked ? std::nullopt : std::optional(left_); }
    bool refused() const { return refused_; }
    const Refusal& refusal() const { return refusal_; }

private:
    Task<BodyState> fill(ByteSpan into, std::size_t& count);
    BodyState refuse(Refusal refusal);
    BodyState decode(ByteSpan octets, std::size_t& count);

    Wire& wire_;
    std::string& inbox_;
    const Framing framing_;
    ChunkDecoder decoder_;
    std::uint64_t left_;
    std::uint64_t taken_ = 0;
    const std::uint64_t max_body_;
    const Millis stall_;
    Refusal refusal_;
    bool refused_ = false;
};

Refusal body_too_large(std::uint64_t max_body);

}  // namespace mirfa::http::detail
