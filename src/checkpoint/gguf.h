// SPDX-License-Identifier: Apache-2.0
// GGUF: typed keys and values, then tensors, plain or in quantised blocks.
#pragma once

#include <variant>

#include "checkpoint/detail/file_sink.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// Versions 2 and 3, little-endian. Shapes are turned round, the slowest axis first as everywhere here. Quantised tensors
/// are kBlocks, and stored_as says which (`Q4_K`). metadata() has each value as JSON under its key.
/// Fails: kInvalidArgument naming the tensor, key or place; kUnsupported for other versions, big-endian files and types
/// that were retired; as `source`.
/// Memory: the head.
Result<ReaderPtr> read_gguf(std::shared_ptr<const RandomSource> source);

using GgufValue =
    std::variant<bool, std::uint8_t, std::int8_t, std::uint16_t, std::int16_t, std::uint32_t, std::int32_t, std::uint64_t,
                 std::int64_t, float, double, std::string, std::vector<bool>, std::vector<std::uint32_t>,
                 std::vector<std::int32_t>, std::vector<float>, std::vector<std::string>>;
struct GgufPair {
    std::string key;
    GgufValue value;
};

/// Writes `model.gguf` below `folder` as write_checkpoint does, with keys of every type, in their order. Loaders want
/// `general.architecture` among them. Scalars become tensors of one element; names that share a tensor are left out.
/// Takes: tensors of whole types, and kBlocks whose stored_as says the kind (`Q8_0`); at most 4 axes, names of at most 63
/// octets, as ggml has it.
/// Fails: as write_checkpoint; kInvalidArgument for a key that is there twice.
Result<Written> write_gguf_checkpoint(const std::filesystem::path& folder, std::span<const OutTensor> tensors,
                                      std::span<const GgufPair> pairs, const WriteOptions& options = {});

/// The file itself. Every text of `metadata` becomes a value of type string.
Result<void> write_gguf(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata);
Result<void> write_gguf_pairs(FileSink& sink, OutRow tensors, std::span<const GgufPair> pairs);

}  // namespace mirfa::checkpoint
