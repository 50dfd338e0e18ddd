// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "client/cache_layout.h"

namespace mirfa::client {

/// One copy of each Xet content for all repositories of a cache: `<cache>/blobs/<hh>/<hash>` with a manifest of the blobs
/// that link to it. The order of steps is the Python client's: a reader or collector in between loses nothing.
class SharedStore {
public:
    SharedStore(const Settings& settings, const RepoCache& cache, const std::atomic<bool>* stop = nullptr);

    /// Makes `blobs/<etag>` of this repository a link to the stored payload, if that is there with `bytes` octets.
    /// The caller holds the blob's lock. Fails: kInternal for the disk; false when there is none to be had.
    Result<bool> link_if_stored(std::string_view etag, std::string_view xet_hash, std::uint64_t bytes) const;
    /// Moves `blobs/<etag>`, a regular file whose Xet hash was proven, into the store and links it. The caller holds the
    /// blob's lock. Whatever fails before the move leaves a normal blob, so there is nothing to tell.
    void publish(std::string_view etag, std::string_view xet_hash, std::uint64_t bytes) const;

    std::filesystem::path payload(std::string_view xet_hash) const;

private:
    Result<void> publish_or_fail(std::string_view etag, std::string_view xet_hash, std::uint64_t bytes) const;
    bool is_marked() const;
    Result<void> make_store() const;
    Result<void> note(std::string_view etag, std::string_view xet_hash) const;
    Result<std::filesystem::path> link_aside(std::string_view etag, std::string_view xet_hash) const;

    const RepoCache& cache_;
    std::filesystem::path folder_;
    bool allowed_;
    const std::atomic<bool>* stop_;
};

inline constexpr std::string_view kSharedMarker = ".huggingface-shared-blobs";
/// The marker is there and of the version we know.
bool is_shared_store(const std::filesystem::path& blobs);

}  // namespace mirfa::client
