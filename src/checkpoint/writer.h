// SPDX-License-Identifier: Apache-2.0
// Writing checkpoints: a row of tensors, each telling its octets when it is asked, into one file or into shards.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <span>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

struct OutTensor {
    TensorInfo info;
    /// Writes exactly info.size_bytes octets, row-major and little-endian. Called once.
    std::function<Result<void>(ByteSink&)> write;
    /// A name of an earlier tensor whose octets are this one's too; `write` is not called then. Formats that keep shared
    /// tensors (torch) keep it shared, safetensors notes it in its metadata, others leave the name out.
    std::string same_as = {};
};

/// Called with the octets written so far and all that will be.
using Progress = std::function<void(std::uint64_t done, std::uint64_t all)>;

struct WriteOptions {
    std::uint64_t shard_bytes = 5'000'000'000;    ///< of tensors in one file; a larger tensor gets a file of its own
    std::map<std::string, std::string> metadata;  ///< texts beside the tensors, where the format has room for them
    std::string variant;                          ///< `fp16` in model.fp16.safetensors; usually empty
    Progress progress;
};

struct Written {
    std::vector<std::string> files;  ///< names in the folder, the index last
    std::uint64_t tensor_bytes = 0;
};

/// Writes `tensors` below `folder` under the names that loaders look for (`model.safetensors`, `pytorch_model.bin`,
/// `tf_model.h5`, `flax_model.msgpack`, `model.gguf`), sharded with an index when they exceed options.shard_bytes.
///
/// Files are written aside, synced and renamed when all are complete; on failure the folder is as it was. Shards of an
/// earlier writing that are not among the new ones are removed.
/// Equal tensors in equal order give equal octets.
/// Takes: `format` one of kSafetensors, kTorchZip, kHdf5, kFlax, kGguf.
/// Fails: kInvalidArgument for a name or type that the format cannot hold; kOutOfSpace; as the tensors' own `write`.
/// Memory: a buffer; the tensors decide about the rest.
Result<Written> write_checkpoint(Format format, const std::filesystem::path& folder, std::span<const OutTensor> tensors,
                                 const WriteOptions& options = {});

}  // namespace mirfa::checkpoint
