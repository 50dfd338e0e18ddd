// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/stream.h"

namespace mirfa::checkpoint::detail {

/// The numbers that blocks of Q8_0 stand for, as octets of F32.
/// Takes: `blocks`, whole ones; outlives what comes back.
/// Fails: kCorrupt when the last block is cut off. Memory: a buffer.
std::unique_ptr<ByteSource> dequantised(ByteSource& blocks);

}  // namespace mirfa::checkpoint::detail
