// SPDX-License-Identifier: Apache-2.0
#include "format/xet_hash.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "format/testing/vectors.h"

namespace mirfa::format {
namespace {

using namespace testing;

Bytes eight_octets(std::uint64_t number) {
    Bytes octets;
    for (int i = 0; i < 8; ++i) octets.push_back(static_cast<Byte>(number >> (8 * i)));
    return octets;
}

TEST(XetHash, TextReversesEveryGroupOfEightOctets) {
    for (const auto& row : list_at(vectors(), "hash_string")) {
        const auto hash = XetHash::from(octets_at(row, "raw_hex")).value();
        EXPECT_EQ(to_string(hash), text_at(row, "string"));
        EXPECT_EQ(parse_xet_hash(text_at(row, "string")).value(), hash);
    }
}

TEST(XetHash, TextIsSixtyFourHexDigitsOfEitherCase) {
    const std::string lower(64, 'a');
    EXPECT_EQ(parse_xet_hash(std::string(64, 'A')).value(), parse_xet_hash(lower).value());
    for (const auto& bad : {std::string(63, 'a'), std::string(65, 'a'), std::string(63, 'a') + "g", std::string()})
        EXPECT_EQ(parse_xet_hash(bad).error().code, Code::kInvalidArgument) << bad;
}

TEST(XetHash, OrderIsThatOfTheTexts) {
    const auto a = parse_xet_hash("00" + std::string(62, 'f')).value();
    const auto b = parse_xet_hash("01" + std::string(62, '0')).value();
    EXPECT_TRUE(xet_less(a, b));
    EXPECT_FALSE(xet_less(b, a));
    EXPECT_FALSE(xet_less(a, a));
    EXPECT_EQ(w3(b), 0u);
    EXPECT_EQ(w3(a), ~std::uint64_t{0});
}

TEST(XetHash, KeyedHashesAgreeWithPublishedValues) {
    for (const auto& row : list_at(vectors(), "hmac"))
        EXPECT_EQ(to_string(keyed(hash_at(row, "hash"), hash_at(row, "key"))), text_at(row, "result"));
}

TEST(XetHash, RangeHashesAgreeWithPublishedValues) {
    for (const auto& row : list_at(vectors(), "verification")) {
        std::vector<XetHash> chunks;
        for (const auto& text : list_at(row, "chunk_hashes"))
            chunks.push_back(parse_xet_hash(std::string(text.as_string())).value());
        EXPECT_EQ(to_string(range_hash(chunks)), text_at(row, "result"));
    }
}

TEST(XetHash, OfOneChunkFilesAgreeWithPublishedValues) {
    const std::pair<std::size_t, Bytes> rows[] = {
        {0, {}}, {1, {'a'}}, {2, {'a', 'b', 'c'}}, {3, Bytes(1)}, {4, {'h', 'e', 'l', 'l', 'o', ' ', 'w', 'o', 'r', 'l', 'd'}},
    };
    for (const auto& [index, raw] : rows) {
        const auto& row = at(vectors(), "chunk_hashes/rows/" + std::to_string(index));
        ASSERT_EQ(raw.size(), number_at(row, "len"));
        const ChunkLeaf leaf{chunk_hash(raw), raw.size()};
        EXPECT_EQ(to_string(leaf.hash), text_at(row, "chunk"));
        EXPECT_EQ(to_string(range_hash(std::span(&leaf.hash, 1))), text_at(row, "range"));
        if (!raw.empty()) {
            EXPECT_EQ(to_string(file_hash(std::span(&leaf, 1))), text_at(row, "file"));
        }
    }
}

TEST(MerkleTree, AgreesWithPublishedLists) {
    ASSERT_EQ(list_at(vectors(), "aggregated/cases").size(), 18u);
    for (const auto& row : list_at(vectors(), "aggregated/cases")) {
        std::vector<ChunkLeaf> leaves;
        for (const auto& leaf : list_at(row, "leaves")) leaves.push_back({hash_at(leaf, "0"), number_at(leaf, "1")});
        EXPECT_EQ(to_string(xorb_hash(leaves)), text_at(row, "xorb")) << leaves.size() << " leaves";
        for (const auto& salted : list_at(row, "files"))
            if (hash_at(salted, "0").is_zero()) {
                EXPECT_EQ(to_string(file_hash(leaves)), text_at(salted, "1"));
            }
    }
}

TEST(MerkleTree, AgreesWithListsOfEverySizeClass) {
    for (const auto& row : list_at(vectors(), "merkle_le64/cases")) {
        std::vector<ChunkLeaf> leaves;
        for (std::uint64_t i = 0; i < number_at(row, "n"); ++i) leaves.push_back({chunk_hash(eight_octets(i)), 1000 + i});
        EXPECT_EQ(to_string(xorb_hash(leaves)), text_at(row, "xorb")) << leaves.size() << " leaves";
        EXPECT_EQ(to_string(file_hash(leaves)), text_at(row, "file"));
        EXPECT_EQ(merkle_root(leaves).length, number_at(row, "len"));
    }
}

TEST(MerkleTree, OfNothingIsZero) {
    EXPECT_TRUE(file_hash({}).is_zero());
    EXPECT_EQ(merkle_root({}), MerkleNode{});
}

TEST(DedupEligibility, IsDecidedByTheLastTenBitsOfTheText) {
    for (const auto& row : list_at(vectors(), "dedup_eligible/cases")) {
        const auto hash = chunk_hash(eight_octets(number_at(row, "i")));
        EXPECT_EQ(to_string(hash), text_at(row, "chunk"));
        EXPECT_TRUE(is_dedup_eligible(hash));
    }
    EXPECT_FALSE(is_dedup_eligible(chunk_hash(eight_octets(34))));
}

TEST(ShardForm, OfASha256IsItsHexTextReadAsAXetHash) {
    const auto& example = at(vectors(), "example_hello_world");
    const auto digest = sha256_of("hello world");
    EXPECT_EQ(digest.hex(), text_at(example, "sha256"));
    EXPECT_EQ(to_hex(to_shard_form(digest).octets), text_at(example, "sha256_stored"));
    EXPECT_EQ(from_shard_form(to_shard_form(digest)), digest);
}

TEST(MerkleBuilder, GivesTheSameRootAsTheWholeListForEveryLength) {
    std::vector<MerkleNode> leaves;
    for (std::uint64_t count = 0; count < 700; ++count) {
        MerkleBuilder builder;
        for (const auto& leaf : leaves) builder.add(leaf);
        ASSERT_EQ(builder.finish(), merkle_root(leaves)) << count;
        MerkleBuilder file;
        for (const auto& leaf : leaves) file.add(leaf);
        ASSERT_EQ(file.finish_file(), file_hash(leaves)) << count;
        leaves.push_back({chunk_hash(as_bytes(std::to_string(count))), count});
    }
}

}  // namespace
}  // namespace mirfa::format
