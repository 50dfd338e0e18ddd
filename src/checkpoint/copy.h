// SPDX-License-Identifier: Apache-2.0
// From a reader straight to a writer.
#pragma once

#include "checkpoint/reader.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {

/// Everything up to the source's end. Memory: a buffer of 1 MiB.
Result<void> pump(ByteSource& from, ByteSink& to);

/// Tensor `index` of `reader` as it is, name and octets. The reader outlives what comes back.
OutTensor same_tensor(const Reader& reader, std::size_t index);
/// All tensors of `reader`, and behind them its ties.
std::vector<OutTensor> same_tensors(const Reader& reader);

}  // namespace mirfa::checkpoint
