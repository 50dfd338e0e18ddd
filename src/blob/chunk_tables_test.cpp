// SPDX-License-Identifier: Apache-2.0
#include "blob/chunk_tables.h"

#include <gtest/gtest.h>

#include <thread>

#include "blob/memory_store.h"
#include "blob/testing/store_contract.h"
#include "blob/testing/xorb_maker.h"

namespace mirfa::blob {
namespace {

class ChunkTablesTest : public testing::Test {
protected:
    std::unique_ptr<Store> store = make_memory_store();

    format::ChunkTable put(unsigned seed, unsigned chunks = 3) {
        std::vector<Bytes> content;
        for (unsigned i = 0; i < chunks; ++i) content.push_back(pattern(1'000 + i, seed * 100 + i));
        return put_xorb(*store, content).value();
    }
};

TEST_F(ChunkTablesTest, GiveTheTableOfAStoredXorb) {
    const auto table = put(1);
    ChunkTables tables(*store);
    EXPECT_EQ(*tables.load(table.xorb).value(), table);
}

TEST_F(ChunkTablesTest, KeepWhatTheyHaveRead) {
    const auto table = put(1);
    ChunkTables tables(*store);
    const auto first = tables.load(table.xorb).value();
    ASSERT_TRUE(store->remove(xorb_key(table.xorb)).value());
    EXPECT_EQ(tables.load(table.xorb).value(), first);
}

TEST_F(ChunkTablesTest, SayThatAXorbIsNotStored) {
    ChunkTables tables(*store);
    EXPECT_EQ(tables.load(format::chunk_hash(as_bytes("other"))).error().reason, Reason::kContentMissing);
}

TEST_F(ChunkTablesTest, StayBelowTheirLimitAndForgetTheOldestFirst) {
    std::vector<format::ChunkTable> xorbs;
    for (unsigned i = 0; i < 20; ++i) xorbs.push_back(put(i));
    ChunkTables tables(*store, 2'000);
    for (const auto& xorb : xorbs) {
        ASSERT_TRUE(tables.load(xorb.xorb).has_value());
        ASSERT_TRUE(tables.load(xorbs[0].xorb).has_value());
        EXPECT_LE(tables.bytes(), 2'000u);
    }
    ASSERT_TRUE(store->remove(xorb_key(xorbs[0].xorb)).value());
    ASSERT_TRUE(store->remove(xorb_key(xorbs[1].xorb)).value());
    EXPECT_TRUE(tables.load(xorbs[0].xorb).has_value());   // asked for all the time
    EXPECT_FALSE(tables.load(xorbs[1].xorb).has_value());  // long forgotten
}

TEST_F(ChunkTablesTest, ReadAgainWhenTheXorbWasStoredAnewInAnotherWay) {
    const std::vector<Bytes> chunks = {Bytes(5'000, 7), Bytes(6'000, 8)};
    ChunkTables tables(*store);
    const auto plain = put_xorb(*store, chunks, format::SchemeChoice::kNone).value();
    EXPECT_EQ(*tables.load(plain.xorb).value(), plain);
    ASSERT_TRUE(store->remove(xorb_key(plain.xorb)).value());
    const auto packed = put_xorb(*store, chunks, format::SchemeChoice::kLz4).value();
    ASSERT_EQ(packed.xorb, plain.xorb);
    EXPECT_EQ(*tables.load(plain.xorb, *store->open(xorb_key(plain.xorb)).value()).value(), packed);
}

TEST_F(ChunkTablesTest, RefuseWhatIsNotAXorbOrAnothers) {
    const auto table = put(1);
    const auto whole = content_of(*store->open(xorb_key(table.xorb)).value());
    const std::size_t footer = format::xorb_footer_bytes(table.size());
    const auto cut_front = Bytes(whole.begin() + 10, whole.end());
    const auto only_half = Bytes(whole.end() - static_cast<std::ptrdiff_t>(footer / 2), whole.end());
    const Bytes contents[] = {Bytes{}, Bytes{1, 2, 3}, pattern(500), cut_front, only_half};
    for (const auto& content : contents) {
        const auto key = format::chunk_hash(as_bytes("key " + std::to_string(content.size())));
        ASSERT_TRUE(try_put(*store, xorb_key(key), content).has_value());
        ChunkTables tables(*store);
        EXPECT_EQ(tables.load(key).error().code, Code::kCorrupt) << content.size();
    }
    const auto other = format::chunk_hash(as_bytes("other"));
    ASSERT_TRUE(try_put(*store, xorb_key(other), whole).has_value());
    ChunkTables tables(*store);
    EXPECT_EQ(tables.load(other).error().code, Code::kCorrupt);
}

TEST_F(ChunkTablesTest, MayBeAskedByManyThreads) {
    std::vector<format::ChunkTable> xorbs;
    for (unsigned i = 0; i < 10; ++i) xorbs.push_back(put(i));
    ChunkTables tables(*store, 1'500);
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (unsigned i = 0; i < 500; ++i) {
                const auto& wanted = xorbs[(i * 7 + t) % xorbs.size()];
                const auto got = tables.load(wanted.xorb);
                if (!got.has_value() || *got.value() != wanted) ++wrong;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace mirfa::blob
