// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>
#include <mirfa/progress.h>
#include <mirfa/repo_id.h>

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace mirfa::client {

struct DownloadOptions {
    std::string revision = "main";  ///< branch, tag, refs/pr/N or commit
    /// Real files here instead of links into the shared cache.
    std::optional<std::filesystem::path> local_dir;
    bool force = false;       ///< download again what is there
    bool local_only = false;  ///< ask nobody
    unsigned workers = 8;     ///< files at a time
    Progress* progress = nullptr;
    const std::atomic<bool>* stop = nullptr;
};

/// One file, from the cache that the Python client shares, else from the hub.
/// Gives: a path to read from. With a commit as revision and the file cached, no request is made.
/// Every content is checked against the hash that names it before it becomes visible.
/// Fails: kNotFound, kOffline (not cached, hub not reachable), kUnauthenticated, kForbidden, kCorrupt, kLocal.
Outcome<std::filesystem::path> download_file(const Client& client, const RepoId& repo, const std::string& path,
                                             const DownloadOptions& options = {});

/// Which files: those that any `include` matches (all, when there is none) and no `exclude` does. Patterns are those of
/// the Python client: `*` crosses folders, a final `/` means everything below.
struct FileFilter {
    std::optional<std::vector<std::string>> include;
    std::vector<std::string> exclude;
};

/// All files of a revision. Gives: the folder they stand in.
/// Fails: as download_file; kOffline also when some of the files are missing and the hub cannot be asked.
Outcome<std::filesystem::path> download_snapshot(const Client& client, const RepoId& repo, const FileFilter& filter = {},
                                                 const DownloadOptions& options = {});

struct PlannedFile {
    std::string path;
    std::uint64_t bytes = 0;
    bool cached = false;
};
/// What download_snapshot would bring.
Outcome<std::vector<PlannedFile>> plan_snapshot(const Client& client, const RepoId& repo, const FileFilter& filter = {},
                                                const DownloadOptions& options = {});

/// A look into the cache without any request: below 10 ms.
struct CachedFile {
    bool known_missing = false;  ///< the hub has said that this revision has no such file
    std::filesystem::path path;
};
std::optional<CachedFile> find_cached_file(const Settings& settings, const RepoId& repo, const std::string& path,
                                           const std::string& revision = "main");

}  // namespace mirfa::client
