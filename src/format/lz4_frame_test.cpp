// SPDX-License-Identifier: Apache-2.0
#include "format/lz4_frame.h"

#include <gtest/gtest.h>
#include <lz4frame.h>

#include "format/bg4.h"
#include "format/testing/vectors.h"

namespace mirfa::format {
namespace {

using namespace testing;

Bytes modulo_seven(std::size_t size) {
    Bytes raw(size);
    for (std::size_t i = 0; i < size; ++i) raw[i] = static_cast<Byte>(i % 7);
    return raw;
}

Bytes encoded(ByteView raw, const LZ4F_preferences_t& preferences) {
    Bytes frame(LZ4F_compressFrameBound(raw.size(), &preferences));
    frame.resize(LZ4F_compressFrame(frame.data(), frame.size(), raw.data(), raw.size(), &preferences));
    return frame;
}

Bytes decoded(ByteView frame, std::size_t raw_bytes) {
    Bytes raw(raw_bytes);
    EXPECT_TRUE(lz4_frame_decode(frame, raw).has_value());
    return raw;
}

bool refuses(ByteView frame, std::size_t raw_bytes) {
    Bytes raw(raw_bytes);
    const auto result = lz4_frame_decode(frame, raw);
    return !result.has_value() && result.error().code == Code::kInvalidArgument;
}

TEST(Lz4Frame, DecodesTheFramesOfTodaysClients) {
    const std::string hello = "hello world hello world hello world hello world";
    const Bytes inputs[] = {Bytes(100, 'a'), modulo_seven(256), Bytes(hello.begin(), hello.end()), {}};
    for (std::size_t i = 0; i < 4; ++i) {
        const Bytes frame = octets_at(vectors(), "lz4_frames/cases/" + std::to_string(i) + "/frame_hex");
        EXPECT_EQ(decoded(frame, inputs[i].size()), inputs[i]);
    }
}

TEST(Lz4Frame, DecodesWhatItEncodesAtEverySizeClass) {
    for (const std::size_t size : {0u, 1u, 11u, 65'535u, 65'536u, 65'537u, 131'072u})
        for (const Bytes& raw : {Bytes(size, 7), split_mix(size, size), modulo_seven(size)}) {
            const Bytes frame = lz4_frame_encode(raw);
            EXPECT_EQ(frame[4], 0x60);
            EXPECT_EQ(frame[5], size <= 65'536 ? 0x40 : 0x50);
            EXPECT_EQ(decoded(frame, size), raw);
        }
}

TEST(Lz4Frame, DecodesEveryKindOfFrameTheFormatKnows) {
    const Bytes raw = modulo_seven(131'072);
    for (const auto mode : {LZ4F_blockLinked, LZ4F_blockIndependent})
        for (const auto block : {LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB, LZ4F_max4MB})
            for (const unsigned options : {0u, 1u, 2u, 4u, 7u}) {
                LZ4F_preferences_t preferences{};
                preferences.frameInfo.blockMode = mode;
                preferences.frameInfo.blockSizeID = block;
                if (options & 1) preferences.frameInfo.contentSize = raw.size();
                if (options & 2) preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
                if (options & 4) preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
                EXPECT_EQ(decoded(encoded(raw, preferences), raw.size()), raw);
            }
}

TEST(Lz4Frame, RefusesOutputOfAnotherLength) {
    const Bytes frame = lz4_frame_encode(Bytes(100'000, 'x'));
    EXPECT_TRUE(refuses(frame, 99'999));
    EXPECT_TRUE(refuses(frame, 100'001));
    EXPECT_TRUE(refuses(frame, 0));
    EXPECT_TRUE(refuses(lz4_frame_encode({}), 1));
}

TEST(Lz4Frame, StopsAFrameThatWouldBecomeAGigabyte) {
    const Bytes frame = lz4_frame_encode(Bytes(64u << 20, 0));
    EXPECT_TRUE(refuses(frame, 131'072));
}

TEST(Lz4Frame, RefusesFramesThatAreCutOffAtAnyPlace) {
    const Bytes frame = lz4_frame_encode(modulo_seven(300));
    for (std::size_t size = 0; size < frame.size(); ++size) EXPECT_TRUE(refuses(ByteView(frame).first(size), 300)) << size;
}

TEST(Lz4Frame, RefusesOctetsBehindTheEndMark) {
    Bytes frame = lz4_frame_encode(modulo_seven(300));
    const Bytes again = frame;
    frame.push_back(0);
    EXPECT_TRUE(refuses(frame, 300));
    frame.pop_back();
    frame.insert(frame.end(), again.begin(), again.end());
    EXPECT_TRUE(refuses(frame, 300));
    EXPECT_TRUE(refuses(frame, 600));
}

TEST(Lz4Frame, RefusesDictionariesSkippableFramesAndWrongChecksums) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.dictID = 7;
    EXPECT_TRUE(refuses(encoded(Bytes(10, 'x'), preferences), 10));
    EXPECT_TRUE(refuses(from_hex("502a4d18040000000000000000").value(), 0));
    preferences = {};
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
    Bytes frame = encoded(Bytes(10, 'x'), preferences);
    frame.back() ^= 1;
    EXPECT_TRUE(refuses(frame, 10));
    preferences.frameInfo.contentSize = 11;
    frame = lz4_frame_encode(Bytes(10, 'x'));
    frame[6] ^= 1;  // the header's own checksum
    EXPECT_TRUE(refuses(frame, 10));
}

TEST(Lz4Frame, DecodesGoodFramesAfterABadOne) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.contentSize = 10;
    const Bytes announced = encoded(Bytes(10, 'x'), preferences);
    EXPECT_TRUE(refuses(announced, 11));
    EXPECT_TRUE(refuses(ByteView(announced).first(announced.size() - 4), 10));
    EXPECT_EQ(decoded(lz4_frame_encode(Bytes(5, 'y')), 5), Bytes(5, 'y'));
}

TEST(Bg4, GroupsByPositionModuloFour) {
    for (const auto& row : list_at(vectors(), "bg4/cases")) {
        const Bytes raw = formula(number_at(row, "n"), 1, 0);
        Bytes grouped(raw.size());
        bg4_split(raw, grouped);
        EXPECT_EQ(to_hex(grouped), text_at(row, "out_hex"));
        Bytes joined(raw.size());
        bg4_join(grouped, joined);
        EXPECT_EQ(joined, raw);
    }
}

}  // namespace
}  // namespace mirfa::format
