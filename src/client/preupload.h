// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>

#include <optional>
#include <string>
#include <vector>

#include "client/hub.h"
#include "client/local_files.h"

namespace mirfa::client {

/// What the hub wants done with a file.
struct FileAdvice {
    bool is_large = false;
    bool is_ignored = false;           ///< by a .gitignore
    std::optional<std::string> there;  ///< hash of what is at the path now: git's, or SHA-256
};

/// Asks about all files, in their order. The rules of a .gitattributes or .gitignore among them count already.
Result<std::vector<FileAdvice>> ask_about_files(Hub& hub, const RepoId& repo, const std::string& revision, bool create_pr,
                                                const std::vector<LocalFile>& files);

/// Has the hub look at a card (README.md in the root) before anything is sent. Fails: kInvalidArgument with what it says is
/// wrong. A hub that cannot check is no failure.
Result<void> check_card(Hub& hub, const RepoId& repo, const std::vector<LocalFile>& files);

}  // namespace mirfa::client
