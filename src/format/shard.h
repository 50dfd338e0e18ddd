// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "format/xet_hash.h"

namespace mirfa::format {

inline constexpr std::size_t kMaxShardBytes = 80u << 20;

/// One consecutive piece of a file: chunks [first, last) of a xorb.
struct ShardTerm {
    XetHash xorb;
    std::uint32_t raw_bytes = 0;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    bool operator==(const ShardTerm&) const = default;
};

struct ShardFile {
    XetHash hash;
    std::vector<ShardTerm> terms;
    std::vector<XetHash> verification;  ///< one range hash for each term, or empty when the upload has none
    std::optional<Sha256> sha256;       ///< nothing when the record is missing or all zeros ("unknown")
    bool operator==(const ShardFile&) const = default;
};

struct ShardChunk {
    XetHash hash;                  ///< keyed in dedup answers
    std::uint32_t raw_offset = 0;  ///< in the raw concatenation of the xorb
    std::uint32_t raw_length = 0;
    bool operator==(const ShardChunk&) const = default;
};

struct ShardXorb {
    XetHash hash;
    std::uint32_t raw_bytes = 0;
    std::uint32_t stored_bytes = 0;  ///< informational; often 0
    std::vector<ShardChunk> chunks;
    bool operator==(const ShardXorb&) const = default;
};

/// The metadata of an upload: files as terms, and the chunk lists of new xorbs. Everything in it is a claim.
struct Shard {
    std::vector<ShardFile> files;
    std::vector<ShardXorb> xorbs;
    bool operator==(const Shard&) const = default;
};

/// Reads the two sections of an upload from octet 48 on. What follows them (tables, a footer) and what the header says
/// about it is ignored: released clients write it differently. Memory: at most a few times the input.
/// Fails: kTooLarge above kMaxShardBytes; kInvalidArgument for another tag or version, a count beyond the octets left,
/// or a missing bookend. Meaning is not checked (terms may point anywhere).
Result<Shard> parse_shard(ByteView body);

/// An upload as today's clients write it: footer size 0 and no footer.
Bytes write_shard(const Shard& shard);

/// When a dedup answer was made and until when its key may be used, in seconds since 1970.
struct DedupTimes {
    std::uint64_t created = 0;
    std::uint64_t expires = 0;
};

/// The answer to a chunk query: whole xorbs, chunk hashes given plain here and written keyed by `key` (zeros: plain).
Bytes write_dedup_answer(std::span<const ShardXorb> xorbs, const XetHash& key, DedupTimes times);

/// What a client reads from a dedup answer.
struct DedupAnswer {
    std::vector<ShardXorb> xorbs;  ///< chunk hashes as they stand there, keyed by `key`
    XetHash key;
    DedupTimes times;
};
/// Fails: kInvalidArgument, as parse_shard, and for a footer that is missing or does not fit.
Result<DedupAnswer> parse_dedup_answer(ByteView body);

}  // namespace mirfa::format
