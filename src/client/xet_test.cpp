// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <random>

#include "client/chunk_index.h"
#include "client/content_check.h"
#include "client/shared_store.h"
#include "client/testing/hub_double.h"
#include "client/xet_reader.h"
#include "format/xorb_writer.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;
using fetch::testing::Imposter;
using fetch::testing::Reply;
using fetch::testing::Seen;
using testing::Home;
using testing::kCommit;

const RepoId kRepo{RepoType::kModel, "acme/m"};

Bytes noise(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    Bytes bytes(count);
    for (auto& b : bytes) b = static_cast<Byte>(random());
    return bytes;
}

struct TextSink final : ByteSink {
    std::string text;
    Result<void> write(ByteView bytes) override {
        text += as_text(bytes);
        return ok();
    }
};

/// A chunk store with one xorb of four chunks; its file is chunks 0-1, 2-3, and 0-1 again.
struct Store {
    Store() {
        for (unsigned i = 0; i < 4; ++i) chunks.push_back(noise(10'000 + i, i));
        format::XorbWriter writer;
        for (const auto& chunk : chunks) writer.add(chunk);
        xorb = writer.finish();
        for (const int i : {0, 1, 2, 3, 0, 1}) file += as_text(chunks[i]);
        hash = std::string(64, 'f');
    }

    std::string term(int first, int last) const {
        std::size_t raw = 0;
        for (int i = first; i < last; ++i) raw += chunks[i].size();
        return fmt::format(R"({{"hash":"{}","unpacked_length":{},"range":{{"start":{},"end":{}}}}})",
                           format::to_string(xorb.table.xorb), raw, first, last);
    }

    std::string plan(const std::string& base, std::uint64_t first) const {
        // Terms that end before the asked range are left out.
        std::string terms;
        std::uint64_t at = 0, skip = 0;
        for (const auto& [from, to] : {std::pair{0, 2}, {2, 4}, {0, 2}}) {
            std::uint64_t raw = 0;
            for (int i = from; i < to; ++i) raw += chunks[i].size();
            if (at + raw > first) {
                if (terms.empty()) skip = first - at;
                terms += (terms.empty() ? "" : ",") + term(from, to);
            }
            at += raw;
        }
        return fmt::format(
            R"({{"offset_into_first_range":{},"terms":[{}],"xorbs":{{"{}":[{{"url":"{}/x?n={}","ranges":[{{"chunks":{{"start":0,"end":4}},"bytes":{{"start":0,"end":{}}}}}]}}]}}}})",
            skip, terms, format::to_string(xorb.table.xorb), base, plans, xorb.body.size() - 1);
    }

    Reply answer(const Seen& seen, const std::string& base) {
        if (seen.target.find("xet-read-token") != seen.target.npos)
            return {200, {}, fmt::format(R"({{"casUrl":"{}","accessToken":"cas","exp":99999999999}})", base)};
        if (seen.target.starts_with("/v2/reconstructions/")) {
            ++plans;
            return {200, {}, plan(base, std::stoull(seen.header("Range").substr(6)))};
        }
        if (seen.target.starts_with("/x")) {
            if (refusals-- > 0) return {403, {}, ""};
            return {206, {}, std::string(as_text(xorb.body))};
        }
        return {404, {}, ""};
    }

    std::vector<Bytes> chunks;
    format::Xorb xorb;
    std::string file, hash;
    std::atomic<int> plans = 0;
    std::atomic<int> refusals = 0;
};

struct Reading {
    explicit Reading(Store& store)
        : store_(store), server_([this](const Seen& seen) { return store_.answer(seen, server_.url()); }) {}

    Result<std::string> from(std::uint64_t offset) {
        Home home;
        Hub hub(home.settings(server_.url()), Secret("hf_hub"));
        XetTokens tokens(hub, kRepo, kCommit, XetTokens::Right::kRead);
        TextSink sink;
        TRY(read_xet(hub, tokens, {store_.hash, store_.file.size()}, offset, sink, nullptr));
        return std::move(sink.text);
    }
    std::size_t fetches() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(server_.seen(), [](const Seen& s) { return s.target.starts_with("/x"); }));
    }
    std::vector<Seen> seen() const { return server_.seen(); }

private:
    Store& store_;
    Imposter server_;
};

TEST(XetReader, PutsAFileTogetherAndFetchesAPieceOnce) {
    Store store;
    Reading reading(store);
    EXPECT_EQ(reading.from(0).value(), store.file);
    EXPECT_EQ(reading.fetches(), 1u);
    for (const auto& seen : reading.seen()) {
        const bool is_cas = seen.target.starts_with("/v2");
        EXPECT_EQ(seen.header("Authorization"), seen.target.starts_with("/x") ? ""
                                                : is_cas                      ? "Bearer cas"
                                                                              : "Bearer hf_hub")
            << seen.target;
    }
}

TEST(XetReader, BeginsAnywhere) {
    Store store;
    Reading reading(store);
    for (const std::uint64_t offset : {1ull, 9'999ull, 10'000ull, 25'000ull, 40'006ull, 60'006ull})
        EXPECT_EQ(reading.from(offset).value(), store.file.substr(offset)) << offset;
}

TEST(XetReader, ASignatureThatIsOverIsAskedForAnew) {
    Store store;
    store.refusals = 2;
    Reading reading(store);
    EXPECT_EQ(reading.from(0).value(), store.file);
    EXPECT_EQ(store.plans, 3);
    store.refusals = 1000;
    EXPECT_EQ(reading.from(0).error().code, Code::kUnavailable);
}

TEST(XetReader, DamagedPiecesAreCorrupt) {
    Store store;
    store.xorb.body[1] ^= 0x40;
    Reading reading(store);
    EXPECT_FALSE(reading.from(0).has_value());
}

TEST(XetPlan, BothVersionsAreReadAndWhatDoesNotAddUpIsRefused) {
    const std::string v1 =
        R"({"offset_into_first_range":5,"terms":[{"hash":"h","unpacked_length":9,"range":{"start":1,"end":2}}],"fetch_info":{"h":[{"range":{"start":0,"end":4},"url":"u","url_range":{"start":10,"end":19}}]}})";
    const auto plan = parse_xet_plan(v1).value();
    EXPECT_EQ(plan.skip, 5u);
    EXPECT_EQ(plan.ranges.at("h").at(0).bytes, (format::ByteRange{10, 20}));
    const auto broken = [&](std::string_view from, std::string_view to) {
        std::string text = v1;
        text.replace(text.find(from), from.size(), to);
        return parse_xet_plan(text);
    };
    EXPECT_FALSE(broken(R"("start":1,"end":2)", R"("start":3,"end":5)").has_value()) << "a term outside of its range";
    EXPECT_FALSE(broken(R"("start":1,"end":2)", R"("start":2,"end":2)").has_value());
    EXPECT_FALSE(broken(R"("offset_into_first_range":5)", R"("offset_into_first_range":9)").has_value());
    EXPECT_FALSE(broken(R"("unpacked_length":9)", R"("unpacked_length":-1)").has_value());
    EXPECT_FALSE(broken(R"("end":19)", R"("end":99999999999)").has_value());
    EXPECT_FALSE(broken(R"({"h")", R"({"g")").has_value());
}

TEST(ContentCheck, NamesByEitherHashAndProvesTheXetHash) {
    const auto content = noise(300'000, 5);
    const auto ends = format::chunk_ends(content);
    std::vector<format::ChunkLeaf> leaves;
    std::size_t start = 0;
    for (const auto end : ends) {
        leaves.push_back({format::chunk_hash(ByteView(content).subspan(start, end - start)), end - start});
        start = end;
    }
    const auto xet = format::to_string(format::file_hash(leaves));
    ContentCheck check(sha256_of(content).hex(), content.size(), xet);
    for (std::size_t at = 0; at < content.size(); at += 777)
        ASSERT_TRUE(check.write(ByteView(content).subspan(at, std::min<std::size_t>(777, content.size() - at))).has_value());
    EXPECT_TRUE(check.finish().has_value());
    EXPECT_TRUE(check.is_xet_hash_proven());

    ContentCheck lie(sha256_of(content).hex(), content.size(), std::string(64, '0'));
    ASSERT_TRUE(lie.write(content).has_value());
    EXPECT_TRUE(lie.finish().has_value());
    EXPECT_FALSE(lie.is_xet_hash_proven());

    ContentCheck git("ce013625030ba8dba906f756967f9e9ca394464a", 6, "");  // "hello\n", by git hash-object
    ASSERT_TRUE(git.write(as_bytes("hello\n")).has_value());
    EXPECT_TRUE(git.finish().has_value());
    ContentCheck too_long("ce013625030ba8dba906f756967f9e9ca394464a", 6, "");
    EXPECT_EQ(too_long.write(as_bytes("hello\n!")).error().code, Code::kCorrupt);
    ContentCheck too_short("ce013625030ba8dba906f756967f9e9ca394464a", 6, "");
    EXPECT_EQ(too_short.finish().error().code, Code::kCorrupt);
}

/// A cache with one blob, and the store beside it.
struct Sharing {
    Home home;
    Settings settings = home.settings();
    RepoCache cache{settings, kRepo};
    SharedStore store{settings, cache};
    std::string hash = std::string(64, 'a');

    void make_blob(std::string_view text) {
        ASSERT_TRUE(make_folders(cache.blob("etag").parent_path()).has_value());
        ASSERT_TRUE(replace_file(cache.blob("etag"), text).has_value());
    }
    fs::path manifest() const { return store.payload(hash).string() + ".refs"; }
};

TEST(SharedStore, APublishedBlobIsALinkWithALineInTheManifest) {
    Sharing s;
    s.make_blob("payload");
    s.store.publish("etag", s.hash, 7);
    EXPECT_EQ(fs::read_symlink(s.cache.blob("etag")), fs::path("../../blobs/aa") / s.hash);
    EXPECT_EQ(read_small_file(s.cache.blob("etag")).value(), "payload");
    EXPECT_EQ(read_small_file(s.manifest()).value(), "models--acme--m/blobs/etag\n");
    EXPECT_EQ(read_small_file(s.cache.cache() / "blobs" / kSharedMarker).value(), "1\n");
    EXPECT_EQ(fs::status(s.store.payload(s.hash)).permissions() & fs::perms::owner_write, fs::perms::none);
    fs::remove(s.cache.blob("etag"));
    EXPECT_TRUE(s.store.link_if_stored("etag", s.hash, 7).value());
    EXPECT_EQ(read_small_file(s.manifest()).value(), "models--acme--m/blobs/etag\nmodels--acme--m/blobs/etag\n");
}

TEST(SharedStore, APayloadOfAnotherLengthOrKindIsNotLinked) {
    Sharing s;
    s.make_blob("payload");
    s.store.publish("etag", s.hash, 7);
    EXPECT_FALSE(s.store.link_if_stored("other", s.hash, 8).value());
    EXPECT_FALSE(s.store.link_if_stored("other", std::string(64, 'b'), 7).value());
    EXPECT_FALSE(s.store.link_if_stored("other", "short", 7).value());
    const auto payload = s.store.payload(s.hash);
    fs::rename(payload, payload.string() + ".moved");
    fs::create_symlink(payload.string() + ".moved", payload);
    EXPECT_FALSE(s.store.link_if_stored("other", s.hash, 7).value());
}

TEST(SharedStore, AFolderOfOthersAndAnotherVersionAreLeftAlone) {
    for (const char* marker : {"", "2\n"}) {
        Sharing s;
        s.make_blob("payload");
        const auto blobs = s.cache.cache() / "blobs";
        ASSERT_TRUE(make_folders(blobs).has_value());
        ASSERT_TRUE(replace_file(*marker != '\0' ? blobs / kSharedMarker : blobs / "something", *marker != '\0' ? marker : "x")
                        .has_value());
        s.store.publish("etag", s.hash, 7);
        EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(s.cache.blob("etag"))));
        EXPECT_FALSE(fs::exists(s.store.payload(s.hash)));
    }
}

TEST(ChunkIndex, PrefersTheChunkThatFollowsAndFindsThoseUnderAKey) {
    ChunkIndex index;
    const auto a = format::chunk_hash(as_bytes("a")), b = format::chunk_hash(as_bytes("b"));
    const auto key = format::chunk_hash(as_bytes("key"));
    EXPECT_FALSE(index.find(a, std::nullopt));
    const auto open = index.add_xorb(std::nullopt);
    index.add(a, {open, 3});
    EXPECT_EQ(index.find(a, std::nullopt), (ChunkIndex::Place{open, 3}));
    format::DedupAnswer answer;
    answer.key = key;
    answer.xorbs.push_back(
        {format::chunk_hash(as_bytes("xorb")), 2, 0, {{format::keyed(a, key), 0, 1}, {format::keyed(b, key), 1, 1}}});
    index.add_answer(answer);
    const auto place = index.find(b, std::nullopt);
    ASSERT_TRUE(place);
    EXPECT_EQ(index.xorb(place->xorb), format::chunk_hash(as_bytes("xorb")));
    EXPECT_EQ(index.find(a, ChunkIndex::Place{place->xorb, 0}), (ChunkIndex::Place{place->xorb, 0}));
    EXPECT_FALSE(index.xorb(open));
    index.name_xorb(open, key);
    EXPECT_EQ(index.xorb(open), key);
}

}  // namespace
}  // namespace mirfa::client
