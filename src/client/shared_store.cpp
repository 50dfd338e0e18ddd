// SPDX-License-Identifier: Apache-2.0
#include "client/shared_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "client/file_lock.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kAnybody = 0666;

unsigned mode_of(const fs::path& folder) {
    struct stat info {};
    return ::stat(folder.c_str(), &info) == 0 ? info.st_mode & 07777 : 0755;
}

bool is_regular(const fs::path& path, std::uint64_t bytes) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && static_cast<std::uint64_t>(info.st_size) == bytes &&
           ::access(path.c_str(), R_OK) == 0;
}

/// Readable by whoever may enter the cache, writable by nobody.
unsigned payload_mode(const fs::path& cache) {
    const auto mode = mode_of(cache);
    return 0400 | ((mode & 0010) ? 0040 : 0) | ((mode & 0001) ? 0004 : 0);
}

Result<void> make_store_folder(const fs::path& folder, unsigned mode) {
    if (::mkdir(folder.c_str(), 0777) == 0)
        (void)::chmod(folder.c_str(), mode);
    else if (errno != EEXIST)
        return system_error("creating " + folder.string(), errno);
    return ok();
}

}  // namespace

bool is_shared_store(const fs::path& blobs) {
    struct stat info {};
    const auto marker = blobs / kSharedMarker;
    if (::lstat(marker.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
    const auto text = read_small_file(marker, 16);
    return text.has_value() && text.value() == "1\n";
}

SharedStore::SharedStore(const Settings& settings, const RepoCache& cache, const std::atomic<bool>* stop)
    : cache_(cache),
      folder_(cache.cache() / "blobs"),
      allowed_(settings.symlinks && settings.xet && settings.shared_blobs),
      stop_(stop) {}

fs::path SharedStore::payload(std::string_view xet_hash) const { return folder_ / xet_hash.substr(0, 2) / xet_hash; }

bool SharedStore::is_marked() const { return is_shared_store(folder_); }

/// Adopts a folder only when nothing of anybody's is in it.
Result<void> SharedStore::make_store() const {
    if (is_marked()) return ok();
    TRY(make_folders(cache_.cache()));
    TRY(make_store_folder(folder_, mode_of(cache_.cache())));
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder_, failed))
        if (!entry.path().filename().string().starts_with(kSharedMarker))
            return Error{Code::kConflict, folder_.string() + " holds something else than shared blobs."};
    struct stat info {};
    if (::lstat((folder_ / kSharedMarker).c_str(), &info) == 0)
        return Error{Code::kConflict, folder_.string() + " is a store of another version."};
    TRY(replace_file(folder_ / kSharedMarker, "1\n"));
    (void)::chmod((folder_ / kSharedMarker).c_str(), payload_mode(cache_.cache()));
    return ok();
}

/// A line in the manifest before the link: a payload with a link is never one without a line.
Result<void> SharedStore::note(std::string_view etag, std::string_view xet_hash) const {
    const fs::path manifest = payload(xet_hash).string() + ".refs";
    File file(::open(manifest.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kAnybody));
    if (!file) return system_error("writing " + manifest.string(), errno);
    (void)::fchmod(file.descriptor(), kAnybody);
    const std::string line = cache_.folder().filename().string() + "/blobs/" + std::string(etag) + "\n";
    TRY(file.append(as_bytes(line)));
    return file.sync();
}

Result<fs::path> SharedStore::link_aside(std::string_view etag, std::string_view xet_hash) const {
    const fs::path aside = cache_.folder() / "blobs" / ("." + std::string(etag) + "." + random_suffix() + ".shared");
    const auto target = fs::path("..") / ".." / "blobs" / xet_hash.substr(0, 2) / xet_hash;
    TRY(make_folders(aside.parent_path()));
    if (::symlink(target.c_str(), aside.c_str()) != 0) return system_error("linking " + aside.string(), errno);
    return aside;
}

Result<bool> SharedStore::link_if_stored(std::string_view etag, std::string_view xet_hash, std::uint64_t bytes) const {
    if (!allowed_ || !is_sha256_text(xet_hash) || !is_marked() || !is_regular(payload(xet_hash), bytes)) return false;
    TRY(const auto lock, FileLock::acquire(payload(xet_hash).string() + ".lock", std::nullopt, stop_, kAnybody));
    if (!lock.held() || !is_regular(payload(xet_hash), bytes)) return false;
    TRY(const auto aside, link_aside(etag, xet_hash));
    auto noted = note(etag, xet_hash);
    if (noted.has_value() && ::rename(aside.c_str(), cache_.blob(etag).c_str()) == 0) return true;
    ::unlink(aside.c_str());
    return false;  // a store that others own and we may not write: the content is downloaded
}

void SharedStore::publish(std::string_view etag, std::string_view xet_hash, std::uint64_t bytes) const {
    if (allowed_ && is_sha256_text(xet_hash)) (void)publish_or_fail(etag, xet_hash, bytes);
}

Result<void> SharedStore::publish_or_fail(std::string_view etag, std::string_view xet_hash, std::uint64_t bytes) const {
    const auto blob = cache_.blob(etag), stored = payload(xet_hash);
    if (!is_regular(blob, bytes)) return ok();
    TRY(make_store());
    TRY(make_store_folder(stored.parent_path(), mode_of(cache_.cache())));
    TRY(const auto lock, FileLock::acquire(stored.string() + ".lock", std::nullopt, stop_, kAnybody));
    if (!lock.held()) return ok();
    TRY(const auto aside, link_aside(etag, xet_hash));
    auto noted = note(etag, xet_hash);
    if (!noted.has_value()) {
        ::unlink(aside.c_str());
        return noted;
    }
    bool moved = false;
    if (!is_regular(stored, bytes)) {
        (void)::chmod(blob.c_str(), payload_mode(cache_.cache()));
        moved = ::rename(blob.c_str(), stored.c_str()) == 0;
        if (!moved) {
            const int why = errno;
            ::unlink(aside.c_str());
            return system_error("publishing " + stored.string(), why);
        }
    }
    if (::rename(aside.c_str(), blob.c_str()) == 0) return ok();
    const int why = errno;
    ::unlink(aside.c_str());
    std::error_code failed;
    if (moved) fs::copy_file(stored, blob, failed);
    return system_error("linking " + blob.string(), why);
}

}  // namespace mirfa::client
