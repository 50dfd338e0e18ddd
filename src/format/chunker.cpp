// SPDX-License-Identifier: Apache-2.0
#include "format/chunker.h"

#include <algorithm>

namespace mirfa::format {
namespace {

constexpr std::uint64_t kGear[256] = {
#include "format/gear_table.inc"
};

/// A chunk ends after an octet that leaves the 16 top bits of the hash clear.
constexpr std::uint64_t kCutBelow = std::uint64_t{1} << 48;
/// The hash knows only the last 64 octets, and no cut is accepted before kMinChunkBytes: whatever stands before this
/// offset cannot matter and is not hashed.
constexpr std::size_t kFirstHashed = kMinChunkBytes - 64 - 1;

std::uint64_t roll(std::uint64_t hash, Byte octet) { return (hash << 1) + kGear[octet]; }

/// How much of a piece lies before chunk offset `offset`.
std::size_t part_before(std::size_t offset, std::size_t open_bytes, std::size_t piece_bytes) {
    return offset > open_bytes ? std::min(offset - open_bytes, piece_bytes) : 0;
}

/// The place behind the first octet that ends a chunk, or null.
const Byte* scan(std::uint64_t& hash, const Byte* at, const Byte* end) {
    std::uint64_t h = hash;
    const Byte* found = nullptr;
    while (end - at >= 4) {
        if ((h = roll(h, at[0])) < kCutBelow) {
            found = at + 1;
            break;
        }
        if ((h = roll(h, at[1])) < kCutBelow) {
            found = at + 2;
            break;
        }
        if ((h = roll(h, at[2])) < kCutBelow) {
            found = at + 3;
            break;
        }
        if ((h = roll(h, at[3])) < kCutBelow) {
            found = at + 4;
            break;
        }
        at += 4;
    }
    while (!found && at != end)
        if ((h = roll(h, *at++)) < kCutBelow) found = at;
    hash = h;
    return found;
}

}  // namespace

std::optional<std::size_t> Chunker::find_cut(ByteView piece) {
    const std::size_t skipped = part_before(kFirstHashed, open_bytes_, piece.size());
    const std::size_t warmed = part_before(kMinChunkBytes - 1, open_bytes_, piece.size());
    const std::size_t limit = part_before(kMaxChunkBytes, open_bytes_, piece.size());
    for (std::size_t i = skipped; i < warmed; ++i) gear_ = roll(gear_, piece[i]);
    const Byte* found = scan(gear_, piece.data() + warmed, piece.data() + limit);
    if (!found && open_bytes_ + limit < kMaxChunkBytes) {
        open_bytes_ += limit;
        return std::nullopt;
    }
    gear_ = 0;
    open_bytes_ = 0;
    return found ? static_cast<std::size_t>(found - piece.data()) : limit;
}

std::vector<std::size_t> chunk_ends(ByteView file) {
    std::vector<std::size_t> ends;
    Chunker chunker;
    std::size_t at = 0;
    while (at < file.size()) {
        at += chunker.find_cut(file.subspan(at)).value_or(file.size() - at);
        ends.push_back(at);
    }
    return ends;
}

}  // namespace mirfa::format
