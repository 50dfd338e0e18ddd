// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/clock.h"
#include "catalog/catalog.h"

namespace mirfa::blob {
class Store;
class ChunkTables;
}  // namespace mirfa::blob
namespace mirfa::git {
class NodeCache;
}

namespace mirfa::hub {

class Keyring;
class Counters;

/// What an administrator may set about the rules. Sizes in octets.
struct HubOptions {
    std::string public_url = "http://127.0.0.1:8080";  ///< without a slash at its end; may hold a path prefix
    std::uint64_t inline_limit = 10u << 20;            ///< a plain git blob may be this large, not more
    std::uint64_t commit_body_limit = 512u << 20;      ///< of one commit request
    std::uint64_t free_space_floor = 1u << 30;         ///< uploads are refused when the store has less left
    std::string program;                               ///< path of `mirfa`, for work in processes of its own; "" for none
    std::chrono::milliseconds uncommitted_hold = std::chrono::hours(24 * 7);  ///< how long uploads wait for a commit
};

/// The stores and settings every rule works on, built once by `server/` and handed down by reference.
struct Hub {
    catalog::Catalog& catalog;
    blob::Store& store;
    blob::ChunkTables& chunk_tables;
    git::NodeCache& git_cache;
    const Clock& clock;
    Keyring& keyring;
    Counters& counters;
    HubOptions options;
};

}  // namespace mirfa::hub
