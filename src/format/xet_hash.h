// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fixed_bytes.h"

namespace mirfa::format {

struct XetHashTag;
/// Name of a chunk, a xorb or a file's content, and the key of keyed hashes. `.hex()` is NOT its text: use to_string.
/// All octets 0: the empty file, or "no key".
using XetHash = FixedBytes<XetHashTag, 32>;

/// The only text form: four little-endian u64, 16 lower-case hex digits each (every group of 8 octets reversed).
std::string to_string(const XetHash& hash);
/// Takes: exactly 64 hex digits, either case. Fails: kInvalidArgument.
Result<XetHash> parse_xet_hash(std::string_view text);
/// Orders as the text form does; sorted sections use it. (`<` on the octets is another order.)
bool xet_less(const XetHash& a, const XetHash& b);
/// The last of the four words.
std::uint64_t w3(const XetHash& hash);
/// True for one chunk hash in 1,024: those that clients may ask the whole hub about.
inline bool is_dedup_eligible(const XetHash& chunk) { return w3(chunk) % 1024 == 0; }

/// A SHA-256 as shards carry it (its hex text read by parse_xet_hash), and back.
XetHash to_shard_form(const Sha256& digest);
Sha256 from_shard_form(const XetHash& stored);

/// Name of a chunk, from its raw (uncompressed) octets.
XetHash chunk_hash(ByteView raw);
/// Proof of knowing the chunks of a term: keyed hash over their hashes in order.
XetHash range_hash(std::span<const XetHash> chunks);
/// Keyed BLAKE3 of the 32 octets of `hash` under `key`: how dedup answers hide chunk hashes.
XetHash keyed(const XetHash& hash, const XetHash& key);

/// A hash with the number of raw octets below it.
struct MerkleNode {
    XetHash hash;
    std::uint64_t length = 0;
    bool operator==(const MerkleNode&) const = default;
};
using ChunkLeaf = MerkleNode;

/// Reduces the list level by level to one node; {zeros, 0} for none. Memory: a fifth of the input beside it.
MerkleNode merkle_root(std::span<const MerkleNode> nodes);
/// Name of a xorb that holds these chunks in this order.
XetHash xorb_hash(std::span<const ChunkLeaf> chunks);
/// Name of a file made of these chunks (all of them, with repetitions); zeros for the empty file.
XetHash file_hash(std::span<const ChunkLeaf> chunks);

/// The same root for leaves that come one by one. Memory: a few hundred octets, whatever the file is. Threads: one.
class MerkleBuilder {
public:
    void add(const MerkleNode& leaf);
    /// As merkle_root() of all leaves added. The builder is spent.
    MerkleNode finish();
    /// As file_hash() of all chunks added. The builder is spent.
    XetHash finish_file();

private:
    struct Level {
        std::vector<MerkleNode> open;  ///< at most nine: the group that is not complete yet
        std::uint64_t nodes = 0;       ///< all that ever stood at this level
    };
    void add_at(std::size_t level, const MerkleNode& node);
    void close_group(std::size_t level);

    std::vector<Level> levels_;
};

}  // namespace mirfa::format
