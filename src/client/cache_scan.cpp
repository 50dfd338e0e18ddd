// SPDX-License-Identifier: Apache-2.0
#include "client/cache_scan.h"

#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "base/file.h"
#include "client/cache_layout.h"
#include "client/failure.h"
#include "client/shared_store.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

bool is_other(const std::string& name) {
    return name == ".locks" || name == "CACHEDIR.TAG" || name == ".DS_Store" || name == "Thumbs.db" || name == "desktop.ini";
}

Error left_out(const fs::path& folder, std::string_view why) {
    return Error{Code::kCorrupt, folder.string() + " is left out: " + std::string(why)};
}

/// The first hop of a snapshot's link: the blob in the same repository, or the file itself.
Result<fs::path> first_hop(const fs::path& file) {
    std::error_code failed;
    if (!fs::is_symlink(file, failed)) return file;
    const auto target = fs::read_symlink(file, failed);
    if (failed) return system_error("reading " + file.string(), failed.value());
    return (target.is_absolute() ? target : file.parent_path() / target).lexically_normal();
}

struct Seen {
    std::set<fs::path> blobs;
    std::uint64_t bytes = 0;
    std::int64_t accessed = 0, modified = 0;

    void add(const fs::path& blob, const struct stat& info) {
        if (blobs.insert(blob).second) bytes += static_cast<std::uint64_t>(info.st_size);
        accessed = std::max<std::int64_t>(accessed, info.st_atim.tv_sec);
        modified = std::max<std::int64_t>(modified, info.st_mtim.tv_sec);
    }
};

Result<ScannedRevision> scan_revision(const fs::path& snapshot, Seen& of_repo, std::map<Inode, std::uint64_t>& payloads) {
    ScannedRevision revision;
    revision.commit = snapshot.filename();
    revision.snapshot = snapshot;
    Seen seen;
    std::error_code failed;
    for (auto it = fs::recursive_directory_iterator(snapshot, failed); it != fs::recursive_directory_iterator();
         it.increment(failed)) {
        if (failed) break;
        if (it->is_directory() && !it->is_symlink()) continue;
        struct stat info {};
        if (::stat(it->path().c_str(), &info) != 0)
            return left_out(snapshot.parent_path().parent_path(), it->path().string() + " points to nothing");
        TRY(const auto blob, first_hop(it->path()));
        seen.add(blob, info);
        of_repo.add(blob, info);
        payloads[{info.st_dev, info.st_ino}] = static_cast<std::uint64_t>(info.st_size);
        ++revision.files;
    }
    if (failed) return system_error("reading " + snapshot.string(), failed.value());
    revision.bytes = seen.bytes;
    revision.modified = seen.modified;
    revision.blobs.assign(seen.blobs.begin(), seen.blobs.end());
    return revision;
}

Result<void> read_refs(ScannedRepo& repo) {
    std::error_code failed;
    const auto refs = repo.folder / "refs";
    if (!fs::exists(refs)) return ok();
    for (auto it = fs::recursive_directory_iterator(refs, failed); it != fs::recursive_directory_iterator();
         it.increment(failed)) {
        if (failed) return system_error("reading " + refs.string(), failed.value());
        if (!it->is_regular_file() || it->path().extension() == ".tmp") continue;
        TRY(const auto commit, read_small_file(it->path(), 1024));
        const auto found = std::ranges::find(repo.revisions, commit, &ScannedRevision::commit);
        if (found == repo.revisions.end())
            return left_out(repo.folder,
                            "the ref " + it->path().lexically_relative(refs).string() + " names a commit that is not there");
        found->refs.push_back(it->path().lexically_relative(refs));
    }
    return ok();
}

Result<ScannedRepo> scan_repo(const fs::path& folder, const RepoId& id, std::map<Inode, std::uint64_t>& payloads) {
    ScannedRepo repo;
    repo.repo = id;
    repo.folder = folder;
    const auto snapshots = folder / "snapshots";
    if (!fs::is_directory(snapshots)) return left_out(folder, "it has no snapshots");
    Seen seen;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(snapshots, failed)) {
        if (!entry.is_directory()) return left_out(folder, entry.path().filename().string() + " is no folder of a snapshot");
        TRY(auto revision, scan_revision(entry.path(), seen, payloads));
        repo.revisions.push_back(std::move(revision));
    }
    if (failed) return system_error("reading " + snapshots.string(), failed.value());
    TRY(read_refs(repo));
    std::ranges::sort(repo.revisions, {}, &ScannedRevision::commit);
    repo.bytes = seen.bytes;
    repo.accessed = seen.accessed;
    repo.modified = seen.modified;
    return repo;
}

}  // namespace

Result<Scan> scan(const Settings& settings) {
    Scan scan;
    std::error_code failed;
    const auto cache = fs::weakly_canonical(fs::absolute(settings.hub_cache), failed);
    scan.cache = cache;
    if (!fs::exists(cache)) return scan;
    for (const auto& entry : fs::directory_iterator(cache, failed)) {
        const std::string name = entry.path().filename();
        if (is_other(name) || (name == "blobs" && is_shared_store(entry.path()))) continue;
        const auto id = repo_of_cache_folder(name);
        if (!id || !entry.is_directory()) {
            scan.warnings.push_back(entry.path().string() + " is left out: it is no folder of a repository");
            continue;
        }
        auto repo = scan_repo(entry.path(), *id, scan.payloads);
        if (repo.has_value())
            scan.repos.push_back(std::move(repo).value());
        else
            scan.warnings.push_back(repo.error().message);
    }
    if (failed) return system_error("reading " + cache.string(), failed.value());
    std::ranges::sort(scan.repos, {}, [](const ScannedRepo& repo) { return repo.folder; });
    return scan;
}

Outcome<CacheContents> scan_cache(const Settings& settings) {
    auto scanned = scan(settings);
    if (!scanned.has_value()) return to_failure(scanned.error());
    CacheContents contents;
    contents.warnings = std::move(scanned.value().warnings);
    for (const auto& [inode, bytes] : scanned.value().payloads) contents.bytes += bytes;
    for (auto& from : scanned.value().repos) {
        CachedRepo repo{from.repo, from.folder, {}, from.bytes, from.accessed, from.modified};
        for (auto& r : from.revisions) repo.revisions.push_back({r.commit, r.refs, r.snapshot, r.bytes, r.files, r.modified});
        contents.repos.push_back(std::move(repo));
    }
    return contents;
}

}  // namespace mirfa::client
