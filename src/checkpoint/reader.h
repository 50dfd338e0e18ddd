// SPDX-License-Identifier: Apache-2.0
// Reading checkpoints: whatever the format, a list of tensors and a stream of octets for each.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <span>

#include "base/stream.h"
#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

enum class Format { kSafetensors, kTorchZip, kTorchLegacy, kHdf5, kFlax, kGguf, kNumpy };
/// `safetensors`, `torch`, `torch (legacy)`, `hdf5`, `flax`, `gguf`, `npz`
std::string_view name_of(Format format);

/// Octets that can be read at any offset: a file, memory, a large file of a hub. Threads: any.
class RandomSource {
public:
    virtual ~RandomSource() = default;
    virtual std::uint64_t size() const = 0;
    /// Exactly `into.size()` octets. Fails: kCorrupt when the source ends before; as its medium does.
    virtual Result<void> read_at(std::uint64_t offset, ByteSpan into) const = 0;
};
/// Fails: kNotFound; kInternal.
Result<std::shared_ptr<const RandomSource>> open_file_source(const std::filesystem::path& path);
/// Over memory that somebody else keeps.
std::shared_ptr<const RandomSource> memory_source(ByteView bytes);
/// The octets [first, first + size) of `source`, one after the other.
std::unique_ptr<ByteSource> stream_of(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t size);

/// A name that shares the tensor of another name and has no octets of its own.
struct Tie {
    std::string name;
    std::string same_as;  ///< a name of tensors()
    bool operator==(const Tie&) const = default;
};

/// One checkpoint that was opened: a file, or all shards of one.
/// Everything that the heads of the files claim was checked against the files when it was opened.
/// Threads: any number may read at the same time.
class Reader {
public:
    virtual ~Reader() = default;
    virtual Format format() const = 0;
    /// In the order of the file; of a sharded one, in the order of its shards.
    virtual std::span<const TensorInfo> tensors() const = 0;
    virtual std::span<const Tie> ties() const { return {}; }
    /// The name of the shard that holds the tensor; empty for a checkpoint of one file.
    virtual std::string_view file_of(std::size_t index) const {
        (void)index;
        return {};
    }
    /// Texts beside the tensors (`format` of safetensors, attributes of HDF5, keys of GGUF as JSON).
    virtual const std::map<std::string, std::string>& metadata() const = 0;
    /// The tensor's octets from the first to the last, row-major and little-endian, TensorInfo::size_bytes of them.
    /// Takes: `index` into tensors(); the reader outlives the stream.
    /// Memory: a buffer, or one tensor where the file holds it in another order.
    virtual Result<std::unique_ptr<ByteSource>> open(std::size_t index) const = 0;
};

using ReaderPtr = std::unique_ptr<Reader>;

/// One file, by what its first octets say (reference "Telling formats apart"), not by its name.
/// Fails: kNotFound; kUnsupported for what is no checkpoint or one that cannot be read, with the reason; kInvalidArgument
/// for a broken one, naming the tensor or place.
Result<ReaderPtr> open_checkpoint_file(const std::filesystem::path& path);

/// A file, an index (`*.index.json`) with its shards, or a folder: in a folder the first of model.safetensors, its index,
/// pytorch_model.bin, its index, tf_model.h5, its index, flax_model.msgpack, its index, and then a single *.gguf.
/// Fails: as open_checkpoint_file; kInvalidArgument for an index that leaves its folder or names a tensor that its shard
/// does not have.
Result<ReaderPtr> open_checkpoint(const std::filesystem::path& path);
/// The file or index that open_checkpoint opens: `path` itself unless it is a folder.
/// Fails: kNotFound for a folder without a checkpoint, or with several files of GGUF.
Result<std::filesystem::path> find_checkpoint(const std::filesystem::path& path);

}  // namespace mirfa::checkpoint
