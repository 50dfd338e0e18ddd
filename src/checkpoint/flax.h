// SPDX-License-Identifier: Apache-2.0
// Flax msgpack: nested maps with arrays as their leaves.
#pragma once

#include "checkpoint/detail/file_sink.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// A tensor's name is its path with `/` between the keys, as in an index of shards: `params/encoder/layer/0/kernel`.
/// Leaves that are no arrays (numbers, texts, nothing) become metadata as JSON under their path.
/// Fails: kInvalidArgument naming the path or place; kUnsupported for an element type without a Dtype; as `source`.
/// Memory: the list of tensors; their octets are not read.
Result<ReaderPtr> read_flax(std::shared_ptr<const RandomSource> source);

/// Keys are the parts of the names between `/`, in the order in which they first come; a dot is part of a key. Names that
/// share another's tensor are left out, and so is the metadata.
/// Fails: kInvalidArgument for a name that is also the beginning of another's path, or has an empty part.
Result<void> write_flax(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata);

/// The most that one array takes; a larger one is cut. What Flax itself does.
inline constexpr std::uint64_t kFlaxChunkBytes = std::uint64_t{1} << 30;
Result<void> write_flax_in_chunks(FileSink& sink, OutRow tensors, std::uint64_t chunk_bytes);

}  // namespace mirfa::checkpoint
