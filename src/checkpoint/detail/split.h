// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "checkpoint/detail/file_sink.h"

namespace mirfa::checkpoint {

/// The rows of the files in which `tensors` go, as transformers and the Hub library split them: in order, a file is full
/// when the next tensor would take it beyond `shard_bytes`; a larger tensor gets a file of its own at once, which comes
/// before the one being filled; one that shares another's octets goes where those are.
/// Gives: at least one row.
std::vector<std::vector<const OutTensor*>> split_into_shards(std::span<const OutTensor> tensors, std::uint64_t shard_bytes);

}  // namespace mirfa::checkpoint
