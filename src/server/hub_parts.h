// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "blob/chunk_tables.h"
#include "blob/store.h"
#include "git/node_cache.h"
#include "hub/access/keyring.h"
#include "hub/accounts/tokens.h"
#include "hub/hub.h"
#include "hub/repos/counters.h"
#include "server/config.h"

namespace mirfa::server {

/// The stores and the rules over them: what the server and the administration program have in common.
/// Everything is built once and handed down by reference.
class HubParts {
public:
    /// Opens (and makes, when it is new) the data folder. `port` completes the public URL.
    /// Fails: kForbidden for a folder of another user; kUnsupported for a newer schema; kUnavailable.
    static Result<std::unique_ptr<HubParts>> open(const ServerConfig& config, std::uint16_t port);

    hub::Hub& hub() { return *hub_; }
    hub::LastUsed& last_used() { return last_used_; }
    catalog::Catalog& catalog() { return *catalog_; }
    /// Writes what was counted in memory, and forgets what has expired. To be called now and then, and at the end.
    void tidy(hub::LastUsed::Which which);

private:
    HubParts() = default;

    std::unique_ptr<catalog::Catalog> catalog_;
    std::unique_ptr<blob::Store> store_;
    std::unique_ptr<blob::ChunkTables> chunk_tables_;
    std::unique_ptr<git::NodeCache> git_cache_;
    std::unique_ptr<hub::Keyring> keyring_;
    hub::Counters counters_;
    hub::LastUsed last_used_;
    UnixMillis audit_kept_ = 0;  // 0: for good
    std::unique_ptr<hub::Hub> hub_;
};

}  // namespace mirfa::server
