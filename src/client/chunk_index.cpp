// SPDX-License-Identifier: Apache-2.0
#include "client/chunk_index.h"

namespace mirfa::client {
namespace {

constexpr std::size_t kMaxOwn = 2'000'000;  // 128 GB of content
constexpr std::size_t kMaxAnswers = 64;

}  // namespace

std::uint32_t ChunkIndex::add_xorb(std::optional<format::XetHash> hash) {
    xorbs_.push_back(hash);
    return static_cast<std::uint32_t>(xorbs_.size() - 1);
}

void ChunkIndex::add(const format::XetHash& chunk, Place place) {
    if (own_.size() >= kMaxOwn) own_.clear();
    own_.try_emplace(chunk, place);
}

void ChunkIndex::add_answer(const format::DedupAnswer& answer) {
    if (answers_.size() >= kMaxAnswers) answers_.pop_front();
    auto& kept = answers_.emplace_back(Answer{answer.key, {}});
    for (const auto& xorb : answer.xorbs) {
        const auto number = add_xorb(xorb.hash);
        for (std::uint32_t i = 0; i < xorb.chunks.size(); ++i) kept.places.try_emplace(xorb.chunks[i].hash, Place{number, i});
    }
}

std::optional<ChunkIndex::Place> ChunkIndex::find(const format::XetHash& chunk, std::optional<Place> expected) const {
    std::optional<Place> any;
    if (const auto own = own_.find(chunk); own != own_.end()) any = own->second;
    if (any && (!expected || *any == *expected)) return any;
    for (const auto& answer : answers_) {
        const auto name = answer.key.is_zero() ? chunk : format::keyed(chunk, answer.key);
        const auto found = answer.places.find(name);
        if (found == answer.places.end()) continue;
        if (!any || found->second == expected) any = found->second;
    }
    return any;
}

}  // namespace mirfa::client
