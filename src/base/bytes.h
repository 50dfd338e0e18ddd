// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa {

using Byte = std::uint8_t;
using Bytes = std::vector<Byte>;
using ByteView = std::span<const Byte>;
using ByteSpan = std::span<Byte>;

/// The same memory under another type; nothing is copied.
ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);

/// Lower-case hex, two digits per octet.
std::string to_hex(ByteView bytes);
/// Fails: kInvalidArgument for an odd length or a character that is not a hex digit (either case).
Result<Bytes> from_hex(std::string_view text);

/// Standard base64 with padding.
std::string to_base64(ByteView bytes);
/// Accepts the standard alphabet, padded or not, and skips nothing. Fails: kInvalidArgument.
Result<Bytes> from_base64(std::string_view text);

/// Compares in a time that depends on the lengths only.
bool equal_in_constant_time(ByteView a, ByteView b);

}  // namespace mirfa
