// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

namespace mirfa::format {

/// Decodes one whole LZ4 frame that must fill `raw` exactly; never writes beyond it.
/// Fails: kInvalidArgument for another magic, a dictionary, a wrong checksum, output shorter or longer than `raw`, a
/// missing end mark, or octets behind it.
Result<void> lz4_frame_decode(ByteView frame, ByteSpan raw);

/// One frame: independent blocks of 64 KiB (256 KiB above that size), no checksums, no content size.
Bytes lz4_frame_encode(ByteView raw);

}  // namespace mirfa::format
