// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

namespace mirfa::git {

/// The zlib stream of an object's content, as packs hold it.
Bytes deflate(ByteView content);
/// Fails: kCorrupt when the stream is damaged or does not give exactly `size` octets. Allocates no more than that.
Result<Bytes> inflate(ByteView stream, std::uint64_t size);

}  // namespace mirfa::git
