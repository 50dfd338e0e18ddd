// SPDX-License-Identifier: Apache-2.0
// Raw deflate as a stream, no longer than it was declared to be.
#pragma once

#include <memory>
#include <string>

#include "base/stream.h"

namespace mirfa::checkpoint {

struct InflatedSize {
    std::uint64_t size = 0;
    std::uint32_t crc = 0;
    std::string subject;  ///< begins the sentences of errors: `The zip member "a"`
};

/// Gives exactly `expected.size` octets, then the end.
/// Fails (of read): kInvalidArgument when the octets are no deflate stream, are more or fewer than declared, or have another
/// CRC-32; as `source`.
/// Memory: zlib's window and a buffer.
std::unique_ptr<ByteSource> inflate(std::unique_ptr<ByteSource> source, InflatedSize expected);

}  // namespace mirfa::checkpoint
