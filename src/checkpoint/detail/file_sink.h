// SPDX-License-Identifier: Apache-2.0
// What a writer of one file is: a function that is given the file to fill and the row of tensors that go into it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "checkpoint/detail/write_behind.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {

/// A new file that is written from the front to the back, with a buffer, and where places that were written before can
/// be written over (sums, lengths). Renaming is the business of whoever made it. Threads: one at a time.
/// What cannot be written may be told by a later call, finish() at the latest.
class FileSink final : public ByteSink {
public:
    /// Called with the octets of tensors that were just written.
    using Advance = std::function<void(std::uint64_t more)>;

    /// A new file with the mode that the umask gives. Fails: kOutOfSpace; kInternal.
    static Result<FileSink> create(const std::filesystem::path& path, Advance advance = {});

    const std::filesystem::path& path() const { return path_; }
    /// Octets written so far, which is where write() goes on.
    std::uint64_t position() const { return position_; }

    Result<void> write(ByteView bytes) override;
    /// `count` octets of zero.
    Result<void> pad(std::uint64_t count);
    /// The tensor's octets at position().
    /// Fails: kInternal when it tells more or fewer than info.size_bytes; as the tensor.
    Result<void> write_tensor(const OutTensor& tensor);
    /// The same through `other`, which is above this sink (one that sums or swaps what passes).
    Result<void> write_tensor(const OutTensor& tensor, ByteSink& other);
    /// At `offset`; position() stays.
    Result<void> write_at(std::uint64_t offset, ByteView bytes);
    /// The tensor's octets at `offset`; position() stays.
    Result<void> write_tensor_at(std::uint64_t offset, const OutTensor& tensor);
    /// All of it is on the medium when this returns.
    Result<void> finish();

private:
    class AtOffset;
    FileSink(File file, std::filesystem::path path, Advance advance)
        : behind_(std::make_unique<WriteBehind>(std::move(file))), path_(std::move(path)), advance_(std::move(advance)) {}
    Result<void> collect(ByteView bytes);
    Result<void> flush();

    std::unique_ptr<WriteBehind> behind_;
    std::filesystem::path path_;
    Advance advance_;
    Bytes buffer_;
    std::uint64_t place_ = 0;  ///< of the buffer's first octet in the file
    std::uint64_t position_ = 0;
};

/// Makes the folder, and those above it, with the mode that the umask gives; fine when it is there.
Result<void> ensure_shared_folder(const std::filesystem::path& folder);

/// The tensors of one file, in the order in which they were given. One with `same_as` comes after the one it names, and
/// that one is in the row too. Names differ.
using OutRow = std::span<const OutTensor* const>;

/// Fills `sink` with one complete file; does not call sink.finish().
/// Equal tensors and metadata give equal octets. Memory: a buffer.
/// Fails: kInvalidArgument for a name or type that the format cannot hold, before anything is written; as `sink`.
using FileWriter = Result<void> (*)(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata);

}  // namespace mirfa::checkpoint
