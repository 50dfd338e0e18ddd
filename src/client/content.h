// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/progress.h>

#include <atomic>
#include <filesystem>

#include "client/remote_file.h"
#include "client/xet_session.h"

namespace mirfa::client {

/// What the downloads of one call share.
struct Transfer {
    Hub& hub;
    RepoId repo;
    XetTokens& tokens;  ///< to read, at the commit
    Progress* progress = nullptr;
    const std::atomic<bool>* stop = nullptr;
};

struct Fetched {
    bool xet_hash_proven = false;  ///< the content may be shared under its Xet hash
};

/// Brings a content to `target` (by rename, when all of it is there and checked) by way of `part`, whose earlier octets
/// are used again. `resume` is off when another process might be at the same part.
/// Fails: what transfers fail with; kCorrupt when what came is not what was named: then nothing is left.
Result<Fetched> fetch_content(const Transfer& transfer, const RemoteFile& file, const std::filesystem::path& part,
                              const std::filesystem::path& target, bool resume);

}  // namespace mirfa::client
