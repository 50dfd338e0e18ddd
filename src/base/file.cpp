// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/random.h"

namespace mirfa {
namespace fs = std::filesystem;
namespace {

Error file_error(std::string_view what, const fs::path& path, int number) {
    auto text = std::string(what) + " " + path.string();
    if (number == ENOENT) return Error{Code::kNotFound, "A file does not exist.", Reason::kNone, text};
    if (number == EEXIST) return Error{Code::kAlreadyExists, "A file exists already.", Reason::kNone, text};
    return system_error(text, number);
}

Result<File> open_file(const fs::path& path, int flags) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (descriptor < 0) return file_error("open", path, errno);
    return File(descriptor);
}

}  // namespace

File::~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
}
File::File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

Result<File> File::open_to_read(const fs::path& path) { return open_file(path, O_RDONLY); }
Result<File> File::create_new(const fs::path& path) { return open_file(path, O_RDWR | O_CREAT | O_EXCL); }
Result<File> File::open_to_write(const fs::path& path) { return open_file(path, O_RDWR | O_CREAT); }

Result<std::uint64_t> File::size() const {
    struct stat info {};
    if (::fstat(descriptor_, &info) != 0) return system_error("fstat", errno);
    return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> File::read_at(std::uint64_t offset, ByteSpan into) const {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto got = ::pread(descriptor_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("pread", errno);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

Result<void> File::read_exactly_at(std::uint64_t offset, ByteSpan into) const {
    TRY(const auto got, read_at(offset, into));
    if (got != into.size()) return Error{Code::kCorrupt, "A stored file is shorter than recorded."};
    return ok();
}

Result<void> File::append(ByteView bytes) {
    while (!bytes.empty()) {
        const auto wrote = ::write(descriptor_, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return system_error("write", errno);
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    }
    return ok();
}

Result<void> File::write_at(std::uint64_t offset, ByteView bytes) {
    while (!bytes.empty()) {
        const auto wrote = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return system_error("pwrite", errno);
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        offset += static_cast<std::uint64_t>(wrote);
    }
    return ok();
}

Result<void> File::sync() {
    if (::fdatasync(descriptor_) != 0) return system_error("fdatasync", errno);
    return ok();
}

Result<void> sync_folder(const fs::path& folder) {
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!file) return file_error("open folder", folder, errno);
    if (::fsync(file.descriptor()) != 0) return file_error("fsync folder", folder, errno);
    return ok();
}

Result<void> rename_durably(const fs::path& from, const fs::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) return file_error("rename to", to, errno);
    TRY(sync_folder(to.parent_path()));
    if (from.parent_path() != to.parent_path()) return sync_folder(from.parent_path());
    return ok();
}

Result<void> ensure_folder(const fs::path& folder) {
    if (folder.empty() || fs::is_directory(folder)) return ok();
    TRY(ensure_folder(folder.parent_path()));
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return file_error("mkdir", folder, errno);
    return sync_folder(folder.has_parent_path() ? folder.parent_path() : fs::path("."));
}

Result<std::string> read_small_file(const fs::path& path, std::size_t limit) {
    TRY(auto file, File::open_to_read(path));
    TRY(const auto size, file.size());
    if (size > limit) return Error{Code::kTooLarge, "A file is larger than expected.", Reason::kNone, path.string()};
    std::string text(size, '\0');
    TRY(file.read_exactly_at(0, {reinterpret_cast<Byte*>(text.data()), text.size()}));
    return text;
}

Result<void> write_small_file(const fs::path& path, std::string_view text) {
    const fs::path aside = path.string() + "." + random_alphanumeric(8) + ".new";
    {
        TRY(auto file, File::create_new(aside));
        TRY(file.append(as_bytes(text)));
        TRY(file.sync());
    }
    return rename_durably(aside, path);
}

Result<std::uint64_t> free_space(const fs::path& path) {
    struct statvfs info {};
    if (::statvfs(path.c_str(), &info) != 0) return file_error("statvfs", path, errno);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<TemporaryFolder> TemporaryFolder::create(const fs::path& parent) {
    const auto base = parent.empty() ? fs::temp_directory_path() : parent;
    std::string pattern = (base / "mirfa-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) return file_error("mkdtemp", pattern, errno);
    return TemporaryFolder(pattern);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
}
TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
TemporaryFolder& TemporaryFolder::operator=(TemporaryFolder&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
}

}  // namespace mirfa
