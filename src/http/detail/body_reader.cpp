// SPDX-License-Identifier: Apache-2.0
#include "http/detail/body_reader.h"

#include <algorithm>

namespace mirfa::http::detail {

Refusal body_too_large(std::uint64_t max_body) {
    return {
        413,
        {Code::kTooLarge, "The request body is larger than the " + std::to_string(max_body) + " octets that are taken here."}};
}

Refusal too_busy() { return {503, {Code::kUnavailable, "The server is busy. Try again in a few seconds."}}; }

bool BodyRoom::grow_to(std::uint64_t size) {
    if (size <= kFree || size <= held_) return true;
    const std::uint64_t more = size - held_;
    if (all_.fetch_add(more) + more > most_) {
        all_ -= more;
        return false;
    }
    held_ = size;
    return true;
}

static Refusal body_too_slow() { return {408, {Code::kTimedOut, "The request body stopped coming."}}; }

BodyState BodyReader::refuse(Refusal refusal) {
    refusal_ = std::move(refusal);
    refused_ = true;
    return BodyState::kRefused;
}

/// Raw octets: first those that came with the head, then the socket's.
Task<BodyState> BodyReader::fill(ByteSpan into, std::size_t& count) {
    if (!inbox_.empty()) {
        count = std::min(inbox_.size(), into.size());
        std::copy_n(inbox_.begin(), count, into.begin());
        inbox_.erase(0, count);
        if (inbox_.empty()) std::string().swap(inbox_);
        co_return BodyState::kSome;
    }
    const auto read = co_await wire_.read(into, std::chrono::steady_clock::now() + stall_);
    count = read.count;
    switch (read.got) {
        case Wire::Got::kSome: co_return BodyState::kSome;
        case Wire::Got::kInterrupted: co_return BodyState::kInterrupted;
        case Wire::Got::kTimedOut: co_return refuse(body_too_slow());
        case Wire::Got::kEnd:
        case Wire::Got::kFailed: break;
    }
    co_return BodyState::kLost;
}

BodyState BodyReader::decode(ByteSpan octets, std::size_t& count) {
    const auto step = decoder_.decode(octets);
    if (!step.has_value()) return refuse({400, step.error()});
    count = step.value().produced;
    const auto behind = octets.subspan(step.value().consumed);
    inbox_.insert(inbox_.begin(), behind.begin(), behind.end());
    taken_ += count;
    if (taken_ > max_body_) return refuse(body_too_large(max_body_));
    return BodyState::kSome;
}

Task<BodyState> BodyReader::read(ByteSpan into, std::size_t& count) {
    count = 0;
    if (!framing_.chunked) {
        if (left_ == 0) co_return BodyState::kEnd;
        const auto state = co_await fill(into.first(std::min<std::uint64_t>(into.size(), left_)), count);
        left_ -= count;
        co_return state;
    }
    while (!decoder_.done()) {
        std::size_t raw = 0;
        auto state = co_await fill(into, raw);
        if (state == BodyState::kSome) state = decode(into.first(raw), count);
        if (state != BodyState::kSome || count > 0) co_return state;
    }
    co_return BodyState::kEnd;
}

Task<BodyState> BodyReader::read_all(std::string& text, BodyRoom& room) {
    constexpr std::size_t kStep = 64 << 10;
    for (;;) {
        const std::size_t had = text.size();
        const auto step = std::clamp<std::uint64_t>(left().value_or(kStep), 1, std::max(kStep, had));
        if (!room.grow_to(had + step)) co_return refuse(too_busy());
        text.resize(had + step);
        std::size_t count = 0;
        const ByteSpan tail(reinterpret_cast<Byte*>(text.data()) + had, step);
        const auto state = co_await read(tail, count);
        text.resize(had + count);
        if (state != BodyState::kSome) co_return state;
    }
}

}  // namespace mirfa::http::detail
