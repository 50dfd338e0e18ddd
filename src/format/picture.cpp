// SPDX-License-Identifier: Apache-2.0
// PNG: W3C 11.2.2 (IHDR). JPEG: ITU-T T.81 B.2.2 (frame headers). GIF: 89a, 18. WebP: RFC 9649 2.3 to 2.7.
#include "format/picture.h"

#include <optional>

namespace mirfa::format {
namespace {

Error no_picture() {
    return Error{Code::kInvalidArgument, "This is not a picture that can be taken. Send a PNG, JPEG, GIF or WebP file.",
                 Reason::kPictureInvalid};
}

bool has(ByteView bytes, std::size_t at, std::string_view text) {
    return bytes.size() >= at + text.size() && as_text(bytes.subspan(at, text.size())) == text;
}

/// The number of `count` octets at `at`, least significant first; the caller has checked that they are there.
std::uint32_t little(ByteView bytes, std::size_t at, int count) {
    std::uint32_t number = 0;
    for (int i = count - 1; i >= 0; --i) number = number << 8 | bytes[at + static_cast<std::size_t>(i)];
    return number;
}
std::uint32_t big(ByteView bytes, std::size_t at, int count) {
    std::uint32_t number = 0;
    for (int i = 0; i < count; ++i) number = number << 8 | bytes[at + static_cast<std::size_t>(i)];
    return number;
}

std::optional<Picture> as_png(ByteView bytes) {
    if (!has(bytes, 0, "\x89PNG\r\n\x1a\n") || !has(bytes, 12, "IHDR") || bytes.size() < 24) return std::nullopt;
    return Picture{PictureKind::kPng, big(bytes, 16, 4), big(bytes, 20, 4)};
}

std::optional<Picture> as_gif(ByteView bytes) {
    if ((!has(bytes, 0, "GIF87a") && !has(bytes, 0, "GIF89a")) || bytes.size() < 10) return std::nullopt;
    return Picture{PictureKind::kGif, little(bytes, 6, 2), little(bytes, 8, 2)};
}

/// Walks from segment to segment until the one that begins the frame.
std::optional<Picture> as_jpeg(ByteView bytes) {
    if (!has(bytes, 0, "\xff\xd8\xff")) return std::nullopt;
    for (std::size_t at = 2; at + 4 <= bytes.size();) {
        if (bytes[at] != 0xff) return std::nullopt;
        const auto marker = bytes[at + 1];
        if (marker == 0xff) {  // filling
            ++at;
            continue;
        }
        const bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame && at + 9 <= bytes.size()) return Picture{PictureKind::kJpeg, big(bytes, at + 7, 2), big(bytes, at + 5, 2)};
        if (frame || marker < 0xc0 || marker == 0xd9 || marker == 0xda) return std::nullopt;
        at += 2 + big(bytes, at + 2, 2);
    }
    return std::nullopt;
}

std::optional<Picture> as_webp(ByteView bytes) {
    if (!has(bytes, 0, "RIFF") || !has(bytes, 8, "WEBP") || bytes.size() < 30) return std::nullopt;
    if (has(bytes, 12, "VP8X")) return Picture{PictureKind::kWebp, little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1};
    if (has(bytes, 12, "VP8L") && bytes[20] == 0x2f) {
        const auto bits = little(bytes, 21, 4);
        return Picture{PictureKind::kWebp, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
    }
    if (has(bytes, 12, "VP8 ") && has(bytes, 23, "\x9d\x01\x2a"))
        return Picture{PictureKind::kWebp, little(bytes, 26, 2) & 0x3fff, little(bytes, 28, 2) & 0x3fff};
    return std::nullopt;
}

}  // namespace

Result<Picture> inspect_picture(ByteView content) {
    for (const auto reader : {as_png, as_jpeg, as_gif, as_webp}) {
        const auto found = reader(content);
        if (found && found->width > 0 && found->height > 0) return *found;
    }
    return no_picture();
}

std::string_view media_type_of(PictureKind kind) {
    switch (kind) {
        case PictureKind::kPng: return "image/png";
        case PictureKind::kJpeg: return "image/jpeg";
        case PictureKind::kGif: return "image/gif";
        case PictureKind::kWebp: return "image/webp";
    }
    return "image/png";
}

}  // namespace mirfa::format
