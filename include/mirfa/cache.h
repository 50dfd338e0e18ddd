// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>
#include <mirfa/download.h>
#include <mirfa/repo_id.h>

#include <filesystem>
#include <string>
#include <vector>

namespace mirfa::client {

struct CachedRevision {
    std::string commit;
    std::vector<std::string> refs;
    std::filesystem::path snapshot;
    std::uint64_t bytes = 0;  ///< of the contents it links to, each once
    std::uint64_t files = 0;
    std::int64_t modified = 0;  ///< seconds since 1970
};
struct CachedRepo {
    RepoId repo;
    std::filesystem::path folder;
    std::vector<CachedRevision> revisions;
    std::uint64_t bytes = 0;
    std::int64_t accessed = 0;
    std::int64_t modified = 0;
};
struct CacheContents {
    std::vector<CachedRepo> repos;
    std::vector<std::string> warnings;  ///< folders that are left out, and why
    std::uint64_t bytes = 0;            ///< what is shared counts once
};
/// Reads the whole cache; nothing is changed. A cache that does not exist is an empty one.
Outcome<CacheContents> scan_cache(const Settings& settings);

/// What to delete: whole repositories, and commits of any repository.
struct CacheRemoval {
    std::vector<RepoId> repos;
    std::vector<std::string> commits;
};
struct Removed {
    std::uint64_t repos = 0;
    std::uint64_t revisions = 0;
    std::uint64_t bytes = 0;           ///< freed, or to be freed
    std::vector<std::string> unknown;  ///< what was named and is not cached
};
/// Links go before what they point to, and a shared content only when no repository links to it any more. With `dry_run`
/// nothing is deleted. A download that runs at the same time may have to begin again.
Outcome<Removed> remove_from_cache(const Settings& settings, const CacheRemoval& what, bool dry_run);
/// Revisions that no ref names, contents on their way that nobody is at, shared contents without a link.
Outcome<Removed> prune_cache(const Settings& settings, bool dry_run);

struct Verification {
    std::string commit;
    std::filesystem::path folder;
    std::uint64_t checked = 0;
    std::vector<std::string> wrong;    ///< another content than the hub names
    std::vector<std::string> missing;  ///< of the commit, not here
    std::vector<std::string> extra;    ///< here, not of the commit
};
/// Hashes every file of a cached revision (or of `options.local_dir`) and compares with the hub's list, which is asked.
Outcome<Verification> verify_snapshot(const Client& client, const RepoId& repo, const DownloadOptions& options = {});

}  // namespace mirfa::client
