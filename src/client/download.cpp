// SPDX-License-Identifier: Apache-2.0
// Downloads into the cache that the Python client shares. Locks only save bandwidth: every step stays correct when two
// processes do it at once, because contents get their names by rename, after they were checked.
#include <mirfa/download.h>

#include <fmt/format.h>
#include <unistd.h>

#include <map>
#include <thread>

#include "base/file.h"
#include "client/cache_layout.h"
#include "client/content.h"
#include "client/failure.h"
#include "client/file_lock.h"
#include "client/hub.h"
#include "client/local_dir.h"
#include "client/parallel.h"
#include "client/part_file.h"
#include "client/patterns.h"
#include "client/shared_store.h"
#include "client/tree.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr int kPatientSeconds = 60;

class Download {
public:
    Download(Hub& hub, const RepoId& repo, const DownloadOptions& options)
        : hub_(hub), repo_(repo), options_(options), cache_(hub.settings(), repo), store_(hub.settings(), cache_, options.stop) {
        if (options.local_dir) local_.emplace(*options.local_dir);
    }

    Result<fs::path> file(const std::string& path);
    Result<fs::path> snapshot(const FileFilter& filter);
    Result<std::vector<PlannedFile>> plan(const FileFilter& filter);

private:
    bool is_offline() const { return options_.local_only || hub_.settings().offline; }
    fs::path place_of(const std::string& commit, const std::string& path) const {
        return local_ ? local_->file(path) : cache_.file(commit, path);
    }
    fs::path tree_path(const std::string& commit) const { return local_ ? local_->tree(commit) : cache_.tree(commit); }

    Result<fs::path> look_up(const std::string& path);
    Result<fs::path> without_hub(const std::string& path, Refusal refusal);
    Looked look(const std::string& path, bool patiently);
    std::optional<RemoteFile> from_tree(const std::string& commit, const std::string& path) const;
    RemoteFile remote_of(const TreeFile& file, const std::string& commit) const;

    Result<fs::path> place(const RemoteFile& file);
    Result<fs::path> place_in_cache(const RemoteFile& file);
    Result<void> ensure_blob(const RemoteFile& file);
    Result<fs::path> place_locally(const RemoteFile& file);
    Result<bool> is_same_locally(const RemoteFile& file) const;
    Transfer transfer(const std::string& commit);

    Result<std::string> commit_of_snapshot();
    Result<Tree> tree_of(const std::string& commit);
    Result<fs::path> snapshot_without_hub(const FileFilter& filter, const Error& why) const;
    Result<void> place_all(const Tree& tree, const std::string& commit);

    void count(const RemoteFile& file) const {
        if (options_.progress != nullptr) options_.progress->advance(static_cast<std::int64_t>(file.bytes.value_or(0)));
    }

    Hub& hub_;
    const RepoId& repo_;
    const DownloadOptions& options_;
    RepoCache cache_;
    SharedStore store_;
    std::optional<LocalDir> local_;
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<XetTokens>> tokens_;  // by commit; guarded by mutex_
};

Transfer Download::transfer(const std::string& commit) {
    const std::lock_guard lock(mutex_);
    auto& tokens = tokens_[commit];
    if (!tokens) tokens = std::make_unique<XetTokens>(hub_, repo_, commit, XetTokens::Right::kRead);
    return {hub_, repo_, *tokens, options_.progress, options_.stop};
}

RemoteFile Download::remote_of(const TreeFile& file, const std::string& commit) const {
    return {file.path, commit, file.etag(), file.bytes, file.xet_hash, hub_.url(resolve_path(repo_, commit, file.path))};
}

/// The list of a commit, once cached, says all that a HEAD would.
std::optional<RemoteFile> Download::from_tree(const std::string& commit, const std::string& path) const {
    if (!is_commit(commit)) return std::nullopt;
    const auto tree = read_tree(tree_path(commit));
    if (!tree) return std::nullopt;
    for (const auto& file : *tree)
        if (file.path == path) return remote_of(file, commit);
    return std::nullopt;
}

Looked Download::look(const std::string& path, bool patiently) {
    return look_at_file(hub_, repo_, options_.revision, path, patiently ? kPatientSeconds : hub_.settings().metadata_seconds,
                        patiently);
}

Result<fs::path> Download::file(const std::string& path) {
    TRY(check_file_path(path));
    TRY(check_revision(options_.revision));
    if (!options_.force && is_commit(options_.revision)) {
        const auto place = place_of(options_.revision, path);
        if (!local_ && is_there(place)) return place;
        if (local_)
            if (const auto note = local_->valid_note(path); note && note->commit == options_.revision) return place;
    }
    return look_up(path);
}

Result<fs::path> Download::look_up(const std::string& path) {
    if (is_offline())
        return without_hub(path, refusal_of(offline_error(path + " is not in the cache, and the hub may not be asked.")));
    if (const auto known = from_tree(options_.revision, path)) return place(*known);
    auto looked = look(path, false);
    if (looked.refusal) {
        auto& refusal = *looked.refusal;
        if (!refusal.missing_in_commit.empty() && !local_) {
            (void)cache_.write_absent(refusal.missing_in_commit, path);
            (void)cache_.write_ref(options_.revision, refusal.missing_in_commit);
        }
        if (refusal.is_final) return refusal.error;
        return without_hub(path, std::move(refusal));
    }
    return place(*looked.file);
}

/// The hub could not be asked, or did not say: what is cached is good enough; else it is asked once more, patiently.
Result<fs::path> Download::without_hub(const std::string& path, Refusal refusal) {
    if (!options_.force) {
        if (local_ && is_there(local_->file(path))) return local_->file(path);
        if (const auto commit = cache_.commit_of(options_.revision); commit && is_there(cache_.file(*commit, path))) {
            const auto cached = cache_.file(*commit, path);
            if (!local_) return cached;
        }
    }
    if (!refusal.is_passing) return std::move(refusal.error);
    auto looked = look(path, true);
    if (looked.file) return place(*looked.file);
    auto& error = looked.refusal->error;
    return looked.refusal->is_passing ? offline_error(error.message) : std::move(error);
}

Result<fs::path> Download::place(const RemoteFile& file) {
    auto placed = local_ ? place_locally(file) : place_in_cache(file);
    if (placed.has_value() && options_.progress != nullptr) options_.progress->finished(file.path);
    return placed;
}

Result<fs::path> Download::place_in_cache(const RemoteFile& file) {
    const auto target = cache_.file(file.commit, file.path);
    if (!options_.force && is_there(target)) {
        (void)cache_.write_ref(options_.revision, file.commit);  // a cache that may only be read still serves
        count(file);
        return target;
    }
    TRY(make_folders(cache_.blob(file.etag).parent_path()));
    TRY(make_folders(target.parent_path()));
    cache_.mark_cache();
    TRY(cache_.write_ref(options_.revision, file.commit));
    const auto lock_path = cache_.lock(file.etag);
    TRY(make_folders(lock_path.parent_path()));
    TRY(const auto lock, FileLock::acquire(lock_path, std::nullopt, options_.stop));
    const bool blob_was_there = is_there(cache_.blob(file.etag));
    TRY(ensure_blob(file));
    TRY(point_to(target, cache_.blob(file.etag), hub_.settings().symlinks, !blob_was_there));
    return target;
}

/// Under the lock of the blob: another process may have brought it while we waited.
Result<void> Download::ensure_blob(const RemoteFile& file) {
    const auto blob = cache_.blob(file.etag);
    if (!options_.force) {
        bool stored = is_there(blob);
        std::error_code failed;
        if (stored && file.bytes && fs::file_size(blob, failed) != *file.bytes) stored = false;
        if (!stored && file.bytes) {
            TRY(stored, store_.link_if_stored(file.etag, file.xet_hash, *file.bytes));
        }
        if (stored) {
            count(file);
            return ok();
        }
    }
    const auto part = fs::path(blob.string() + std::string(kPartSuffix));
    TRY(const auto fetched, fetch_content(transfer(file.commit), file, part, blob, !options_.force));
    if (fetched.xet_hash_proven && file.bytes) store_.publish(file.etag, file.xet_hash, *file.bytes);
    return ok();
}

/// A file that somebody brought by other means is taken when its hash says so: large ones only, as the Python client does.
Result<bool> Download::is_same_locally(const RemoteFile& file) const {
    if (!is_sha256_text(file.etag) || !is_there(local_->file(file.path))) return false;
    TRY(const auto existing, File::open_to_read(local_->file(file.path)));
    TRY(const auto bytes, existing.size());
    if (file.bytes && bytes != *file.bytes) return false;
    ContentCheck check(file.etag, bytes, "");
    Bytes buffer(1u << 20);
    for (std::uint64_t at = 0; at < bytes;) {
        TRY(const auto count, existing.read_at(at, buffer));
        if (count == 0) break;
        TRY(check.write(ByteView(buffer).first(count)));
        at += count;
    }
    return check.finish().has_value();
}

Result<fs::path> Download::place_locally(const RemoteFile& file) {
    const auto target = local_->file(file.path);
    TRY(local_->prepare(file.path));
    TRY(const auto lock, FileLock::acquire(local_->lock(file.path), std::nullopt, options_.stop));
    if (!options_.force) {
        const auto note = local_->valid_note(file.path);
        bool same = note && note->etag == file.etag;
        if (!same && !note) {
            TRY(same, is_same_locally(file));
        }
        if (same) {
            TRY(local_->note(file.path, file.commit, file.etag));
            count(file);
            return target;
        }
        if (const auto cached = cache_.file(file.commit, file.path); is_there(cached)) {
            const fs::path aside = target.string() + "." + random_suffix() + std::string(kPartSuffix);
            std::error_code failed;
            fs::copy_file(cached, aside, failed);
            if (!failed) fs::permissions(aside, fs::perms::owner_write, fs::perm_options::add, failed);
            if (!failed) fs::rename(aside, target, failed);
            if (failed) return system_error("copying to " + target.string(), failed.value());
            TRY(local_->note(file.path, file.commit, file.etag));
            count(file);
            return target;
        }
    }
    RemoteFile wanted = file;
    TRY(fetch_content(transfer(file.commit), wanted, local_->part(file.path, file.etag), target, !options_.force));
    TRY(local_->note(file.path, file.commit, file.etag));
    return target;
}

Result<std::string> Download::commit_of_snapshot() {
    if (is_commit(options_.revision)) return options_.revision;
    if (is_offline()) return offline_error(title_of(repo_) + ": the hub may not be asked.");
    // With something cached to fall back to, a hub that does not answer is not waited for.
    return ask_commit(hub_, repo_, options_.revision, !cache_.commit_of(options_.revision));
}

Result<Tree> Download::tree_of(const std::string& commit) {
    if (auto known = read_tree(tree_path(commit))) return *std::move(known);
    if (is_offline()) return offline_error(title_of(repo_) + ": the hub may not be asked.");
    TRY(auto tree, list_tree(hub_, repo_, commit));
    // Written for later runs: a cache that may only be read works without it.
    if (make_folders(tree_path(commit).parent_path()).has_value()) (void)replace_file(tree_path(commit), write_tree(tree));
    return tree;
}

/// What the cache holds of a revision, if all that is wanted is there as far as anybody knows.
Result<fs::path> Download::snapshot_without_hub(const FileFilter& filter, const Error& why) const {
    if (refusal_of(why).is_final) return why;
    const auto commit = cache_.commit_of(options_.revision);
    if (options_.force || !commit) return why;
    const auto folder = local_ ? *options_.local_dir : cache_.snapshot(*commit);
    if (!is_there(folder)) return why;
    if (const auto tree = read_tree(tree_path(*commit)))
        for (const auto& file : *tree)
            if (passes(filter, file.path) && !is_there(place_of(*commit, file.path)))
                return offline_error(fmt::format("{}: {} is not on this machine, so the snapshot is incomplete. ({})",
                                                 title_of(repo_), file.path, why.message));
    return folder;
}

/// Threads for what has to be fetched: a snapshot that is there needs none.
Result<void> Download::place_all(const Tree& tree, const std::string& commit) {
    const auto missing = static_cast<std::size_t>(std::ranges::count_if(
        tree, [&](const TreeFile& file) { return options_.force || !is_there(place_of(commit, file.path)); }));
    const std::size_t workers = std::min<std::size_t>(std::clamp(options_.workers, 1u, 64u), missing);
    return in_parallel(tree.size(), workers, [&](std::size_t i) -> Result<void> {
        TRY(place(remote_of(tree[i], commit)));
        return ok();
    });
}

Result<fs::path> Download::snapshot(const FileFilter& filter) {
    TRY(check_revision(options_.revision));
    auto commit = commit_of_snapshot();
    if (!commit.has_value()) return snapshot_without_hub(filter, commit.error());
    auto listed = tree_of(commit.value());
    if (!listed.has_value()) return snapshot_without_hub(filter, listed.error());
    Tree wanted;
    std::uint64_t bytes = 0;
    for (auto& file : listed.value()) {
        if (!passes(filter, file.path)) continue;
        if (is_offline() && !is_there(place_of(commit.value(), file.path)))
            return snapshot_without_hub(filter, offline_error(file.path + " is not cached."));
        bytes += file.bytes;
        wanted.push_back(std::move(file));
    }
    if (options_.progress != nullptr) options_.progress->expect(wanted.size(), bytes);
    const auto folder = local_ ? *options_.local_dir : cache_.snapshot(commit.value());
    if (!local_ && !is_there(folder)) {
        // The folder before the ref: a ref without folder is a broken cache to others.
        TRY(make_folders(folder));
        cache_.mark_cache();
    }
    (void)make_folders(cache_.ref(options_.revision).parent_path());
    (void)cache_.write_ref(options_.revision, commit.value());
    TRY(place_all(wanted, commit.value()));
    return folder;
}

Result<std::vector<PlannedFile>> Download::plan(const FileFilter& filter) {
    TRY(const auto commit, commit_of_snapshot());
    TRY(const auto tree, tree_of(commit));
    std::vector<PlannedFile> files;
    for (const auto& file : tree)
        if (passes(filter, file.path)) files.push_back({file.path, file.bytes, is_there(place_of(commit, file.path))});
    return files;
}

}  // namespace

Outcome<fs::path> download_file(const Client& client, const RepoId& repo, const std::string& path,
                                const DownloadOptions& options) {
    return to_outcome(Download(client.hub(), repo, options).file(path));
}

Outcome<fs::path> download_snapshot(const Client& client, const RepoId& repo, const FileFilter& filter,
                                    const DownloadOptions& options) {
    return to_outcome(Download(client.hub(), repo, options).snapshot(filter));
}

Outcome<std::vector<PlannedFile>> plan_snapshot(const Client& client, const RepoId& repo, const FileFilter& filter,
                                                const DownloadOptions& options) {
    return to_outcome(Download(client.hub(), repo, options).plan(filter));
}

std::optional<CachedFile> find_cached_file(const Settings& settings, const RepoId& repo, const std::string& path,
                                           const std::string& revision) {
    if (!check_file_path(path).has_value()) return std::nullopt;
    const RepoCache cache(settings, repo);
    const auto commit = cache.commit_of(revision).value_or(revision);
    if (!check_revision(commit).has_value()) return std::nullopt;
    if (is_there(cache.absent(commit, path))) return CachedFile{true, {}};
    if (is_there(cache.file(commit, path))) return CachedFile{false, cache.file(commit, path)};
    return std::nullopt;
}

}  // namespace mirfa::client
