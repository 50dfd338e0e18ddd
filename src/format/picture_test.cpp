// SPDX-License-Identifier: Apache-2.0
#include "format/picture.h"

#include <gtest/gtest.h>

namespace mirfa::format {
namespace {

using namespace std::string_literals;

struct Known {
    const char* name;
    std::string octets;
    Picture picture;
};

/// The first octets of pictures that common programs wrote, each 300 by 200 pixels.
std::vector<Known> known() {
    return {
        {"png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\xc8\x08\x02\0\0\0"s, {PictureKind::kPng, 300, 200}},
        {"gif", "GIF89a\x2c\x01\xc8\0\xf7\0\0"s, {PictureKind::kGif, 300, 200}},
        {"jpeg",
         "\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xff\xc2\0\x11\x08\0\xc8\x01\x2c\x03"s,
         {PictureKind::kJpeg, 300, 200}},
        {"webp lossy", "RIFF\x40\0\0\0WEBPVP8 \x34\0\0\0\x30\x01\0\x9d\x01\x2a\x2c\x01\xc8\0"s, {PictureKind::kWebp, 300, 200}},
        {"webp lossless", "RIFF\x40\0\0\0WEBPVP8L\x34\0\0\0\x2f\x2b\xc1\x31\0\0\0\0\0\0"s, {PictureKind::kWebp, 300, 200}},
        {"webp extended", "RIFF\x40\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x2b\x01\0\xc7\0\0"s, {PictureKind::kWebp, 300, 200}},
    };
}

TEST(Pictures, AreKnownByTheirContentWithTheirSize) {
    for (const auto& [name, octets, picture] : known()) {
        const auto found = inspect_picture(as_bytes(octets));
        ASSERT_TRUE(found.has_value()) << name;
        EXPECT_EQ(found.value(), picture) << name << " " << found.value().width << "x" << found.value().height;
    }
}

TEST(Pictures, ThatEndBeforeTheirSizeIsToldAreNone) {
    for (const auto& [name, octets, picture] : known()) {
        const std::string_view text = octets;
        for (std::size_t length = 0; length < 10; ++length)
            EXPECT_FALSE(inspect_picture(as_bytes(text.substr(0, length))).has_value()) << name << " " << length;
    }
}

TEST(Pictures, AreNeitherVectorsNorPagesNorEmpty) {
    for (const auto& octets : {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>"s, "<!doctype html>"s, ""s,
                               "GIF89a\0\0\0\0\0\0"s, "\xff\xd8\xff\xda\0\0\0\0\0\0\0"s, "%PDF-1.7 and more of it, long enough"s})
        EXPECT_EQ(inspect_picture(as_bytes(octets)).error().reason, Reason::kPictureInvalid) << octets;
}

}  // namespace
}  // namespace mirfa::format
