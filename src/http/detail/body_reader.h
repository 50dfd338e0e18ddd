// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
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

/// The part of the memory for whole bodies that one request takes up; given back with it. Threads: one at a time, while
/// others count in the same number.
class BodyRoom {
public:
    static constexpr std::uint64_t kFree = 64 << 10;  ///< bodies up to this size are always taken

    BodyRoom(std::atomic<std::uint64_t>& all, std::uint64_t most) : all_(all), most_(most) {}
    ~BodyRoom() { all_ -= held_; }
    BodyRoom(const BodyRoom&) = delete;
    BodyRoom& operator=(const BodyRoom&) = delete;
    /// Gives: false when there is no room for a body of this size; what is held stays.
    bool grow_to(std::uint64_t size);

private:
    std::atomic<std::uint64_t>& all_;
    const std::uint64_t most_;
    std::uint64_t held_ = 0;
};

/// The body of one request, taken off the connection and out of its framing.
class BodyReader {
public:
    /// `inbox`: octets that came with the head; what follows the body is left in it.
    BodyReader(Wire& wire, std::string& inbox, const Framing& framing, std::uint64_t max_body, Millis stall)
        : wire_(wire), inbox_(inbox), framing_(framing), left_(framing.length), max_body_(max_body), stall_(stall) {}

    /// Puts 1 to `into.size()` octets at the front of `into`, and their number into `count`.
    Task<BodyState> read(ByteSpan into, std::size_t& count);
    /// Everything, added to `text`. Gives: kEnd, or what came instead; kRefused too when `room` is out.
    Task<BodyState> read_all(std::string& text, BodyRoom& room);
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
/// Why a request is turned down when its pool stays full, or the memory for bodies.
Refusal too_busy();

}  // namespace mirfa::http::detail
