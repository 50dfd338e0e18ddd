// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "client/content_check.h"
#include "base/file.h"

namespace mirfa::client {

/// A content on its way to a name. It keeps what has come over a broken transfer and over the end of the process: the
/// next one begins where it stopped. Its name does not end in `.incomplete`: the Python client's prune removes those,
/// also while they are written. Removed when it goes, unless keep() or publish() was called. Threads: one at a time.
class PartFile {
public:
    /// Opens what an earlier process left at `path`, feeding it to `check`; with another process at it right now, or when
    /// `resume` is off, a file of a name of its own.
    static Result<PartFile> open(const std::filesystem::path& path, bool resume);
    PartFile(PartFile&& other) noexcept;
    PartFile& operator=(PartFile&&) = delete;
    ~PartFile();

    std::uint64_t bytes() const { return bytes_; }
    /// Reads what is there from the beginning.
    Result<void> replay(ByteSink& into) const;
    Result<void> append(ByteView bytes);
    /// Starts over with a fresh file: another process may still write to the old one.
    Result<void> start_over();
    /// It stays for the next process.
    void keep() { kept_ = shared_; }
    /// Syncs it and renames it to `target` with the mode that the umask gives to files.
    Result<void> publish(const std::filesystem::path& target);

private:
    PartFile(std::filesystem::path path, File file, std::uint64_t bytes, bool shared)
        : path_(std::move(path)), file_(std::move(file)), bytes_(bytes), shared_(shared) {}

    std::filesystem::path path_;
    File file_;
    std::uint64_t bytes_ = 0;
    bool shared_ = false;  ///< has the name under which the next process looks
    bool kept_ = false;
};

inline constexpr std::string_view kPartSuffix = ".mirfa-part";

}  // namespace mirfa::client
