// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>

#include <optional>
#include <string>

#include "client/hub.h"

namespace mirfa::client {

/// A content as the hub names it for a path of a commit.
struct RemoteFile {
    std::string path;
    std::string commit;
    std::string etag;
    std::optional<std::uint64_t> bytes;
    std::string xet_hash;  ///< empty when it cannot be had by Xet
    std::string url;       ///< where a plain GET begins
};

/// An answer that was no: what the caller may still do about it.
struct Refusal {
    Error error;
    /// The hub said for certain that this revision or file does not exist: what is cached is no answer.
    bool is_final = false;
    /// Asking again may help: connections, timeouts, 408, 429, 5xx.
    bool is_passing = false;
    /// Of a revision that exists and has no such file.
    std::string missing_in_commit;
};

struct Looked {
    std::optional<RemoteFile> file;
    std::optional<Refusal> refusal;
};

/// HEAD of a file at a revision. Redirects within the hub are followed, one to another host is where to GET from.
Looked look_at_file(Hub& hub, const RepoId& repo, std::string_view revision, std::string_view path, int seconds, bool patiently);
Refusal refusal_of(const Error& error);

}  // namespace mirfa::client
