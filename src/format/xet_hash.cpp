// SPDX-License-Identifier: Apache-2.0
#include "format/xet_hash.h"

#include <blake3.h>

#include <charconv>
#include <vector>

namespace mirfa::format {
namespace {

using Key = std::array<Byte, 32>;

// The domain keys of the protocol, in byte order.
constexpr Key kDataKey = {0x66, 0x97, 0xf5, 0x77, 0x5b, 0x95, 0x50, 0xde, 0x31, 0x35, 0xcb, 0xac, 0xa5, 0x97, 0x18, 0x1c,
                          0x9d, 0xe4, 0x21, 0x10, 0x9b, 0xeb, 0x2b, 0x58, 0xb4, 0xd0, 0xb0, 0x4b, 0x93, 0xad, 0xf2, 0x29};
constexpr Key kNodeKey = {0x01, 0x7e, 0xc5, 0xc7, 0xa5, 0x47, 0x29, 0x96, 0xfd, 0x94, 0x66, 0x66, 0xb4, 0x8a, 0x02, 0xe6,
                          0x5d, 0xdd, 0x53, 0x6f, 0x37, 0xc7, 0x6d, 0xd2, 0xf8, 0x63, 0x52, 0xe6, 0x4a, 0x53, 0x71, 0x3f};
constexpr Key kRangeKey = {0x7f, 0x18, 0x57, 0xd6, 0xce, 0x56, 0xed, 0x66, 0x12, 0x7f, 0xf9, 0x13, 0xe7, 0xa5, 0xc3, 0xf3,
                           0xa4, 0xcd, 0x26, 0xd5, 0xb5, 0xdb, 0x49, 0xe6, 0x41, 0x24, 0x98, 0x7f, 0x28, 0xfb, 0x94, 0xc3};
constexpr Key kFileKey = {};

XetHash keyed_blake3(const Key& key, ByteView bytes) {
    blake3_hasher hasher;
    blake3_hasher_init_keyed(&hasher, key.data());
    blake3_hasher_update(&hasher, bytes.data(), bytes.size());
    XetHash hash;
    blake3_hasher_finalize(&hasher, hash.octets.data(), hash.octets.size());
    return hash;
}

/// Every group of 8 octets reversed: the same map in both directions.
std::array<Byte, 32> with_groups_reversed(const std::array<Byte, 32>& octets) {
    std::array<Byte, 32> reversed;
    for (std::size_t i = 0; i < 32; ++i) reversed[i] = octets[(i & ~std::size_t{7}) + 7 - (i & 7)];
    return reversed;
}

void put_text(const XetHash& hash, char* to) {
    constexpr char kDigits[] = "0123456789abcdef";
    for (const Byte octet : with_groups_reversed(hash.octets)) {
        *to++ = kDigits[octet >> 4];
        *to++ = kDigits[octet & 15];
    }
}

/// How many of the `nodes` left are merged into the next one of the level above: 3 to 9, ended by a hash whose last
/// word divides by 4, and a remainder of 1 or 2 on its own.
std::size_t group_size(std::span<const MerkleNode> nodes) {
    if (nodes.size() <= 2) return nodes.size();
    const std::size_t most = std::min<std::size_t>(9, nodes.size());
    for (std::size_t i = 2; i < most; ++i)
        if ((nodes[i].hash.octets[24] & 3) == 0) return i + 1;
    return most;
}

/// One line `HASH : LENGTH` LF for each node, hashed under the node key.
MerkleNode merge(std::span<const MerkleNode> group) {
    constexpr std::size_t kLongestLine = 64 + 3 + 20 + 1;
    std::array<char, 9 * kLongestLine> text;
    char* end = text.data();
    std::uint64_t length = 0;
    for (const auto& node : group) {
        put_text(node.hash, end);
        end = std::copy_n(" : ", 3, end + 64);
        end = std::to_chars(end, end + 20, node.length).ptr;
        *end++ = '\n';
        length += node.length;
    }
    const auto size = static_cast<std::size_t>(end - text.data());
    return {keyed_blake3(kNodeKey, as_bytes(std::string_view(text.data(), size))), length};
}

std::vector<MerkleNode> next_level(std::span<const MerkleNode> nodes) {
    std::vector<MerkleNode> above;
    above.reserve(nodes.size() / 4 + 1);
    while (!nodes.empty()) {
        const std::size_t count = group_size(nodes);
        above.push_back(merge(nodes.first(count)));
        nodes = nodes.subspan(count);
    }
    return above;
}

}  // namespace

std::string to_string(const XetHash& hash) {
    std::string text(64, '\0');
    put_text(hash, text.data());
    return text;
}

Result<XetHash> parse_xet_hash(std::string_view text) {
    auto plain = text.size() == 64 ? XetHash::parse(text) : Error{};
    if (!plain.has_value()) return Error{Code::kInvalidArgument, "A Xet hash must have exactly 64 hexadecimal digits."};
    return XetHash{with_groups_reversed(plain.value().octets)};
}

bool xet_less(const XetHash& a, const XetHash& b) { return with_groups_reversed(a.octets) < with_groups_reversed(b.octets); }

std::uint64_t w3(const XetHash& hash) {
    std::uint64_t word = 0;
    for (std::size_t i = 32; i-- > 24;) word = word << 8 | hash.octets[i];
    return word;
}

XetHash to_shard_form(const Sha256& digest) { return XetHash{with_groups_reversed(digest.octets)}; }
Sha256 from_shard_form(const XetHash& stored) { return Sha256{with_groups_reversed(stored.octets)}; }

XetHash chunk_hash(ByteView raw) { return keyed_blake3(kDataKey, raw); }

XetHash range_hash(std::span<const XetHash> chunks) {
    static_assert(sizeof(XetHash) == 32, "hashes lie in memory without gaps");
    return keyed_blake3(kRangeKey, {reinterpret_cast<const Byte*>(chunks.data()), chunks.size_bytes()});
}

XetHash keyed(const XetHash& hash, const XetHash& key) { return keyed_blake3(key.octets, hash.octets); }

MerkleNode merkle_root(std::span<const MerkleNode> nodes) {
    if (nodes.empty()) return {};
    if (nodes.size() == 1) return nodes.front();
    std::vector<MerkleNode> level = next_level(nodes);
    while (level.size() > 1) level = next_level(level);
    return level.front();
}

XetHash xorb_hash(std::span<const ChunkLeaf> chunks) { return merkle_root(chunks).hash; }

void MerkleBuilder::add(const MerkleNode& leaf) { add_at(0, leaf); }

/// A group is complete by the same rule as in group_size(), which looks at no node behind it.
void MerkleBuilder::add_at(std::size_t level, const MerkleNode& node) {
    if (level == levels_.size()) levels_.emplace_back();
    auto& here = levels_[level];
    here.open.push_back(node);
    ++here.nodes;
    if (here.open.size() == 9 || (here.open.size() > 2 && (node.hash.octets[24] & 3) == 0)) close_group(level);
}

void MerkleBuilder::close_group(std::size_t level) {
    const auto above = merge(levels_[level].open);
    levels_[level].open.clear();
    add_at(level + 1, above);
}

MerkleNode MerkleBuilder::finish() {
    for (std::size_t level = 0; level < levels_.size(); ++level) {
        if (levels_[level].nodes == 1) return levels_[level].open.front();
        if (!levels_[level].open.empty()) close_group(level);
    }
    return {};
}

XetHash MerkleBuilder::finish_file() {
    if (levels_.empty()) return {};
    return keyed_blake3(kFileKey, finish().hash.octets);
}

XetHash file_hash(std::span<const ChunkLeaf> chunks) {
    if (chunks.empty()) return {};
    return keyed_blake3(kFileKey, merkle_root(chunks).hash.octets);
}

}  // namespace mirfa::format
