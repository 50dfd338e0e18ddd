// SPDX-License-Identifier: Apache-2.0
// gzip, zlib and xz as streams whose end is where it is, unlike inflate.h, which is told how much there should be.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "base/stream.h"

namespace mirfa::checkpoint {

enum class Packing { kGzip, kZlib, kXz };

/// By its first octets; those of zlib are two, so that other files have them too.
std::optional<Packing> find_packing(std::string_view head);

/// Streams one behind the other are one, as Python reads them; what comes behind the last is left out.
/// Fails (of read): kInvalidArgument for what is broken or cut off, after all that stands before it; kTooLarge for xz that needs
/// more memory than kMostUnpackMemory; as `source`.
/// Memory: that of the format, and a buffer.
std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> source, Packing packing);
inline constexpr std::size_t kMostUnpackMemory = 80u << 20;  // xz -9 takes 65 MiB

}  // namespace mirfa::checkpoint
