// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>

#include <chrono>
#include <map>
#include <mutex>
#include <string>

#include "client/hub.h"

namespace mirfa::client {

/// What opens the chunk store for one repository.
struct XetAccess {
    std::string cas_url;
    Secret token;
    std::int64_t expires = 0;  ///< seconds since 1970
};

/// Tokens for the chunk store, asked for once and again a minute before they end. Threads: any.
class XetTokens {
public:
    enum class Right { kRead, kWrite };
    XetTokens(Hub& hub, RepoId repo, std::string revision, Right right, bool create_pr = false);
    /// Fails: kUnsupported when the hub has no such route; as the hub says.
    Result<XetAccess> get();

private:
    Result<XetAccess> ask();

    Hub& hub_;
    RepoId repo_;
    std::string revision_;
    Right right_;
    bool create_pr_;
    std::mutex mutex_;
    XetAccess access_;  // guarded by mutex_
};

/// A request to the chunk store: its token goes with it, the hub's never does.
Result<fetch::Request> cas_request(XetTokens& tokens, std::string method, std::string_view path);

}  // namespace mirfa::client
