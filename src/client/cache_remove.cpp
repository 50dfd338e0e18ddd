// SPDX-License-Identifier: Apache-2.0
// Deleting from the cache: first what links, then what is linked to; shared contents last, each under its lock, and only
// when no line of its manifest counts any more.
#include <fcntl.h>
#include <mirfa/cache.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/file.h"
#include "client/cache_layout.h"
#include "client/cache_scan.h"
#include "client/failure.h"
#include "client/file_lock.h"
#include "client/part_file.h"
#include "client/shared_store.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

/// What a removal comes to, before anything is done.
struct Plan {
    std::vector<fs::path> folders;  ///< of repositories and snapshots
    std::vector<fs::path> files;    ///< refs and blobs
    std::set<fs::path> payloads;    ///< of the shared store, which may have lost their last link
    Removed removed;
};

std::uint64_t length_of(const fs::path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
}

/// A blob that goes: its octets if it is a file, its payload if it is a link into the store.
void plan_blob(Plan& plan, const fs::path& blob) {
    std::error_code failed;
    plan.removed.bytes += length_of(blob);
    if (fs::is_symlink(blob, failed))
        plan.payloads.insert((blob.parent_path() / fs::read_symlink(blob, failed)).lexically_normal());
}

void plan_repo(Plan& plan, const ScannedRepo& repo) {
    plan.folders.push_back(repo.folder);
    std::set<fs::path> blobs;
    for (const auto& revision : repo.revisions) blobs.insert(revision.blobs.begin(), revision.blobs.end());
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(repo.folder / "blobs", failed)) blobs.insert(entry.path());
    for (const auto& blob : blobs) plan_blob(plan, blob);
    ++plan.removed.repos;
    plan.removed.revisions += repo.revisions.size();
}

void plan_revisions(Plan& plan, const ScannedRepo& repo, const std::set<std::string>& commits) {
    std::set<fs::path> kept;
    for (const auto& revision : repo.revisions)
        if (!commits.contains(revision.commit)) kept.insert(revision.blobs.begin(), revision.blobs.end());
    std::set<fs::path> gone;
    for (const auto& revision : repo.revisions) {
        if (!commits.contains(revision.commit)) continue;
        plan.folders.push_back(revision.snapshot);
        for (const auto& ref : revision.refs) plan.files.push_back(repo.folder / "refs" / ref);
        gone.insert(revision.blobs.begin(), revision.blobs.end());
        ++plan.removed.revisions;
    }
    for (const auto& blob : gone) {
        if (kept.contains(blob)) continue;
        plan_blob(plan, blob);
        // A real file of a snapshot goes with its folder.
        if (blob.parent_path() == repo.folder / "blobs") plan.files.push_back(blob);
    }
}

/// Exactly `<repo folder>/blobs/<name>`, and that is now a link which names this payload.
bool counts(const fs::path& cache, std::string_view line, const fs::path& payload) {
    const auto parts = split(line, '/');
    if (parts.size() != 3 || parts[1] != "blobs" || !repo_of_cache_folder(parts[0]) || !check_etag(parts[2]).has_value())
        return false;
    const auto link = cache / fs::path(line);
    std::error_code failed;
    const auto target = fs::read_symlink(link, failed);
    return !failed && (link.parent_path() / target).lexically_normal() == payload;
}

/// Nothing without a readable manifest is ever deleted. Gives the octets that were (or would be) freed.
Result<std::uint64_t> collect(const fs::path& cache, const fs::path& payload, const std::set<fs::path>& leaving, bool dry_run) {
    const auto inside = payload.lexically_relative(cache / "blobs");
    const std::string name = payload.filename();
    if (!is_sha256_text(name) || inside != fs::path(name.substr(0, 2)) / name) return std::uint64_t{0};
    const fs::path manifest = payload.string() + ".refs";
    TRY(const auto lock, FileLock::acquire(payload.string() + ".lock", std::nullopt, nullptr, 0666));
    const auto text = read_small_file(manifest, 256u << 20);
    if (!lock.held() || !text.has_value()) return std::uint64_t{0};
    std::string kept;
    for (const auto line : split(text.value(), '\n'))
        if (counts(cache, line, payload) && !leaving.contains(cache / fs::path(line))) kept += std::string(line) + "\n";
    if (!kept.empty()) {
        if (!dry_run && kept != text.value() && replace_file(manifest, kept).has_value()) (void)::chmod(manifest.c_str(), 0666);
        return std::uint64_t{0};
    }
    const auto bytes = length_of(payload);
    if (!dry_run) {
        ::unlink(payload.c_str());
        ::unlink(manifest.c_str());
    }
    return bytes;
}

/// The blobs that a plan removes, for a dry run to leave out of account.
std::set<fs::path> leaving(const Plan& plan) {
    std::set<fs::path> blobs(plan.files.begin(), plan.files.end());
    std::error_code failed;
    for (const auto& folder : plan.folders)
        for (const auto& entry : fs::directory_iterator(folder / "blobs", failed)) blobs.insert(entry.path());
    return blobs;
}

Result<Removed> carry_out(const fs::path& cache, Plan plan, bool dry_run) {
    const auto blobs = leaving(plan);
    std::error_code failed;
    if (!dry_run) {
        for (const auto& file : plan.files) fs::remove(file, failed);
        for (const auto& folder : plan.folders) {
            fs::remove_all(folder, failed);
            if (failed) return system_error("deleting " + folder.string(), failed.value());
        }
    }
    if (is_shared_store(cache / "blobs"))
        for (const auto& payload : plan.payloads) {
            TRY(const auto freed, collect(cache, payload, blobs, dry_run));
            plan.removed.bytes += freed;
        }
    return std::move(plan.removed);
}

Result<Removed> remove(const Settings& settings, const CacheRemoval& what, bool dry_run) {
    TRY(const auto scanned, scan(settings));
    Plan plan;
    std::set<std::string> commits(what.commits.begin(), what.commits.end()), known;
    for (const auto& id : what.repos)
        if (std::ranges::none_of(scanned.repos, [&](const auto& r) { return r.repo == id; }))
            plan.removed.unknown.push_back(plural_of(id.type) + "/" + id.name);
    for (const auto& repo : scanned.repos) {
        std::set<std::string> here;
        for (const auto& revision : repo.revisions)
            if (commits.contains(revision.commit)) here.insert(revision.commit);
        known.insert(here.begin(), here.end());
        const bool whole = std::ranges::find(what.repos, repo.repo) != what.repos.end();
        if (whole || (!here.empty() && here.size() == repo.revisions.size()))
            plan_repo(plan, repo);
        else if (!here.empty())
            plan_revisions(plan, repo, here);
    }
    for (const auto& commit : commits)
        if (!known.contains(commit)) plan.removed.unknown.push_back(commit);
    return carry_out(scanned.cache, std::move(plan), dry_run);
}

/// A part that no process holds: its own lock says so.
bool is_abandoned(const fs::path& part) {
    const File file(::open(part.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    return file && ::flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0;
}

void plan_parts(Plan& plan, const fs::path& repo_folder) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(repo_folder / "blobs", failed)) {
        const std::string name = entry.path().filename();
        if (name.find(kPartSuffix) == name.npos || !is_abandoned(entry.path())) continue;
        plan.files.push_back(entry.path());
        plan.removed.bytes += length_of(entry.path());
    }
}

void plan_payloads(Plan& plan, const fs::path& cache) {
    std::error_code failed;
    for (const auto& folder : fs::directory_iterator(cache / "blobs", failed))
        for (const auto& entry : fs::directory_iterator(folder.path(), failed))
            if (is_sha256_text(entry.path().filename().string())) plan.payloads.insert(entry.path());
}

Result<Removed> prune(const Settings& settings, bool dry_run) {
    TRY(const auto scanned, scan(settings));
    Plan plan;
    for (const auto& repo : scanned.repos) {
        std::set<std::string> detached;
        for (const auto& revision : repo.revisions)
            if (revision.refs.empty()) detached.insert(revision.commit);
        if (!detached.empty() && detached.size() == repo.revisions.size())
            plan_repo(plan, repo);
        else
            plan_revisions(plan, repo, detached);
        plan_parts(plan, repo.folder);
    }
    plan_payloads(plan, scanned.cache);
    return carry_out(scanned.cache, std::move(plan), dry_run);
}

}  // namespace

Outcome<Removed> remove_from_cache(const Settings& settings, const CacheRemoval& what, bool dry_run) {
    return to_outcome(remove(settings, what, dry_run));
}

Outcome<Removed> prune_cache(const Settings& settings, bool dry_run) { return to_outcome(prune(settings, dry_run)); }

}  // namespace mirfa::client
