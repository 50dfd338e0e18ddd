// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>
#include <mirfa/download.h>
#include <mirfa/progress.h>
#include <mirfa/repo_id.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace mirfa::client {

struct UploadOptions {
    std::string revision = "main";  ///< a branch, or refs/pr/N
    std::string message;            ///< of the commit; a plain one when empty
    std::string description;
    bool create_pr = false;                ///< open a pull request instead of committing to the branch
    FileFilter filter;                     ///< which files of a folder, by their paths below it
    std::vector<std::string> delete_also;  ///< files of the repository below the same folder that match and are not sent
    bool resume = true;                    ///< use what an interrupted upload of the same files has already sent
    Progress* progress = nullptr;
    const std::atomic<bool>* stop = nullptr;
};

struct Uploaded {
    std::string commit;            ///< the last one made, or the head when nothing has changed
    std::string url;               ///< of the commit
    std::string pull_request_url;  ///< with create_pr
    std::uint64_t files = 0;       ///< that were changed
    std::uint64_t deleted = 0;
};

/// Sends a file, or everything below a folder, to `path_in_repo` ("" is the root) and commits it. Large files go by Xet:
/// chunks that the hub has are not sent again; a hub without it gets them by git-lfs's way.
/// Memory: some xorbs of 64 MiB, whatever the files are.
/// Fails: kInvalidArgument (what the hub refuses), kForbidden, kConflict (the branch moved, repeatedly), kUnavailable
/// (repeat: what was sent is not sent again), kLocal (a file that cannot be read or changed meanwhile).
Outcome<Uploaded> upload(const Client& client, const RepoId& repo, const std::filesystem::path& from,
                         const std::string& path_in_repo, const UploadOptions& options = {});

}  // namespace mirfa::client
