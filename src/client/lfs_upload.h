// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/progress.h>
#include <mirfa/repo_id.h>

#include <atomic>
#include <vector>

#include "client/hub.h"
#include "client/local_files.h"

namespace mirfa::client {

struct LfsFile {
    LocalFile file;
    Sha256 sha256;
};

/// Sends large files the git-lfs way, for hubs without Xet: asks which are missing, puts those (in parts where the hub
/// says so) and confirms them, several files at once. Takes: at most 256 files. The addresses carry their own permission;
/// the token is sent to the hub alone.
Result<void> send_lfs_files(Hub& hub, const RepoId& repo, const std::string& branch, const std::vector<LfsFile>& files,
                            Progress* progress, const std::atomic<bool>* stop);

}  // namespace mirfa::client
