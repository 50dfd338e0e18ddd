// SPDX-License-Identifier: Apache-2.0
#include "client/part_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/cache_layout.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;

}  // namespace

Result<PartFile> PartFile::open(const fs::path& path, bool resume) {
    TRY(make_folders(path.parent_path()));
    if (resume) {
        File file(::open(path.c_str(), kFlags, 0666));
        // Its own lock, because the lock of the blob is only there to save bandwidth.
        if (file && ::flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0) {
            TRY(const auto bytes, file.size());
            return PartFile(path, std::move(file), bytes, true);
        }
    }
    const fs::path own = path.string() + "." + random_suffix();
    File file(::open(own.c_str(), kFlags | O_EXCL, 0666));
    if (!file) return system_error("writing " + own.string(), errno);
    return PartFile(own, std::move(file), 0, false);
}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::move(other.file_)),
      bytes_(other.bytes_),
      shared_(other.shared_),
      kept_(other.kept_) {
    other.path_.clear();
}

PartFile::~PartFile() {
    if (!path_.empty() && !(kept_ && bytes_ > 0)) ::unlink(path_.c_str());
}

Result<void> PartFile::replay(ByteSink& into) const {
    Bytes buffer(1u << 20);
    for (std::uint64_t at = 0; at < bytes_;) {
        const auto want = std::min<std::uint64_t>(buffer.size(), bytes_ - at);
        TRY(file_.read_exactly_at(at, ByteSpan(buffer).first(want)));
        TRY(into.write(ByteView(buffer).first(want)));
        at += want;
    }
    return ok();
}

Result<void> PartFile::append(ByteView bytes) {
    TRY(file_.write_at(bytes_, bytes));
    bytes_ += bytes.size();
    return ok();
}

Result<void> PartFile::start_over() {
    ::unlink(path_.c_str());
    TRY(auto fresh, PartFile::open(path_, false));
    path_ = std::exchange(fresh.path_, {});
    file_ = std::move(fresh.file_);
    bytes_ = 0;
    shared_ = false;
    return ok();
}

Result<void> PartFile::publish(const fs::path& target) {
    TRY(file_.sync());
    if (::rename(path_.c_str(), target.c_str()) != 0) return system_error("writing " + target.string(), errno);
    path_.clear();
    return ok();
}

}  // namespace mirfa::client
