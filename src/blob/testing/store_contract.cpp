// SPDX-License-Identifier: Apache-2.0
#include "blob/testing/store_contract.h"

#include <thread>

namespace mirfa::blob {

Bytes pattern(std::size_t count, unsigned seed) {
    Bytes bytes(count);
    std::uint32_t state = seed * 2654435761u + 1;
    for (auto& byte : bytes) {
        state = state * 1664525u + 1013904223u;
        byte = static_cast<Byte>(state >> 24);
    }
    return bytes;
}

Bytes content_of(const Blob& blob) {
    Bytes bytes(blob.size());
    const auto got = blob.read_at(0, bytes);
    EXPECT_TRUE(got.has_value() && got.value() == bytes.size());
    return bytes;
}

Bytes content_of(ByteSource& source) {
    Bytes all;
    Bytes buffer(1000);
    for (;;) {
        const auto got = source.read(buffer);
        EXPECT_TRUE(got.has_value()) << describe(got.error());
        if (!got.has_value() || got.value() == 0) return all;
        all.insert(all.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got.value()));
    }
}

Result<bool> try_put(Store& store, const BlobKey& key, ByteView content) {
    TRY(auto writer, store.begin());
    TRY(writer->write(content));
    return writer->publish(key);
}

BlobKey put_raw(Store& store, ByteView content) {
    const auto key = raw_key(sha256_of(content));
    const auto put = try_put(store, key, content);
    EXPECT_TRUE(put.has_value()) << describe(put.error());
    return key;
}

void put_part(Store& store, std::string_view upload, int number, ByteView content) {
    auto writer = store.begin_part(upload, number);
    ASSERT_TRUE(writer.has_value());
    ASSERT_TRUE(writer.value()->write(content).has_value());
    ASSERT_TRUE(writer.value()->keep().has_value());
}

namespace {

BlobKey numbered_key(Kind kind, unsigned number) {
    BlobKey key{kind, {}};
    key.name[0] = static_cast<Byte>(number * 37);
    key.name[7] = static_cast<Byte>(number);
    return key;
}

TEST_P(StoreContract, PublishedContentIsReadBack) {
    for (const std::size_t count : {0u, 1u, 3'000'000u}) {
        const auto content = pattern(count);
        const auto key = put_raw(*store, content);
        const auto blob = store->open(key);
        ASSERT_TRUE(blob.has_value()) << describe(blob.error());
        EXPECT_EQ(blob.value()->size(), count);
        EXPECT_EQ(content_of(*blob.value()), content);
        EXPECT_EQ(store->stat(key).value(), count);
    }
}

TEST_P(StoreContract, ContentMayComeInManyPieces) {
    const auto content = pattern(100'000);
    auto writer = store->begin().value();
    for (std::size_t at = 0; at < content.size(); at += 997) {
        EXPECT_EQ(writer->bytes_written(), at);
        const auto piece = ByteView(content).subspan(at, std::min<std::size_t>(997, content.size() - at));
        ASSERT_TRUE(writer->write(piece).has_value());
    }
    EXPECT_TRUE(writer->publish(raw_key(sha256_of(content))).value());
    EXPECT_EQ(content_of(*store->open(raw_key(sha256_of(content))).value()), content);
}

TEST_P(StoreContract, AnUnknownKeyIsNotFound) {
    const auto opened = store->open(numbered_key(Kind::kRaw, 1));
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, Code::kNotFound);
    EXPECT_EQ(opened.error().reason, Reason::kContentMissing);
    EXPECT_EQ(store->stat(numbered_key(Kind::kRaw, 1)).value(), std::nullopt);
    EXPECT_FALSE(store->remove(numbered_key(Kind::kRaw, 1)).value());
}

TEST_P(StoreContract, TheFirstPublishedOctetsStay) {
    const auto key = numbered_key(Kind::kXorb, 1);
    EXPECT_TRUE(try_put(*store, key, pattern(500, 1)).value());
    EXPECT_FALSE(try_put(*store, key, pattern(400, 2)).value());
    EXPECT_EQ(content_of(*store->open(key).value()), pattern(500, 1));
}

TEST_P(StoreContract, NothingIsVisibleBeforePublishAndADroppedWriterLeavesNothing) {
    const auto key = raw_key(sha256_of(pattern(5)));
    {
        auto writer = store->begin().value();
        ASSERT_TRUE(writer->write(pattern(5)).has_value());
        EXPECT_EQ(store->stat(key).value(), std::nullopt);
    }
    EXPECT_EQ(store->stat(key).value(), std::nullopt);
    EXPECT_TRUE(store->list(Kind::kRaw, {}, 10).value().empty());
}

TEST_P(StoreContract, WritersOfEqualContentAllSucceedAndOneIsFirst) {
    const auto content = pattern(200'000);
    const auto key = raw_key(sha256_of(content));
    std::atomic<int> succeeded = 0;
    std::atomic<int> first = 0;
    std::vector<std::thread> writers;
    for (int i = 0; i < 8; ++i)
        writers.emplace_back([&] {
            const auto put = try_put(*store, key, content);
            if (!put.has_value()) return;
            ++succeeded;
            if (put.value()) ++first;
        });
    for (auto& writer : writers) writer.join();
    EXPECT_EQ(succeeded, 8);
    EXPECT_EQ(first, 1);
    EXPECT_EQ(content_of(*store->open(key).value()), content);
}

TEST_P(StoreContract, PiecesAreReadFromAnyPlace) {
    const auto content = pattern(10'000);
    const auto blob = store->open(put_raw(*store, content)).value();
    Bytes piece(100);
    EXPECT_EQ(blob->read_at(4'321, piece).value(), 100u);
    EXPECT_TRUE(std::equal(piece.begin(), piece.end(), content.begin() + 4'321));
    EXPECT_EQ(blob->read_at(9'950, piece).value(), 50u);
    EXPECT_EQ(blob->read_at(10'000, piece).value(), 0u);
    EXPECT_EQ(blob->read_at(999'999, piece).value(), 0u);
    EXPECT_EQ(read_exactly_at(*blob, 9'950, piece).error().code, Code::kCorrupt);
}

TEST_P(StoreContract, AFileBehindABlobHoldsExactlyItsOctets) {
    const auto content = pattern(10'000);
    const auto file = store->open(put_raw(*store, content)).value()->file();
    if (!file) return;  // a driver need not have one
    Bytes all(20'000);
    ASSERT_EQ(file->read_at(0, all).value(), content.size());
    all.resize(content.size());
    EXPECT_EQ(all, content);
}

TEST_P(StoreContract, ARemovedBlobIsGoneButStaysReadableWhileHeld) {
    const auto content = pattern(10'000);
    const auto key = put_raw(*store, content);
    const auto held = store->open(key).value();
    EXPECT_TRUE(store->remove(key).value());
    EXPECT_EQ(store->open(key).error().code, Code::kNotFound);
    EXPECT_EQ(content_of(*held), content);
    EXPECT_TRUE(try_put(*store, key, content).value());
}

TEST_P(StoreContract, KindsAreApart) {
    ASSERT_TRUE(try_put(*store, numbered_key(Kind::kRaw, 7), pattern(3)).has_value());
    EXPECT_EQ(store->stat(numbered_key(Kind::kXorb, 7)).value(), std::nullopt);
    EXPECT_TRUE(store->list(Kind::kXorb, {}, 10).value().empty());
}

TEST_P(StoreContract, KeysAreListedPageByPageInTheOrderOfTheirText) {
    for (const Kind kind : {Kind::kRaw, Kind::kXorb}) {
        std::vector<std::string> expected;
        for (unsigned i = 0; i < 20; ++i) {
            ASSERT_TRUE(try_put(*store, numbered_key(kind, i), pattern(3)).has_value());
            expected.push_back(numbered_key(kind, i).text());
        }
        std::sort(expected.begin(), expected.end());
        std::vector<std::string> listed;
        std::optional<BlobKey> after;
        for (;;) {
            const auto page = store->list(kind, after, 7).value();
            for (const auto& key : page) listed.push_back(key.text());
            if (page.size() < 7) break;
            after = page.back();
        }
        EXPECT_EQ(listed, expected);
    }
}

TEST_P(StoreContract, PartsAreKeptListedAndReadInOrder) {
    put_part(*store, "up-1", 10, pattern(30, 10));
    put_part(*store, "up-1", 2, pattern(20, 2));
    put_part(*store, "up-1", 1, pattern(10, 1));
    const std::vector<Part> expected = {{1, 10}, {2, 20}, {10, 30}};
    EXPECT_EQ(store->list_parts("up-1").value(), expected);
    EXPECT_EQ(content_of(*store->open_part("up-1", 10).value()), pattern(30, 10));
    Bytes both = pattern(10, 1);
    const auto second = pattern(20, 2);
    both.insert(both.end(), second.begin(), second.end());
    EXPECT_EQ(content_of(*assemble(*store, "up-1", 2)), both);
}

TEST_P(StoreContract, APartSentAgainReplacesTheFirst) {
    put_part(*store, "up", 1, pattern(10, 1));
    put_part(*store, "up", 1, pattern(40, 2));
    EXPECT_EQ(store->list_parts("up").value(), (std::vector<Part>{{1, 40}}));
    EXPECT_EQ(content_of(*store->open_part("up", 1).value()), pattern(40, 2));
}

TEST_P(StoreContract, APartThatWasNotKeptIsMissing) {
    {
        auto writer = store->begin_part("up", 1).value();
        ASSERT_TRUE(writer->write(pattern(10)).has_value());
    }
    EXPECT_TRUE(store->list_parts("up").value().empty());
    EXPECT_EQ(store->open_part("up", 1).error().reason, Reason::kContentMissing);
    Bytes buffer(10);
    EXPECT_EQ(assemble(*store, "up", 1)->read(buffer).error().reason, Reason::kContentMissing);
}

TEST_P(StoreContract, ADroppedUploadIsForgotten) {
    put_part(*store, "one", 1, pattern(10));
    put_part(*store, "two", 1, pattern(10));
    ASSERT_TRUE(store->drop_upload("one").has_value());
    ASSERT_TRUE(store->drop_upload("one").has_value());
    EXPECT_TRUE(store->list_parts("one").value().empty());
    EXPECT_EQ(store->list_parts("two").value().size(), 1u);
}

TEST_P(StoreContract, NamesOfUploadsThatCouldBePathsAreRefused) {
    for (const std::string bad : {"", ".", "..", "a/b", "../up", "a b", "a\n", "ä"}) {
        EXPECT_EQ(store->begin_part(bad, 1).error().code, Code::kInvalidArgument) << bad;
        EXPECT_EQ(store->list_parts(bad).error().code, Code::kInvalidArgument) << bad;
        EXPECT_EQ(store->open_part(bad, 1).error().code, Code::kInvalidArgument) << bad;
        EXPECT_EQ(store->drop_upload(bad).error().code, Code::kInvalidArgument) << bad;
    }
    EXPECT_EQ(store->begin_part(std::string(65, 'a'), 1).error().code, Code::kInvalidArgument);
    for (const int bad : {0, -1, kMaxPartNumber + 1})
        EXPECT_EQ(store->begin_part("up", bad).error().code, Code::kInvalidArgument) << bad;
}

TEST_P(StoreContract, OnlyUploadsThatNobodyTouchesGetStale) {
    constexpr UnixMillis kHour = 3'600'000;
    const UnixMillis now = system_clock().now();
    put_part(*store, "up", 1, pattern(10));
    const auto key = put_raw(*store, pattern(10));
    ASSERT_TRUE(store->drop_stale(now - kHour).has_value());
    EXPECT_EQ(store->list_parts("up").value().size(), 1u);
    ASSERT_TRUE(store->drop_stale(now + kHour).has_value());
    EXPECT_TRUE(store->list_parts("up").value().empty());
    EXPECT_EQ(store->stat(key).value(), 10u);
}

TEST_P(StoreContract, FreeSpaceIsAboveZeroWhereItIsKnown) {
    EXPECT_NE(store->free_bytes().value(), std::optional<std::uint64_t>(0));
}

}  // namespace
}  // namespace mirfa::blob
