// SPDX-License-Identifier: Apache-2.0
#include "format/xorb_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <utility>

#include "format/bg4.h"
#include "base/little_endian.h"
#include "format/lz4_frame.h"

namespace mirfa::format {
namespace {

constexpr std::size_t kChunksPerDecision = 32;
constexpr double kDivergenceWorthIt = 0.02;

/// How many octets have 0, 1 … 8 bits set, each count starting at 1 so that no logarithm meets a zero.
using BitCounts = std::array<double, 9>;

double sum(const BitCounts& counts) {
    double total = 0;
    for (const double count : counts) total += count;
    return total;
}

/// Kullback-Leibler divergence of a lane from all lanes together.
double divergence(const BitCounts& lane, const BitCounts& all) {
    const double lane_total = sum(lane);
    const double all_total = sum(all);
    double bits = 0;
    for (std::size_t i = 0; i < lane.size(); ++i) {
        const double p = lane[i] / lane_total;
        bits += p * std::log2(p / (all[i] / all_total));
    }
    return bits;
}

}  // namespace

bool looks_like_bg4(ByteView raw) {
    // Octets are counted by value first: one addition for each, whatever the processor offers for counting bits.
    std::array<std::array<std::uint32_t, 256>, 4> values{};
    for (std::size_t i = 0; i < raw.size(); ++i) ++values[i % 4][raw[i]];
    std::array<BitCounts, 4> lanes;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
        lanes[lane].fill(1);
        for (unsigned value = 0; value < 256; ++value)
            lanes[lane][static_cast<std::size_t>(std::popcount(value))] += values[lane][value];
    }
    BitCounts all{};
    for (const auto& lane : lanes)
        for (std::size_t i = 0; i < lane.size(); ++i) all[i] += lane[i];
    double largest = 0;
    for (const auto& lane : lanes) largest = std::max(largest, divergence(lane, all));
    return largest > kDivergenceWorthIt;
}

bool XorbWriter::has_room_for(std::size_t raw_bytes) const {
    return xorb_.table.size() < kMaxChunksPerXorb && xorb_.table.raw_bytes() + raw_bytes <= kMaxRawBytes;
}

std::uint32_t XorbWriter::add(ByteView raw, const XetHash& hash) {
    assert(!raw.empty() && raw.size() <= kMaxChunkBytes && has_room_for(raw.size()));
    const auto index = static_cast<std::uint32_t>(xorb_.table.size());
    if (index % kChunksPerDecision == 0) run_scheme_ = choose(raw);
    Bytes compressed;
    if (run_scheme_ == Scheme::kLz4) compressed = lz4_frame_encode(raw);
    if (run_scheme_ == Scheme::kBg4Lz4) {
        grouped_.resize(raw.size());
        bg4_split(raw, grouped_);
        compressed = lz4_frame_encode(grouped_);
    }
    const bool shrank = !compressed.empty() && compressed.size() < raw.size();
    append_record(shrank ? run_scheme_ : Scheme::kNone, shrank ? ByteView(compressed) : raw, raw.size());
    xorb_.table.hashes.push_back(hash);
    return index;
}

Scheme XorbWriter::choose(ByteView raw) const {
    switch (choice_) {
        case SchemeChoice::kAuto: return looks_like_bg4(raw) ? Scheme::kBg4Lz4 : Scheme::kLz4;
        case SchemeChoice::kNone: return Scheme::kNone;
        case SchemeChoice::kLz4: return Scheme::kLz4;
        case SchemeChoice::kBg4Lz4: return Scheme::kBg4Lz4;
    }
    return Scheme::kNone;
}

void XorbWriter::append_record(Scheme scheme, ByteView payload, std::size_t raw_bytes) {
    const auto raw = static_cast<std::uint32_t>(raw_bytes);
    // All at once: a body that grew would be copied as often as it is long. What is not written to costs no memory.
    if (xorb_.body.empty()) xorb_.body.reserve(kMaxRawBytes + kMaxChunksPerXorb * kChunkHeaderBytes);
    append(xorb_.body, write_chunk_header({scheme, static_cast<std::uint32_t>(payload.size()), raw}));
    append(xorb_.body, payload);
    xorb_.table.raw_ends.push_back(xorb_.table.raw_bytes() + raw);
    xorb_.table.stored_ends.push_back(static_cast<std::uint32_t>(xorb_.body.size()));
}

Xorb XorbWriter::finish() {
    std::vector<ChunkLeaf> leaves;
    xorb_.table.append_leaves(0, xorb_.table.size(), leaves);
    xorb_.table.xorb = xorb_hash(leaves);
    return std::exchange(xorb_, {});
}

}  // namespace mirfa::format
