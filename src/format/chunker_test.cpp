// SPDX-License-Identifier: Apache-2.0
#include "format/chunker.h"

#include <gtest/gtest.h>

#include <random>

#include "base/digest.h"
#include "format/testing/vectors.h"

namespace mirfa::format {
namespace {

using namespace testing;

/// Ends found when the file is fed in pieces of the sizes that `next_size` gives.
template <class NextSize>
std::vector<std::size_t> ends_by_pieces(ByteView file, NextSize next_size) {
    std::vector<std::size_t> ends;
    Chunker chunker;
    std::size_t at = 0;
    while (at < file.size()) {
        ByteView piece = file.subspan(at, std::min<std::size_t>(next_size(), file.size() - at));
        while (!piece.empty()) {
            const auto cut = chunker.find_cut(piece);
            at += cut.value_or(piece.size());
            piece = piece.subspan(cut.value_or(piece.size()));
            if (cut) ends.push_back(at);
        }
    }
    if (chunker.open_bytes() > 0) ends.push_back(at);
    return ends;
}

TEST(Chunker, AgreesWithPublishedBoundariesOfRandomData) {
    for (const auto& row : list_at(vectors(), "splitmix/cases")) {
        const Bytes file = split_mix(number_at(row, "n"), number_at(row, "seed"));
        ASSERT_EQ(sha256_of(file).hex(), text_at(row, "sha256"));
        const auto ends = chunk_ends(file);
        const auto leaves = leaves_of(file, ends);
        if (row.as_object().contains("boundaries")) {
            EXPECT_EQ(ends, numbers_at(row, "boundaries"));
        }
        EXPECT_EQ(to_string(xorb_hash(leaves)), text_at(row, "xorb")) << file.size();
        EXPECT_EQ(to_string(file_hash(leaves)), text_at(row, "file")) << file.size();
    }
}

TEST(Chunker, CutsConstantDataAtTheLongestChunk) {
    const Bytes file(1'000'000, 59);
    const auto& row = at(vectors(), "constant/byte59_1000000");
    EXPECT_EQ(chunk_ends(file), numbers_at(row, "boundaries"));
    EXPECT_EQ(to_string(file_hash(leaves_of(file, chunk_ends(file)))), text_at(row, "file"));
    for (const auto& zeros : list_at(vectors(), "constant/byte0"))
        EXPECT_EQ(chunk_ends(Bytes(number_at(zeros, "n"))), numbers_at(zeros, "boundaries"));
}

TEST(Chunker, AgreesWithFilesMadeByFormula) {
    for (const auto& row : list_at(vectors(), "formula/cases")) {
        const Bytes file = formula(number_at(row, "n"), number_at(row, "a"), number_at(row, "b"));
        EXPECT_EQ(to_string(file_hash(leaves_of(file, chunk_ends(file)))), text_at(row, "file"));
    }
}

TEST(Chunker, HonoursTheSmallestChunkWhereTheDataWouldCutEarlier) {
    ASSERT_EQ(list_at(vectors(), "trigger/cases").size(), 128u);
    for (const auto& row : list_at(vectors(), "trigger/cases")) {
        const Bytes file = trigger(number_at(row, "i"));
        ASSERT_EQ(file[11'111], number_at(row, "byte_11111"));
        EXPECT_EQ(chunk_ends(file), numbers_at(row, "boundaries")) << number_at(row, "i");
    }
}

TEST(Chunker, CutsTheSameWhateverTheSizesOfThePieces) {
    for (const Bytes& file : {split_mix(1'000'000, 0), trigger(1), Bytes(400'000)}) {
        const auto expected = chunk_ends(file);
        std::mt19937 random(42);
        for (const std::size_t most : {1u, 3u, 64u, 8'192u, 100'000u, 8'000'000u}) {
            const auto ends = ends_by_pieces(file, [&] { return random() % most + 1; });
            EXPECT_EQ(ends, expected) << "pieces of at most " << most;
        }
    }
}

TEST(Chunker, FindsNoChunkInAnEmptyFile) {
    EXPECT_TRUE(chunk_ends({}).empty());
    Chunker chunker;
    EXPECT_FALSE(chunker.find_cut({}).has_value());
    EXPECT_EQ(chunker.open_bytes(), 0u);
}

}  // namespace
}  // namespace mirfa::format
