// SPDX-License-Identifier: Apache-2.0
#include "blob/rebuild.h"

#include <gtest/gtest.h>

#include "blob/folder_store.h"
#include "blob/memory_store.h"
#include "blob/testing/faulty_store.h"
#include "blob/testing/store_contract.h"
#include "blob/testing/xorb_maker.h"
#include "format/lz4_frame.h"

namespace mirfa::blob {
namespace {

using format::SchemeChoice;

/// Chunks that stay as they are (chance) and chunks that shrink (repetition), small and large.
std::vector<Bytes> mixed_chunks(unsigned seed, unsigned count) {
    std::vector<Bytes> chunks;
    for (unsigned i = 0; i < count; ++i) {
        const std::size_t length = 1'000 + (i * 48'611 + seed * 7'919) % 120'000;
        chunks.push_back(pattern(length, seed * 1'000 + i));
        if (i % 3 == 1)
            for (std::size_t at = 0; at < length; ++at) chunks.back()[at] = static_cast<Byte>(at / 100);
    }
    return chunks;
}

Bytes joined(const std::vector<Bytes>& chunks, std::size_t first, std::size_t last) {
    Bytes all;
    for (; first < last; ++first) all.insert(all.end(), chunks[first].begin(), chunks[first].end());
    return all;
}

void append(Bytes& to, const Bytes& more) { to.insert(to.end(), more.begin(), more.end()); }

/// All octets of the segments; counts those that came as file slices.
Result<Bytes> drain(SegmentSource& source, std::uint64_t* sliced = nullptr) {
    Bytes all;
    for (;;) {
        TRY(const auto segment, source.next());
        if (std::holds_alternative<std::monostate>(segment)) return all;
        if (const auto* bytes = std::get_if<Bytes>(&segment)) {
            EXPECT_FALSE(bytes->empty());
            EXPECT_LE(bytes->size(), 512u << 10);
            append(all, *bytes);
            continue;
        }
        const auto& slice = std::get<FileSlice>(segment);
        EXPECT_GT(slice.length, 0u);
        Bytes bytes(slice.length);
        TRY(slice.file->read_exactly_at(slice.offset, bytes));
        append(all, bytes);
        if (sliced) *sliced += slice.length;
    }
}

struct Driver {
    const char* name;
    bool on_disk;
};
void PrintTo(const Driver& driver, std::ostream* out) { *out << driver.name; }

/// A file of three terms in two xorbs.
class Rebuilding : public testing::TestWithParam<Driver> {
protected:
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::unique_ptr<Store> store = GetParam().on_disk ? open_folder_store(folder.path()).value() : make_memory_store();
    ChunkTables tables{*store};
    const std::vector<Bytes> one = mixed_chunks(1, 12);
    const std::vector<Bytes> two = mixed_chunks(2, 5);
    const format::ChunkTable first = put_xorb(*store, one).value();
    const format::ChunkTable second = put_xorb(*store, two).value();
    std::vector<Term> terms = {term_of(first, 2, 12), term_of(second, 0, 4), term_of(first, 1, 2)};
    const Bytes content = [this] {
        Bytes all = joined(one, 2, 12);
        append(all, joined(two, 0, 4));
        append(all, joined(one, 1, 2));
        return all;
    }();

    Result<Bytes> read(std::uint64_t offset, std::uint64_t length) {
        TRY(const auto source, open_rebuilt(*store, tables, terms, offset, length));
        return drain(*source);
    }
    Code failure() {
        const auto got = read(0, content.size());
        EXPECT_FALSE(got.has_value());
        return got.has_value() ? Code::kInternal : got.error().code;
    }
};

TEST_P(Rebuilding, GivesTheWholeFile) { EXPECT_EQ(read(0, content.size()).value(), content); }

TEST_P(Rebuilding, GivesAnyRange) {
    const std::uint64_t size = content.size();
    std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges = {{0, 0}, {0, 1}, {size, 0}, {size - 1, 1}};
    for (std::uint64_t i = 0; i < 200; ++i) {
        const auto offset = i * 104'729 % size;
        ranges.emplace_back(offset, 1 + i * i * 15'485'863 % (size - offset));
    }
    for (std::uint64_t edge = 0, i = 0; i < terms.size(); edge += terms[i++].raw_bytes)
        for (const std::uint64_t offset : {edge, edge + 1, edge + terms[i].raw_bytes - 1}) ranges.emplace_back(offset, 1);
    for (const auto& [offset, length] : ranges) {
        const auto got = read(offset, length);
        ASSERT_TRUE(got.has_value()) << describe(got.error());
        const auto begin = content.begin() + static_cast<std::ptrdiff_t>(offset);
        ASSERT_EQ(got.value(), Bytes(begin, begin + static_cast<std::ptrdiff_t>(length))) << offset << "+" << length;
    }
}

TEST_P(Rebuilding, SendsLongStoredChunksFromTheFile) {
    std::uint64_t sliced = 0;
    const auto source = open_rebuilt(*store, tables, terms, 0, content.size()).value();
    ASSERT_EQ(drain(*source, &sliced).value(), content);
    EXPECT_EQ(sliced > content.size() / 2, GetParam().on_disk);
    EXPECT_EQ(sliced == 0, !GetParam().on_disk);
}

TEST_P(Rebuilding, GivesPlainOctetsToo) {
    const auto source = read_rebuilt(*store, tables, terms, 5, content.size() - 9).value();
    EXPECT_EQ(content_of(*source), Bytes(content.begin() + 5, content.end() - 4));
}

TEST_P(Rebuilding, HashesInSteps) {
    const auto hasher = RebuiltHasher::open(*store, tables, terms).value();
    std::uint64_t hashed = 0;
    while (!hasher->done()) {
        const auto step = hasher->advance(100'000).value();
        EXPECT_EQ(step, std::min<std::uint64_t>(100'000, content.size() - hashed));
        hashed += step;
    }
    EXPECT_EQ(hashed, content.size());
    EXPECT_EQ(hasher->digest(), sha256_of(content));
}

TEST_P(Rebuilding, HashesAFileWithoutTerms) {
    const auto hasher = RebuiltHasher::open(*store, tables, {}).value();
    EXPECT_TRUE(hasher->done());
    EXPECT_EQ(hasher->digest(), sha256_of(ByteView()));
}

TEST_P(Rebuilding, RefusesARangeThatIsNotInTheFile) {
    EXPECT_EQ(read(0, content.size() + 1).error().code, Code::kCorrupt);
    EXPECT_EQ(read(content.size() + 1, 0).error().code, Code::kCorrupt);
    EXPECT_EQ(read(1, ~std::uint64_t{0}).error().code, Code::kCorrupt);
}

TEST_P(Rebuilding, RefusesATermOfAnotherLength) {
    terms[1].raw_bytes += 1;
    EXPECT_EQ(failure(), Code::kCorrupt);
}

TEST_P(Rebuilding, RefusesChunksThatAreNotThere) {
    for (const auto& [from, to] : {std::pair{0u, 6u}, {5u, 6u}, {3u, 3u}, {4u, 2u}}) {
        terms[1].first = from;
        terms[1].last = to;
        EXPECT_EQ(failure(), Code::kCorrupt) << from << ".." << to;
    }
}

TEST_P(Rebuilding, SaysWhichContentIsMissing) {
    ASSERT_TRUE(store->remove(xorb_key(second.xorb)).value());
    EXPECT_EQ(failure(), Code::kNotFound);
}

TEST_P(Rebuilding, NeverGivesOctetsOfADamagedCompressedChunk) {
    auto damaged = content_of(*store->open(xorb_key(second.xorb)).value());
    damaged[second.stored_start(1) + format::kChunkHeaderBytes] ^= 0xff;  // a compressed chunk's frame mark
    ASSERT_TRUE(store->remove(xorb_key(second.xorb)).value());
    ASSERT_TRUE(try_put(*store, xorb_key(second.xorb), damaged).has_value());
    EXPECT_EQ(failure(), Code::kCorrupt);
}

TEST_P(Rebuilding, RefusesAHeaderThatIsNotTheTables) {
    for (const std::size_t chunk : {0u, 1u, 2u}) {
        auto damaged = content_of(*store->open(xorb_key(second.xorb)).value());
        damaged[second.stored_start(chunk) + 1] ^= 1;
        ASSERT_TRUE(store->remove(xorb_key(second.xorb)).value());
        ASSERT_TRUE(try_put(*store, xorb_key(second.xorb), damaged).has_value());
        EXPECT_EQ(failure(), Code::kCorrupt) << chunk;
    }
}

TEST_P(Rebuilding, StopsWithAnErrorWhenTheStoreDoes) {
    FaultyStore faulty(*store);
    ChunkTables own(faulty);
    const auto source = open_rebuilt(faulty, own, terms, 0, content.size()).value();
    faulty.cut_reads_after(300'000);
    EXPECT_EQ(drain(*source).error().code, Code::kUnavailable);
}

TEST_P(Rebuilding, ReadsAXorbOfManySmallChunksInFewPieces) {
    std::vector<Bytes> small;
    for (unsigned i = 0; i < 1'000; ++i) small.push_back(pattern(500, i));
    const auto table = put_xorb(*store, small).value();
    const auto source = open_rebuilt(*store, tables, {term_of(table, 0, 1'000)}, 0, 500'000).value();
    int pieces = 0;
    while (!std::holds_alternative<std::monostate>(source->next().value())) ++pieces;
    EXPECT_LE(pieces, 3);
}

/// Chance with as many zeros behind it as make the LZ4 frame exactly as long as the chunk.
std::pair<Bytes, Bytes> chunk_and_frame_of_one_length() {
    for (std::size_t zeros = 0; zeros < 1'000; ++zeros) {
        Bytes raw = pattern(60'000);
        raw.resize(60'000 + zeros);
        Bytes frame = format::lz4_frame_encode(raw);
        if (frame.size() == raw.size()) return {raw, frame};
    }
    ADD_FAILURE() << "no such frame";
    return {};
}

TEST_P(Rebuilding, DecodesACompressedChunkThatIsAsLongAsTheRawOne) {
    const auto [raw, frame] = chunk_and_frame_of_one_length();
    const auto length = static_cast<std::uint32_t>(raw.size());
    format::ChunkTable table;
    table.hashes = {format::chunk_hash(raw)};
    table.raw_ends = {length};
    table.stored_ends = {length + static_cast<std::uint32_t>(format::kChunkHeaderBytes)};
    table.xorb = format::xorb_hash(std::vector{format::ChunkLeaf{table.hashes[0], length}});
    Bytes object;
    for (const Byte octet : format::write_chunk_header({format::Scheme::kLz4, length, length})) object.push_back(octet);
    append(object, frame);
    append(object, format::write_xorb_footer(table));
    ASSERT_TRUE(try_put(*store, xorb_key(table.xorb), object).has_value());
    const auto source = open_rebuilt(*store, tables, {term_of(table, 0, 1)}, 0, length).value();
    EXPECT_EQ(drain(*source).value(), raw);
}

INSTANTIATE_TEST_SUITE_P(EachDriver, Rebuilding, testing::Values(Driver{"memory", false}, Driver{"folder", true}),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace mirfa::blob
