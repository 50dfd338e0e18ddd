// SPDX-License-Identifier: Apache-2.0
#include "format/shard.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "format/testing/vectors.h"

namespace mirfa::format {
namespace {

using namespace testing;

Shard hello_world() {
    const auto& example = at(vectors(), "example_hello_world");
    const auto chunk = hash_at(example, "chunk_hash");
    Shard shard;
    shard.files.push_back({hash_at(example, "file_hash"),
                           {{chunk, 11, 0, 1}},
                           {hash_at(example, "range_hash")},
                           Sha256::parse(text_at(example, "sha256")).value()});
    shard.xorbs.push_back({chunk, 11, 0, {{chunk, 0, 11}}});
    return shard;
}

std::string why_refused(ByteView body) {
    const auto result = parse_shard(body);
    return result.has_value() ? "accepted" : result.error().message;
}

TEST(Shard, ReadsAndWritesThePublishedUpload) {
    const Bytes upload = octets_at(vectors(), "example_hello_world/shard_upload");
    EXPECT_EQ(parse_shard(upload).value(), hello_world());
    EXPECT_EQ(to_hex(write_shard(hello_world())), to_hex(upload));
}

TEST(Shard, ReadsAndWritesThePublishedUploadOfFourChunks) {
    const Bytes upload = octets_at(vectors(), "example_four_chunks/shard_hex");
    const auto shard = parse_shard(upload).value();
    ASSERT_EQ(shard.xorbs.at(0).chunks.size(), 4u);
    EXPECT_EQ(shard.xorbs[0].chunks[2].raw_offset, 104'497u);
    EXPECT_EQ(shard.files.at(0).terms.at(0).last, 4u);
    EXPECT_EQ(to_hex(write_shard(shard)), to_hex(upload));
}

TEST(Shard, IgnoresWhateverFollowsTheSections) {
    Bytes upload = write_shard(hello_world());
    upload[40] = 200;  // the header of some clients announces a footer that is not there
    EXPECT_EQ(parse_shard(upload).value(), hello_world());
    upload.resize(upload.size() + 217, 0xab);
    EXPECT_EQ(parse_shard(upload).value(), hello_world());
}

TEST(Shard, TakesZerosForAnUnknownSha256) {
    Shard shard = hello_world();
    shard.files[0].sha256 = Sha256{};
    const auto found = parse_shard(write_shard(shard)).value();
    EXPECT_FALSE(found.files[0].sha256.has_value());
}

TEST(Shard, MayHaveNoFilesOrNoXorbs) {
    Shard shard = hello_world();
    shard.files.clear();
    EXPECT_EQ(parse_shard(write_shard(shard)).value(), shard);
    shard.xorbs.clear();
    EXPECT_EQ(parse_shard(write_shard(shard)).value(), Shard{});
    shard.files.push_back({{}, {}, {}, {}});  // the empty file
    EXPECT_EQ(parse_shard(write_shard(shard)).value(), shard);
}

TEST(Shard, IsRefusedWhereverItIsCutOff) {
    const Bytes upload = write_shard(hello_world());
    for (std::size_t size = 0; size < upload.size(); ++size)
        EXPECT_FALSE(parse_shard(ByteView(upload).first(size)).has_value()) << size;
}

TEST(Shard, ChecksEveryCountAgainstTheOctetsLeft) {
    const Bytes upload = write_shard(hello_world());
    for (const std::size_t count_at : {48u + 36u, 48u * 6 + 36u}) {
        Bytes changed = upload;
        std::fill_n(changed.begin() + static_cast<long>(count_at), 4, Byte{0xff});
        EXPECT_EQ(why_refused(changed), "The shard announces more records than it holds.");
    }
}

TEST(Shard, RefusesOtherTagsAndVersions) {
    Bytes upload = write_shard(hello_world());
    upload[31] ^= 1;
    EXPECT_EQ(why_refused(upload), "This is not a shard.");
    upload[31] ^= 1;
    upload[32] = 3;
    EXPECT_EQ(why_refused(upload), "The shard has an unknown version.");
    EXPECT_EQ(parse_shard(Bytes(kMaxShardBytes + 1)).error().code, Code::kTooLarge);
}

TEST(DedupAnswer, IsThePublishedOne) {
    const auto& example = at(vectors(), "example_hello_world");
    XetHash key;
    for (std::size_t i = 0; i < 32; ++i) key.octets[i] = static_cast<Byte>(i);
    const Bytes answer = write_dedup_answer(hello_world().xorbs, key, {1'700'000'000, 1'700'604'800});
    EXPECT_EQ(to_hex(answer), text_at(example, "dedup_response"));

    const auto found = parse_dedup_answer(answer).value();
    EXPECT_EQ(found.key, key);
    EXPECT_EQ(found.times.expires, 1'700'604'800u);
    EXPECT_EQ(to_string(found.xorbs.at(0).chunks.at(0).hash), text_at(example, "dedup_keyed_chunk_hash"));
    EXPECT_EQ(found.xorbs[0].hash, hash_at(example, "xorb_hash"));
}

TEST(DedupAnswer, WithoutAFittingFooterIsRefused) {
    const Bytes answer = write_dedup_answer(hello_world().xorbs, {}, {});
    EXPECT_EQ(parse_dedup_answer(answer).value().xorbs, hello_world().xorbs);
    for (std::size_t size = 0; size < answer.size(); ++size)
        EXPECT_FALSE(parse_dedup_answer(ByteView(answer).first(size)).has_value()) << size;
    EXPECT_FALSE(parse_dedup_answer(write_shard(hello_world())).has_value());
}

}  // namespace
}  // namespace mirfa::format
