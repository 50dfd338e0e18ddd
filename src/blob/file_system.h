// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "base/file.h"

namespace mirfa::blob {

/// A new file being written. Threads: one at a time.
class OutputFile {
public:
    virtual ~OutputFile() = default;
    /// Fails: kOutOfSpace; kInternal.
    virtual Result<void> append(ByteView bytes) = 0;
    /// What was appended is on the medium when this returns.
    virtual Result<void> sync() = 0;
};

/// The changes that the folder store makes on a disk, each as small as the system's own: so that tests can put a disk
/// below it that forgets what was not synced. Reading needs no seam. Names are durable only after sync_folder() of the
/// folder they are in. Threads: any.
class FileSystem {
public:
    virtual ~FileSystem() = default;

    /// Fails: kAlreadyExists; kOutOfSpace; kInternal.
    virtual Result<std::unique_ptr<OutputFile>> create(const std::filesystem::path& path) = 0;
    /// A second name for a file. Fails: kAlreadyExists, and then nothing has changed; kInternal.
    virtual Result<void> link(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
    /// Replaces `to`.
    virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
    /// Gives whether there was one.
    virtual Result<bool> remove(const std::filesystem::path& path) = 0;
    /// One folder; one that exists is success.
    virtual Result<void> make_folder(const std::filesystem::path& path) = 0;
    virtual Result<void> sync_folder(const std::filesystem::path& path) = 0;
};

/// The disk itself.
FileSystem& real_file_system();

}  // namespace mirfa::blob
