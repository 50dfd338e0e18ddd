// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/bytes.h"

namespace mirfa::format {

enum class PictureKind { kPng, kJpeg, kGif, kWebp };

/// What the first octets of a picture say about it. Whether the rest can be drawn is not looked at.
struct Picture {
    PictureKind kind = PictureKind::kPng;
    std::uint32_t width = 0;  ///< pixels
    std::uint32_t height = 0;
    bool operator==(const Picture&) const = default;
};

/// Tells PNG, JPEG, GIF and WebP by their content, whatever a sender calls it. SVG is none of them: it can hold scripts.
/// Fails: kInvalidArgument/kPictureInvalid for anything else, and for one that ends before its size is told.
Result<Picture> inspect_picture(ByteView content);

/// `image/png`
std::string_view media_type_of(PictureKind kind);

}  // namespace mirfa::format
