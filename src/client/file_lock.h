// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>

#include "base/file.h"

namespace mirfa::client {

/// A lock between processes, the same call on the same file as the Python client's: flock(2), polled. The file stays
/// behind. Locks only save work done twice: whatever they guard must stay correct when nobody gets one.
class FileLock {
public:
    FileLock() = default;
    ~FileLock();
    FileLock(FileLock&&) noexcept = default;
    FileLock& operator=(FileLock&&) noexcept;

    /// Waits until the lock is ours. Where the file cannot be opened for writing, or the file system knows no locks, goes
    /// on without (held() is false, and no file of ours is left behind).
    /// Fails: kTimedOut after `limit`; kInternal when `stop` became true.
    static Result<FileLock> acquire(const std::filesystem::path& path,
                                    std::optional<std::chrono::milliseconds> limit = std::nullopt,
                                    const std::atomic<bool>* stop = nullptr, unsigned mode = 0664);
    bool held() const { return static_cast<bool>(file_); }

private:
    explicit FileLock(File file) : file_(std::move(file)) {}
    File file_;
};

}  // namespace mirfa::client
