// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>
#include <mirfa/settings.h>

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"

namespace mirfa::client {

/// Exactly 40 lower-case hex digits: the only text that names a commit without asking anybody.
bool is_commit(std::string_view revision);
/// Exactly 64 lower-case hex digits.
bool is_sha256_text(std::string_view text);
/// Fails: kInvalidArgument for a path that could leave its folder, here or on other systems.
Result<void> check_file_path(std::string_view path);
/// Fails: kInvalidArgument for a revision that could leave `refs/`.
Result<void> check_revision(std::string_view revision);
/// Fails: kCorrupt for an etag that is no plain file name.
Result<void> check_etag(std::string_view etag);

/// Where one repository lies in the cache. Paths only; nothing is created.
class RepoCache {
public:
    /// Makes the cache folder's path absolute and resolves its links.
    RepoCache(const Settings& settings, const RepoId& repo);

    const std::filesystem::path& cache() const { return cache_; }
    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path blob(std::string_view etag) const { return folder_ / "blobs" / etag; }
    std::filesystem::path ref(std::string_view revision) const { return folder_ / "refs" / revision; }
    std::filesystem::path snapshot(std::string_view commit) const { return folder_ / "snapshots" / commit; }
    std::filesystem::path file(std::string_view commit, std::string_view path) const { return snapshot(commit) / path; }
    std::filesystem::path absent(std::string_view commit, std::string_view path) const {
        return folder_ / ".no_exist" / commit / path;
    }
    std::filesystem::path tree(std::string_view commit) const { return folder_ / "trees" / (std::string(commit) + ".json"); }
    std::filesystem::path lock(std::string_view etag) const;

    /// The commit that a revision was last seen at: itself, or what its ref says. Nothing when it was never seen.
    std::optional<std::string> commit_of(std::string_view revision) const;
    /// Unchanged text is not written. The commit stands alone in the file: a newline would break other readers.
    Result<void> write_ref(std::string_view revision, std::string_view commit) const;
    Result<void> write_absent(std::string_view commit, std::string_view path) const;
    /// CACHEDIR.TAG, so that backups leave the cache out. A cache that cannot be written is no failure.
    void mark_cache() const;

private:
    std::filesystem::path cache_;
    std::filesystem::path folder_;
    std::string name_;
};

/// `models--owner--name`
std::string cache_folder_name(const RepoId& repo);
/// The way back; nothing for other names.
std::optional<RepoId> repo_of_cache_folder(std::string_view name);

/// With the modes that the umask gives, as all of the cache.
Result<void> make_folders(const std::filesystem::path& folder);
/// Written aside in the same folder, then renamed.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text, std::string_view aside_suffix = ".tmp");
/// Eight hex digits for names aside.
std::string random_suffix();
/// Exists after following links.
bool is_there(const std::filesystem::path& path);

/// A relative link at `link` to `target`, replacing what is there. Where links are not to be had (or `symlinks` is off)
/// the file itself goes there: moved when `may_move`, else copied.
Result<void> point_to(const std::filesystem::path& link, const std::filesystem::path& target, bool symlinks, bool may_move);

}  // namespace mirfa::client
