// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/upload.h>

#include <functional>
#include <string>
#include <vector>

#include "client/hub.h"
#include "client/local_files.h"

namespace mirfa::client {

/// Chooses, from the paths of all files in the repository, those that the same commit removes. Paths that are sent stay.
using ChooseRemoved = std::function<std::vector<std::string>(const std::vector<std::string>& there)>;

/// upload() of a list: each file goes to its own path, whatever its place on this machine is; one may go to two.
/// Fails: as upload(); kConflict before any commit when a file is not as the list says, by length and time.
Result<Uploaded> upload_files(Hub& hub, const RepoId& repo, const std::vector<LocalFile>& files, const UploadOptions& options,
                              const ChooseRemoved& choose_removed = {});

}  // namespace mirfa::client
