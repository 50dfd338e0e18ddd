// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace mirfa {

/// An open file descriptor that closes itself. Threads: the calls are as safe as the system's.
class File {
public:
    File() = default;
    explicit File(int descriptor) : descriptor_(descriptor) {}
    ~File();
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;

    /// Fails: kNotFound when there is no such file; kInternal.
    static Result<File> open_to_read(const std::filesystem::path& path);
    /// A new file that must not exist yet, mode 0600. Fails: kAlreadyExists; kOutOfSpace; kInternal.
    static Result<File> create_new(const std::filesystem::path& path);
    /// Opens for reading and writing, creating it when missing.
    static Result<File> open_to_write(const std::filesystem::path& path);

    int descriptor() const { return descriptor_; }
    explicit operator bool() const { return descriptor_ >= 0; }
    /// Length in octets.
    Result<std::uint64_t> size() const;
    /// Up to `into.size()` octets at `offset`; fewer only at the end of the file.
    Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) const;
    /// Exactly `into.size()` octets. Fails: kCorrupt when the file ends before.
    Result<void> read_exactly_at(std::uint64_t offset, ByteSpan into) const;
    /// All of `bytes` at the current position. Fails: kOutOfSpace; kInternal.
    Result<void> append(ByteView bytes);
    Result<void> write_at(std::uint64_t offset, ByteView bytes);
    /// Data and length are on the medium when this returns.
    Result<void> sync();

private:
    int descriptor_ = -1;
};

/// Makes renames and new names in `folder` durable.
Result<void> sync_folder(const std::filesystem::path& folder);
/// Atomic, and durable on return: both folders are synced. An existing target is replaced.
Result<void> rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);
/// Creates missing folders, mode 0700, each durable in its parent.
Result<void> ensure_folder(const std::filesystem::path& folder);
/// Whole small file. Fails: kNotFound; kTooLarge above `limit` octets.
Result<std::string> read_small_file(const std::filesystem::path& path, std::size_t limit = 16 << 20);
/// Written aside, synced, renamed.
Result<void> write_small_file(const std::filesystem::path& path, std::string_view text);
/// Octets still free for this user on the file system that holds `path`.
Result<std::uint64_t> free_space(const std::filesystem::path& path);

/// A folder that is removed with everything in it when this goes.
class TemporaryFolder {
public:
    /// Below `parent`, or below the system's folder for temporary files.
    static Result<TemporaryFolder> create(const std::filesystem::path& parent = {});
    ~TemporaryFolder();
    TemporaryFolder(TemporaryFolder&& other) noexcept;
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept;
    const std::filesystem::path& path() const { return path_; }

private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

}  // namespace mirfa
