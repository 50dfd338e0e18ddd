// SPDX-License-Identifier: Apache-2.0
#include "client/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace mirfa::client {
namespace {

constexpr std::chrono::milliseconds kPoll{50};

struct Opened {
    File file;
    bool created = false;
};

/// No file at all when it cannot be opened: then there is no lock to be had.
Opened open_lock_file(const std::filesystem::path& path, unsigned mode) {
    constexpr int kFlags = O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
    int descriptor = ::open(path.c_str(), kFlags | O_CREAT | O_EXCL, mode);
    const bool created = descriptor >= 0;
    if (!created && errno == EEXIST) descriptor = ::open(path.c_str(), kFlags);
    if (created) (void)::fchmod(descriptor, mode);  // whatever the umask: others of the group must be able to wait
    return {File(descriptor), created};
}

/// Some releases of the Python client's lock library remove the file at release. A lock on a file that has no name any
/// more guards nothing.
bool still_named(const File& file, const std::filesystem::path& path) {
    struct stat ours {
    }, named{};
    return ::fstat(file.descriptor(), &ours) == 0 && ::stat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev && ours.st_nlink > 0;
}

}  // namespace

FileLock::~FileLock() {
    if (file_) ::flock(file_.descriptor(), LOCK_UN);
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
    if (file_) ::flock(file_.descriptor(), LOCK_UN);
    file_ = std::move(other.file_);
    return *this;
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path, std::optional<std::chrono::milliseconds> limit,
                                   const std::atomic<bool>* stop, unsigned mode) {
    const auto start = std::chrono::steady_clock::now();
    for (;;) {
        auto [file, created] = open_lock_file(path, mode);
        if (!file) return FileLock();
        while (::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) {
                // An empty file would be taken for a live holder by clients that fall back to marker files.
                if (created) (void)::unlink(path.c_str());
                return FileLock();
            }
            if (stop != nullptr && stop->load()) return Error{Code::kInternal, "The wait for a lock was stopped."};
            if (limit && std::chrono::steady_clock::now() - start > *limit)
                return Error{Code::kTimedOut, "Another process holds " + path.string() + " for too long."};
            std::this_thread::sleep_for(kPoll);
            if (!still_named(file, path)) break;
        }
        if (still_named(file, path)) return FileLock(std::move(file));
    }
}

}  // namespace mirfa::client
