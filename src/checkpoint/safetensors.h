// SPDX-License-Identifier: Apache-2.0
// safetensors: u64 length, a JSON head, the tensors' octets without a gap.
#pragma once

#include "checkpoint/detail/file_sink.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;

/// Names that a writer dropped because they share another name's tensor, and noted in the metadata, become ties.
/// Fails: kInvalidArgument naming the tensor or place; as `source`.
/// Memory: the head and the list of tensors.
Result<ReaderPtr> read_safetensors(std::shared_ptr<const RandomSource> source);

/// The canonical form: wide types first, then by name; tensors begin where 8 divides. A tensor with `same_as` becomes an
/// entry of the metadata. Without a `format` in `metadata` it is `pt`, because old loaders refuse a file that has none.
Result<void> write_safetensors(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata);

}  // namespace mirfa::checkpoint
