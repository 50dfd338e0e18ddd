// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/cache.h>
#include <sys/types.h>

#include <map>

#include "base/result.h"

namespace mirfa::client {

using Inode = std::pair<dev_t, ino_t>;

struct ScannedRevision {
    std::string commit;
    std::vector<std::string> refs;
    std::filesystem::path snapshot;
    std::uint64_t bytes = 0;
    std::uint64_t files = 0;
    std::int64_t modified = 0;
    std::vector<std::filesystem::path> blobs;  ///< what its links point to first
};
struct ScannedRepo {
    RepoId repo;
    std::filesystem::path folder;
    std::vector<ScannedRevision> revisions;
    std::uint64_t bytes = 0;
    std::int64_t accessed = 0, modified = 0;
};
struct Scan {
    std::filesystem::path cache;
    std::vector<ScannedRepo> repos;
    std::vector<std::string> warnings;
    std::map<Inode, std::uint64_t> payloads;  ///< every content once, with its length
};
Result<Scan> scan(const Settings& settings);

}  // namespace mirfa::client
