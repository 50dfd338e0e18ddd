// SPDX-License-Identifier: Apache-2.0
// Xorbs written, scanned, stored and read again.
#include <gtest/gtest.h>

#include <random>

#include "base/digest.h"
#include "format/testing/vectors.h"
#include "format/xorb_scanner.h"
#include "format/xorb_writer.h"

namespace mirfa::format {
namespace {

using namespace testing;

struct Scan {
    ChunkTable table;
    Bytes stored;
};

/// Feeds `body` in pieces of at most `most` octets and keeps what the scanner says belongs to the object.
Result<Scan> scan(ByteView body, std::size_t most = ~std::size_t{0}) {
    XorbScanner scanner;
    Scan result;
    std::mt19937 random(7);
    while (!body.empty()) {
        const auto piece = body.first(std::min<std::size_t>(body.size(), most > 16 ? most : random() % most + 1));
        TRY(const auto keep, scanner.feed(piece));
        result.stored.insert(result.stored.end(), piece.begin(), piece.begin() + static_cast<long>(keep));
        body = body.subspan(piece.size());
    }
    TRY(result.table, scanner.finish());
    return result;
}

std::string why_refused(ByteView body) {
    const auto result = scan(body);
    return result.has_value() ? "accepted" : result.error().message;
}

Xorb pack(ByteView file, SchemeChoice choice) {
    XorbWriter writer(choice);
    for (const auto chunk : pieces(file, chunk_ends(file))) writer.add(chunk);
    return writer.finish();
}

Bytes joined(const Bytes& a, const Bytes& b) {
    Bytes both = a;
    both.insert(both.end(), b.begin(), b.end());
    return both;
}

Bytes unpack(ByteView records) {
    Bytes raw;
    Bytes buffer(kMaxChunkBytes);
    while (!records.empty()) {
        const auto chunk = decode_chunk(records, buffer).value();
        raw.insert(raw.end(), buffer.begin(), buffer.begin() + static_cast<long>(chunk.raw_bytes));
        records = records.subspan(chunk.record_bytes);
    }
    return raw;
}

TEST(XorbChunk, DecodesPublishedRecords) {
    for (const auto& row : list_at(vectors(), "chunk_records/cases")) {
        const Bytes record = octets_at(row, "record_hex");
        Bytes buffer(kMaxChunkBytes);
        const auto chunk = decode_chunk(record, buffer).value();
        buffer.resize(chunk.raw_bytes);
        EXPECT_EQ(chunk.record_bytes, record.size());
        EXPECT_EQ(to_hex(buffer), text_at(row, "raw_hex"));
        EXPECT_EQ(to_string(chunk_hash(buffer)), text_at(row, "chunk"));
    }
}

TEST(XorbChunk, HeaderKeepsItsBounds) {
    const ChunkHeader largest{Scheme::kBg4Lz4, 131'072, 131'072};
    EXPECT_EQ(parse_chunk_header(write_chunk_header(largest)).value(), largest);
    for (const auto* bad : {"010b0000000b0000", "000b0000030b0000", "000b0000630b0000", "00000000000b0000", "000b000000000000",
                            "000b0000000c0000", "000b000001010002", "00010002010b0000", "000b0000000b00"})
        EXPECT_FALSE(parse_chunk_header(from_hex(bad).value()).has_value()) << bad;
}

TEST(XorbScanner, ReadsAXorbOfAllSchemesInPiecesOfAnySize) {
    const auto& example = at(vectors(), "mixed_xorb");
    const Bytes body = octets_at(example, "xorb_hex");
    for (const std::size_t most : {1u, 5u, 16u, 1000u}) {
        const auto found = scan(body, most).value();
        EXPECT_EQ(to_string(found.table.xorb), text_at(example, "xorb"));
        EXPECT_EQ(found.table.stored_ends, (std::vector<std::uint32_t>{46, 87, 106}));
        EXPECT_EQ(found.table.raw_ends, (std::vector<std::uint32_t>{47, 303, 314}));
        EXPECT_EQ(to_string(found.table.range_hash(0, 3)), text_at(example, "range"));
        EXPECT_EQ(found.stored, body);
    }
}

TEST(XorbScanner, AgreesWithThePublishedExampleOfFourChunks) {
    const auto& example = at(vectors(), "example_four_chunks");
    const Bytes file = split_mix(256'000, 1);
    const Xorb xorb = pack(file, SchemeChoice::kNone);
    EXPECT_EQ(sha256_of(xorb.body).hex(), text_at(example, "xorb_bytes_blake_sha256"));
    const auto found = scan(xorb.body, 10'000).value();
    EXPECT_EQ(found.table, xorb.table);
    EXPECT_EQ(to_string(found.table.xorb), text_at(example, "xorb"));
    EXPECT_EQ(to_string(found.table.range_hash(0, 4)), text_at(example, "range_0_4"));
    EXPECT_EQ(to_string(found.table.range_hash(1, 3)), text_at(example, "range_1_3"));
    EXPECT_EQ(found.table.stored_range(1, 3), (ByteRange{25'133, 235'593}));
    EXPECT_EQ(found.table.raw_length(1, 3), 210'444u);
    EXPECT_EQ(to_hex(write_xorb_footer(found.table)), text_at(example, "footer_hex"));
}

TEST(XorbScanner, CutsOffTheFooterOfOldClients) {
    const Xorb xorb = pack(split_mix(200'000, 3), SchemeChoice::kAuto);
    const Bytes body = joined(xorb.body, write_xorb_footer(xorb.table));
    for (const std::size_t most : {3u, 16u, 50'000u, 1'000'000u}) {
        const auto found = scan(body, most).value();
        EXPECT_EQ(found.stored, xorb.body);
        EXPECT_EQ(found.table, xorb.table);
    }
}

TEST(XorbScanner, RefusesAFooterThatDoesNotReachTheEnd) {
    const Xorb xorb = pack(Bytes(5, 1), SchemeChoice::kNone);
    Bytes body = joined(xorb.body, write_xorb_footer(xorb.table));
    body.push_back(0);
    EXPECT_EQ(why_refused(body), "The footer of the xorb disagrees with its own length.");
    EXPECT_EQ(why_refused(joined(xorb.body, {'X', 'E', 'T'})),
              "What follows the chunks of the xorb is neither a chunk nor a footer.");
    EXPECT_EQ(why_refused(write_xorb_footer(xorb.table)), "The xorb has no chunks.");
}

TEST(XorbScanner, RefusesEveryCutAndEveryTailOfAXorb) {
    const Bytes body = octets_at(vectors(), "mixed_xorb/xorb_hex");
    for (std::size_t size = 0; size < body.size(); ++size)
        if (size != 46 && size != 87) {
            EXPECT_FALSE(scan(ByteView(body).first(size)).has_value()) << size;
        }
    EXPECT_FALSE(scan(joined(body, {0})).has_value());
    EXPECT_FALSE(scan(joined(body, Bytes(20))).has_value());
}

TEST(XorbScanner, GivesAnotherNameToEveryChangedOctet) {
    const Bytes body = octets_at(vectors(), "mixed_xorb/xorb_hex");
    const auto name = scan(body).value().table.xorb;
    for (std::size_t i = 0; i < body.size(); ++i) {
        Bytes changed = body;
        changed[i] ^= 0x20;
        const auto found = scan(changed);
        EXPECT_TRUE(!found.has_value() || found.value().table.xorb != name) << i;
    }
}

TEST(XorbScanner, RefusesMoreChunksThanAXorbMayHave) {
    Bytes body;
    const Bytes record = from_hex("00010000000100002a").value();
    for (int i = 0; i < 8'193; ++i) body.insert(body.end(), record.begin(), record.end());
    EXPECT_EQ(scan(body).error().code, Code::kTooLarge);
    EXPECT_EQ(scan(ByteView(body).first(8'192 * record.size())).value().table.size(), 8'192u);
}

TEST(XorbScanner, RefusesABodyThatGoesOn) {
    XorbScanner scanner;
    Bytes record = joined(from_hex("0000000200000002").value(), Bytes(131'072));
    Result<std::size_t> last = std::size_t{0};
    std::size_t fed = 0;
    while (last.has_value() && fed <= 2 * kMaxXorbBytes) {
        last = scanner.feed(record);
        fed += record.size();
    }
    ASSERT_FALSE(last.has_value());
    EXPECT_EQ(last.error().code, Code::kTooLarge);
    EXPECT_LE(fed, kMaxXorbBytes + record.size());
}

TEST(XorbWriter, RoundTripsEverySchemeAndStoresNoExpansion) {
    Bytes floats(400'000);
    for (std::size_t i = 0; i < floats.size(); i += 4) {
        floats[i] = static_cast<Byte>(i * 2654435761u >> 11);
        floats[i + 3] = 0x3f;
    }
    for (const Bytes& file : {split_mix(300'000, 9), Bytes(500'000), floats, Bytes(1, 7)})
        for (const auto choice : {SchemeChoice::kAuto, SchemeChoice::kNone, SchemeChoice::kLz4, SchemeChoice::kBg4Lz4}) {
            const Xorb xorb = pack(file, choice);
            EXPECT_LE(xorb.body.size(), file.size() + kChunkHeaderBytes * xorb.table.size());
            EXPECT_EQ(scan(xorb.body).value().table, xorb.table);
            EXPECT_EQ(unpack(xorb.body), file);
        }
    EXPECT_TRUE(looks_like_bg4(ByteView(floats).first(100'000)));
    EXPECT_FALSE(looks_like_bg4(split_mix(100'000, 5)));
}

TEST(XorbWriter, SaysWhenTheNextXorbMustBegin) {
    XorbWriter writer(SchemeChoice::kNone);
    const Bytes chunk(kMaxChunkBytes);
    const auto hash = chunk_hash(chunk);
    while (writer.has_room_for(chunk.size())) writer.add(chunk, hash);
    EXPECT_EQ(writer.finish().table.size(), 512u);
    EXPECT_TRUE(writer.empty());
}

TEST(XorbFooter, IsThePublishedOne) {
    const auto& example = at(vectors(), "example_hello_world");
    const auto table = scan(octets_at(example, "xorb")).value().table;
    EXPECT_EQ(to_hex(write_xorb_footer(table)), text_at(example, "xorb_footer_v1"));
}

TEST(XorbFooter, IsFoundAtTheEndOfAStoredXorb) {
    const Xorb xorb = pack(split_mix(700'000, 12), SchemeChoice::kAuto);
    const Bytes object = joined(xorb.body, write_xorb_footer(xorb.table));
    const auto size = stored_footer_bytes(ByteView(object).last(4)).value();
    EXPECT_EQ(size, object.size() - xorb.body.size());
    EXPECT_EQ(parse_xorb_footer(ByteView(object).last(size)).value(), xorb.table);
    EXPECT_EQ(parse_xorb_footer(object).value(), xorb.table);
}

TEST(XorbFooter, WithAnyBrokenStructureIsCorrupt) {
    const Xorb xorb = pack(split_mix(300'000, 12), SchemeChoice::kNone);
    const Bytes footer = write_xorb_footer(xorb.table);
    for (std::size_t size = 0; size < footer.size(); ++size)
        EXPECT_FALSE(parse_xorb_footer(ByteView(footer).first(size)).has_value());
    for (std::size_t i = 0; i < footer.size(); ++i) {
        Bytes changed = footer;
        changed[i] ^= 0xff;
        const auto found = parse_xorb_footer(changed);
        if (found.has_value()) {
            EXPECT_TRUE(found.value() != xorb.table || i + 20 >= footer.size()) << i;
        }
    }
    Bytes liar = footer;
    std::fill(liar.end() - 4, liar.end(), Byte{0xff});
    EXPECT_EQ(parse_xorb_footer(liar).error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace mirfa::format
