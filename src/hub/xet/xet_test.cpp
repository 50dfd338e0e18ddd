// SPDX-License-Identifier: Apache-2.0
// A xorb and a shard are claims of a stranger; each test makes one of them a lie (xet.md 4.7, 5.7, 9).
#include <gtest/gtest.h>

#include "format/shard.h"
#include "format/xorb_writer.h"
#include "hub/testing/whole_hub.h"
#include "hub/xet/cas_tokens.h"
#include "hub/xet/reconstruction.h"
#include "hub/xet/shards.h"
#include "hub/xet/xorbs.h"

namespace mirfa::hub {
namespace {

using format::ChunkTable;
using format::Shard;
using format::ShardFile;

Bytes octets(std::size_t count, unsigned seed) {
    Bytes bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<Byte>((i * 2654435761u + seed * 40503u) >> 13);
    return bytes;
}

class XetTest : public ::testing::Test, protected testing::WholeHub {
protected:
    Principal alice = add_user("alice");
    Principal bob = add_user("bob");
    catalog::Repository repo = add_repo(alice, "m");
    Principal writer = cas(alice, repo, true);

    Principal cas(const Principal& who, const catalog::Repository& of, bool write) {
        const auto grant = grant_cas(hub, of, who, write).value();
        return open_cas_token(hub, "Bearer " + grant.token).value();
    }
    format::Xorb pack(const std::vector<Bytes>& pieces) {
        format::XorbWriter made(format::SchemeChoice::kAuto);
        for (const auto& piece : pieces) made.add(piece);
        return made.finish();
    }
    Result<bool> send_xorb(const Principal& as, const format::XetHash& name, ByteView body) {
        TRY(auto upload, XorbUpload::begin(hub, as, name));
        TRY(upload->write(body));
        return upload->finish();
    }
    ChunkTable stored_xorb(const Principal& as, const std::vector<Bytes>& pieces) {
        const auto xorb = pack(pieces);
        EXPECT_TRUE(send_xorb(as, xorb.table.xorb, xorb.body).has_value());
        return xorb.table;
    }
    /// What an honest client says of chunks [first, last) as one file.
    ShardFile file_of(const ChunkTable& table, std::size_t first, std::size_t last) {
        ShardFile file;
        file.terms.push_back({table.xorb, static_cast<std::uint32_t>(table.raw_length(first, last)),
                              static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(last)});
        file.verification.push_back(table.range_hash(first, last));
        std::vector<format::ChunkLeaf> leaves;
        table.append_leaves(first, last, leaves);
        file.hash = format::file_hash(leaves);
        return file;
    }
    Result<bool> send_shard(const Principal& as, const Shard& shard) {
        TRY(auto registration, ShardRegistration::begin(hub, as, format::write_shard(shard)));
        for (;;) {
            TRY(const bool more, registration->step(1u << 20));
            if (!more) return registration->commit();
        }
    }
    std::string refusal(const Shard& shard) {
        const auto sent = send_shard(writer, shard);
        if (sent.has_value()) return "accepted";
        return sent.error().code == Code::kInvalidArgument ? sent.error().message : describe(sent.error());
    }

    const std::vector<Bytes> chunks = {octets(9'000, 1), octets(20'000, 2), octets(10'000, 3)};
    Sha256 sha_of(std::size_t first, std::size_t last) {
        Sha256Hasher hasher;
        for (auto i = first; i < last; ++i) hasher.update(chunks[i]);
        return hasher.finish();
    }
};

TEST_F(XetTest, AXorbIsStoredUnderItsOwnNameOnly) {
    const auto xorb = pack(chunks);
    auto wrong = xorb.table.xorb;
    wrong.octets[0] ^= 1;
    EXPECT_EQ(send_xorb(writer, wrong, xorb.body).error().code, Code::kInvalidArgument);
    EXPECT_FALSE(store->stat(blob::xorb_key(wrong)).value().has_value());
    EXPECT_EQ(send_xorb(cas(alice, repo, false), xorb.table.xorb, xorb.body).error().code, Code::kForbidden);
    EXPECT_TRUE(send_xorb(writer, xorb.table.xorb, xorb.body).value());
    EXPECT_FALSE(send_xorb(writer, xorb.table.xorb, xorb.body).value());
}

TEST_F(XetTest, AnotherCopyOfAXorbDoesNotChangeWhatIsRecordedOfTheFirst) {
    const std::vector<Bytes> same(2, Bytes(50'000, 7));
    format::XorbWriter plain(format::SchemeChoice::kNone), small(format::SchemeChoice::kLz4);
    for (const auto& chunk : same) plain.add(chunk), small.add(chunk);
    const auto first = plain.finish(), second = small.finish();
    ASSERT_NE(first.body.size(), second.body.size());
    ASSERT_TRUE(send_xorb(writer, first.table.xorb, first.body).has_value());
    ASSERT_TRUE(
        catalog->write([&](catalog::Session& s) { return s.change("DELETE FROM xorb", std::span<const catalog::Value>{}); })
            .has_value());
    ASSERT_TRUE(send_xorb(writer, first.table.xorb, second.body).has_value());
    const auto recorded = catalog->read([&](catalog::Session& s) { return catalog::find_xorb(s, first.table.xorb); }).value();
    EXPECT_EQ(static_cast<std::uint64_t>(recorded->stored_size), *store->stat(blob::xorb_key(first.table.xorb)).value());
}

TEST_F(XetTest, AnHonestShardIsReadableInItsRepositoryAtOnceAndNowhereElse) {
    const auto table = stored_xorb(writer, chunks);
    auto file = file_of(table, 0, 3);
    file.sha256 = sha_of(0, 3);
    EXPECT_TRUE(send_shard(writer, {{file}, {}}).value());
    EXPECT_FALSE(send_shard(writer, {{file}, {}}).value());
    EXPECT_EQ(reconstruct(hub, writer, file.hash, {}).value().terms.size(), 1u);
    const auto other = add_repo(bob, "other");
    EXPECT_EQ(reconstruct(hub, cas(bob, other, true), file.hash, {}).error().code, Code::kNotFound);
}

TEST_F(XetTest, EveryFalseClaimIsRefusedAndLeavesNothing) {
    const auto table = stored_xorb(writer, chunks);
    const auto honest = file_of(table, 0, 2);
    const auto with = [&](auto change) {
        auto file = honest;
        change(file);
        return refusal({{file}, {}});
    };
    format::XetHash unknown;
    unknown.octets.fill(5);
    EXPECT_NE(with([&](auto& f) { f.terms[0].xorb = unknown; }).find("not stored here"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.terms[0].last = 4; }).find("names chunks 0 to 4"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.terms[0].first = 2; }).find("names chunks 2 to 2"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.terms[0].first = 0xffffffff; }).find("names chunks"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.terms[0].raw_bytes += 1; }).find("length"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.verification[0].octets[3] ^= 1; }).find("verification record"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.verification.clear(); }).find("without its verification"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.hash.octets[9] ^= 1; }).find("do not give the file"), std::string::npos);
    EXPECT_NE(with([](auto& f) { f.hash = {}; }).find("has no terms"), std::string::npos);
    EXPECT_NE(with([&](auto& f) { f.sha256 = sha_of(0, 1); }).find("has SHA-256"), std::string::npos);
    EXPECT_EQ(reconstruct(hub, writer, honest.hash, {}).error().code, Code::kNotFound);
    EXPECT_EQ(refusal({{honest}, {}}), "accepted");
    // Known by now: what was verified stays.
    EXPECT_NE(with([&](auto& f) { f.sha256 = sha_of(0, 1); }).find("has SHA-256"), std::string::npos);
}

TEST_F(XetTest, TheChunkListOfAXorbMustBeTheOneThatWasUploaded) {
    const auto table = stored_xorb(writer, chunks);
    format::ShardXorb listed{table.xorb, table.raw_bytes(), 0, {}};
    for (std::size_t i = 0; i < table.size(); ++i)
        listed.chunks.push_back({table.hashes[i], table.raw_start(i), table.raw_length(i)});
    EXPECT_EQ(refusal({{}, {listed}}), "accepted");
    auto wrong = listed;
    wrong.chunks[1].hash.octets[0] ^= 1;
    EXPECT_NE(refusal({{}, {wrong}}).find("chunk list"), std::string::npos);
    wrong = listed;
    wrong.chunks.pop_back();
    EXPECT_NE(refusal({{}, {wrong}}).find("chunk list"), std::string::npos);
    wrong = listed;
    wrong.hash.octets[0] ^= 1;
    EXPECT_NE(refusal({{}, {wrong}}).find("has not been uploaded"), std::string::npos);
}

TEST_F(XetTest, AXorbThatTheCatalogHasLetGoIsNotBuiltOn) {
    const auto table = stored_xorb(writer, chunks);
    ASSERT_TRUE(
        catalog->write([&](catalog::Session& s) { return s.change("DELETE FROM xorb", std::span<const catalog::Value>{}); })
            .has_value());
    EXPECT_NE(refusal({{file_of(table, 0, 3)}, {}}).find("has not been uploaded"), std::string::npos);
}

TEST_F(XetTest, AFileThatStandsTwiceInAShardIsWorkedOnOnce) {
    const auto table = stored_xorb(writer, chunks);
    const auto file = file_of(table, 0, 3);
    auto registration = ShardRegistration::begin(hub, writer, format::write_shard({{file, file, file}, {}})).value();
    EXPECT_EQ(registration->total(), 39'000u);
}

TEST_F(XetTest, TermsThatRepeatWithoutEndAreRefusedBeforeTheyAreHashed) {
    const auto table = stored_xorb(writer, std::vector<Bytes>(8'192, Bytes(1, 7)));
    auto file = file_of(table, 0, 8'192);
    file.terms.resize(1'025, file.terms[0]);
    file.verification.resize(1'025, file.verification[0]);
    EXPECT_NE(refusal({{file}, {}}).find("too many chunks"), std::string::npos);
}

TEST_F(XetTest, AShardForARepositoryThatIsGoneFails) {
    const auto table = stored_xorb(writer, chunks);
    ASSERT_TRUE(delete_repository(hub, alice, repo).has_value());
    EXPECT_EQ(send_shard(writer, {{file_of(table, 0, 3)}, {}}).error().reason, Reason::kRepoNotFound);
}

TEST_F(XetTest, ChunkQueriesAnswerFromOwnXorbsOnlyAndHideTheHashes) {
    const auto table = stored_xorb(writer, chunks);
    ASSERT_TRUE(send_shard(writer, {{file_of(table, 0, 3)}, {}}).has_value());
    const auto asked = table.hashes[0];  // the first of a file may be asked for
    const auto answer = answer_chunk_query(hub, writer, asked).value();
    ASSERT_TRUE(answer.has_value());
    const auto read = format::parse_dedup_answer(*answer).value();
    EXPECT_EQ(read.xorbs[0].chunks[0].hash, format::keyed(asked, read.key));
    EXPECT_FALSE(read.key.is_zero());
    EXPECT_LE(read.times.expires - read.times.created, 7u * 24 * 3600);
    EXPECT_FALSE(answer_chunk_query(hub, writer, table.hashes[1]).value().has_value());
    EXPECT_FALSE(answer_chunk_query(hub, cas(bob, add_repo(bob, "other"), true), asked).value().has_value());
}

TEST_F(XetTest, TokensAndAddressesEndAndStayWithWhatTheyAreFor) {
    const auto table = stored_xorb(writer, chunks);
    const auto file = file_of(table, 0, 3);
    ASSERT_TRUE(send_shard(writer, {{file}, {}}).has_value());
    const auto token = "Bearer " + grant_cas(hub, repo, alice, true).value().token;
    const auto answer = reconstruct(hub, writer, file.hash, {9'500, 10'000, std::nullopt}).value();
    const auto range = answer.fetch.begin()->second.at(0);
    const auto seal = range.url.substr(range.url.find("seal=") + 5);
    EXPECT_EQ(open_fetch_seal(hub, table.xorb, seal).value(), range.stored);
    auto other = table.xorb;
    other.octets[0] ^= 1;
    EXPECT_EQ(open_fetch_seal(hub, other, seal).error().code, Code::kForbidden);
    EXPECT_EQ(open_fetch_seal(hub, table.xorb, token.substr(7)).error().code, Code::kForbidden);
    EXPECT_EQ(open_cas_token(hub, "Bearer " + seal).error().code, Code::kUnauthenticated);
    clock.pass(std::chrono::minutes(20));
    EXPECT_EQ(open_cas_token(hub, token).error().code, Code::kUnauthenticated);
    EXPECT_EQ(open_fetch_seal(hub, table.xorb, seal).error().code, Code::kForbidden);
}

TEST_F(XetTest, RangesOfAFileAreCoveredWholeAndNotExceeded) {
    const auto one = stored_xorb(writer, {chunks[0], chunks[1]});
    const auto two = stored_xorb(writer, {chunks[2]});
    ShardFile file = file_of(one, 0, 2);
    const auto tail = file_of(two, 0, 1);
    file.terms.push_back(tail.terms[0]);
    file.verification.push_back(tail.verification[0]);
    std::vector<format::ChunkLeaf> leaves;
    one.append_leaves(0, 2, leaves);
    two.append_leaves(0, 1, leaves);
    file.hash = format::file_hash(leaves);
    ASSERT_TRUE(send_shard(writer, {{file}, {}}).has_value());
    const auto asked = [&](const char* range) {
        const auto answer = reconstruct(hub, writer, file.hash, parse_file_range(range).value());
        if (!answer.has_value())
            return answer.error().reason == Reason::kRangeNotSatisfiable ? std::string("416") : describe(answer.error());
        std::string told;
        for (const auto& term : answer.value().terms) {
            const auto& fetched = answer.value().fetch.at(format::to_string(term.xorb)).at(0);
            EXPECT_EQ(std::pair(fetched.first_chunk, fetched.last_chunk), std::pair(term.first, term.last));
            told += std::to_string(term.first) + "-" + std::to_string(term.last) + ":" + std::to_string(term.raw_size) + " ";
        }
        return told + "+" + std::to_string(answer.value().offset_into_first_range);
    };
    EXPECT_EQ(asked(""), "0-2:29000 0-1:10000 +0");
    EXPECT_EQ(asked("bytes=0-255999999"), "0-2:29000 0-1:10000 +0");
    // Of the outer terms only the chunks that are touched: 9,000 and 20,000 octets in the first xorb, 10,000 in the second.
    EXPECT_EQ(asked("bytes=0-8999"), "0-1:9000 +0");
    EXPECT_EQ(asked("bytes=8999-9000"), "0-2:29000 +8999");
    EXPECT_EQ(asked("bytes=9000-9000"), "1-2:20000 +0");
    EXPECT_EQ(asked("bytes=28999-28999"), "1-2:20000 +19999");
    EXPECT_EQ(asked("bytes=20000-29000"), "1-2:20000 0-1:10000 +11000");
    EXPECT_EQ(asked("bytes=29000-"), "0-1:10000 +0");
    EXPECT_EQ(asked("bytes=-1"), "0-1:10000 +9999");
    EXPECT_EQ(asked("bytes=39000-"), "416");
    EXPECT_EQ(asked("bytes=256000000-767999999"), "416");
    EXPECT_EQ(asked("bytes=-0"), "416");
    EXPECT_EQ(asked("bytes=9-3"), "416");
    for (const char* bad : {"bytes=0-1,4-5", "bytes=a-", "chunks=0-1", "bytes=", "bytes=-"})
        EXPECT_EQ(parse_file_range(bad).error().reason, Reason::kRangeNotSatisfiable) << bad;
}

}  // namespace
}  // namespace mirfa::hub
