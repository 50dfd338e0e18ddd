// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/zip.h"

#include <gtest/gtest.h>

#include "checkpoint/testing/hand.h"
#include "checkpoint/zip_writer.h"

namespace mirfa::checkpoint {
namespace {

using testing::hand_zip;
using testing::owned;

std::string refusal(Bytes zip) {
    const auto archive = ZipArchive::open(owned(std::move(zip)));
    return archive.has_value() ? "taken" : archive.error().message;
}

std::string content_of(const ZipArchive& archive, std::string_view name) {
    const auto content = archive.read(*archive.find(name), 1 << 20);
    return content.has_value() ? std::string(as_text(content.value())) : content.error().message;
}

TEST(Zip, StoredAndDeflatedMembersAreRead) {
    const std::string long_text(5'000, 'x');
    const auto archive = ZipArchive::open(owned(hand_zip({{"a/b", "stored"}, {"c", long_text, 8}, {"empty", "", 8}}))).value();
    ASSERT_EQ(archive.members().size(), 3u);
    EXPECT_EQ(content_of(archive, "a/b"), "stored");
    EXPECT_EQ(content_of(archive, "c"), long_text);
    EXPECT_EQ(content_of(archive, "empty"), "");
    EXPECT_EQ(testing::all_of(*archive.stream(*archive.find("c"))).value().size(), 5'000u);
    EXPECT_EQ(archive.find("b"), nullptr);
    EXPECT_EQ(archive.read(*archive.find("c"), 4'999).error().message,
              "The zip member \"c\" has 5000 octets; at most 4999 are read.");
}

TEST(Zip, WhatTheWriterMakesIsReadAndAligned) {
    testing::MemorySink sink;
    ZipWriter writer(sink);
    ASSERT_TRUE(writer.add("root/data.pkl", as_bytes("pickle")).has_value());
    ASSERT_TRUE(writer.add("root/data/0", as_bytes(std::string(100, 'w'))).has_value());
    ASSERT_TRUE(writer.add("root/version", as_bytes("3\n")).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    const auto archive = ZipArchive::open(owned(sink.bytes)).value();
    ASSERT_EQ(archive.members().size(), 3u);
    for (const auto& member : archive.members()) EXPECT_EQ(member.data_offset % 64, 0u) << member.name;
    EXPECT_EQ(content_of(archive, "root/data/0"), std::string(100, 'w'));
    EXPECT_EQ(archive.find("root/version")->crc, crc32(0, reinterpret_cast<const Bytef*>("3\n"), 2));
}

TEST(Zip, AWriterThatGivesAnotherSizeIsOurMistake) {
    testing::MemorySink sink;
    ZipWriter writer(sink);
    EXPECT_EQ(writer.add("a", 3, [](ByteSink& to) { return to.write(as_bytes("ab")); }).error().code, Code::kInternal);
}

TEST(Zip, MoreThanSixtyFiveThousandMembersNeedZip64) {
    testing::MemorySink sink;
    ZipWriter writer(sink);
    for (int i = 0; i < 65'600; ++i) ASSERT_TRUE(writer.add(std::to_string(i), as_bytes("")).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    const auto archive = ZipArchive::open(owned(std::move(sink.bytes)));
    ASSERT_TRUE(archive.has_value()) << archive.error().message;
    EXPECT_EQ(archive.value().members().size(), 65'600u);
}

TEST(Zip, ABrokenOneIsRefusedNamingThePlace) {
    const std::string again = " Fetch the file again.";
    const std::string broken = "The zip archive is broken: ";
    EXPECT_EQ(refusal({}), broken + "it is too short." + again);
    EXPECT_EQ(refusal(Bytes(100, 0)), broken + "its end record is missing." + again);
    EXPECT_EQ(refusal(hand_zip({{"a", "1"}, {"a", "2"}})), broken + "there are two members named \"a\"." + again);
    EXPECT_EQ(refusal(hand_zip({{"a", "1", 0, 2}})), broken + "\"a\" is stored and has two sizes." + again);
    EXPECT_EQ(refusal(hand_zip({{"a", "1", 8, 1 << 30}})),
              broken + "\"a\" claims to grow from 3 to 1073741824 octets, which deflate cannot do." + again);
    EXPECT_EQ(refusal(hand_zip({{.name = "a", .content = "1", .local_name = "b"}})),
              broken + "\"a\" has another name at its own place than in the directory." + again);
    EXPECT_EQ(refusal(hand_zip({{.name = "a", .content = "1", .flags = 1}})),
              "The zip member \"a\" is encrypted. Unpack it first.");
    EXPECT_EQ(refusal(hand_zip({{"a", "1", 12}})),
              "The zip member \"a\" is compressed by method 12; only stored and deflated "
              "members are read. Pack the archive again.");
    EXPECT_EQ(refusal(hand_zip({{std::string(5'000, 'n'), "1"}})),
              broken + "\"" + std::string(80, 'n') + "\" is no name for a member." + again);
}

TEST(Zip, MembersThatShareOctetsAreRefused) {
    const testing::HandMember outer{"outer", "some content"}, inner{"inner", "x"};
    Bytes zip;
    auto first = testing::append_local(zip, outer);
    const auto second = testing::append_local(zip, inner);
    first.stored += 31;
    const testing::HandMember longer{"outer", std::string(static_cast<std::size_t>(first.stored), 'o')};
    first.member = &longer;
    testing::append_directory(zip, {first, second});
    EXPECT_EQ(refusal(zip), "The zip archive is broken: \"outer\" and \"inner\" share octets. Fetch the file again.");
    const auto lenient = ZipArchive::open(owned(zip), ZipMode::kLenient).value();
    EXPECT_EQ(lenient.members().size(), 2u);
    EXPECT_EQ(lenient.problems().size(), 1u);
}

TEST(Zip, MembersThatGrowTooMuchTogetherAreRefused) {
    std::string noise(32'000, '\0');
    unsigned state = 1;
    for (char& c : noise) c = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
    std::vector<testing::HandMember> members;
    for (int i = 0; i < 36; ++i) members.push_back({std::to_string(i), noise, 8, 32'000'000});
    const Bytes zip = hand_zip(members);
    EXPECT_EQ(refusal(zip), "The zip archive is broken: its " + std::to_string(zip.size()) +
                                " octets would grow to more than 100 times as much. Fetch the file again.");
}

TEST(Zip, ContentThatIsNotWhatTheDirectorySaysIsNoticedAtItsEnd) {
    const auto shorter = ZipArchive::open(owned(hand_zip({{"a", "abc", 8, 2}}))).value();
    EXPECT_EQ(content_of(shorter, "a"),
              "The zip member \"a\" holds more than the 2 octets it was declared to have. Fetch the file again.");
    const auto longer = ZipArchive::open(owned(hand_zip({{"a", "abc", 8, 4}}))).value();
    EXPECT_EQ(content_of(longer, "a"), "The zip member \"a\" ends after 3 of 4 octets. Fetch the file again.");
    Bytes zip = hand_zip({{"a", "abcabc", 8}});
    constexpr std::string_view kRecord = "PK\1\2";
    const auto record = std::search(zip.begin(), zip.end(), kRecord.begin(), kRecord.end());
    record[16] ^= 1;
    EXPECT_EQ(content_of(ZipArchive::open(owned(zip)).value(), "a"),
              "The zip member \"a\" has another CRC-32 than it was declared to have. Fetch the file again.");
}

TEST(Zip, EveryCutIsRefused) {
    const Bytes whole = hand_zip({{"a", "content"}, {"b", "more", 8}});
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(
            ZipArchive::open(owned(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)))).has_value());
}

}  // namespace
}  // namespace mirfa::checkpoint
