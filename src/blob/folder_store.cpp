// SPDX-License-Identifier: Apache-2.0
// A blob becomes visible in one step: written aside in tmp/, synced, linked to its name, its folder synced. A power cut
// leaves either the whole blob or a file in tmp/. link() and not rename(), because the first of two writers' files must
// stay (see BlobWriter::publish). A folder that is there may still be lost, when whoever made it has not synced its name
// yet; so each process syncs the names of the 512 folders itself, once, before it relies on them.
#include "blob/folder_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>
#include <set>

#include "base/fault.h"
#include "base/log.h"
#include "base/random.h"

namespace mirfa::blob {
namespace fs = std::filesystem;
namespace {

const FaultPoint kBeforeSync("store-before-sync");
const FaultPoint kBeforeLink("store-before-link");
const FaultPoint kAfterLink("store-after-link");
const FaultPoint kBlobDurable("store-blob-durable");
const FaultPoint kBeforePart("store-before-part");
const FaultPoint kPartDurable("store-part-durable");

constexpr const char* kKinds[] = {"raw", "xorb"};
constexpr const char* kTemporary = "tmp";
constexpr const char* kUploads = "upload";

/// `ab/abcd…`: 256 folders of each kind keep a folder below 100,000 names up to some 1.5 PB of xorbs.
fs::path path_below(const fs::path& folder, const BlobKey& key) {
    const std::string text = key.text();
    const auto slash = text.find('/');
    const std::string name = text.substr(slash + 1);
    return folder / text.substr(0, slash) / name.substr(0, 2) / name;
}

/// What the store shares with its writers, which may live longer.
class Disk {
public:
    Disk(fs::path folder, FileSystem& files) : folder_(std::move(folder)), files_(files) {}

    FileSystem& files() { return files_; }
    fs::path path_of(const BlobKey& key) const { return path_below(folder_, key); }
    fs::path top(std::string_view name) const { return folder_ / name; }
    fs::path upload_folder(std::string_view upload) const { return folder_ / kUploads / upload; }
    fs::path new_temporary() const { return folder_ / kTemporary / random_alphanumeric(20); }

    Result<void> check_writable() const {
        if (!broken_) return ok();
        return Error{Code::kUnavailable,
                     "The store has failed to write and takes nothing more until the server is started again."};
    }
    /// Passes on how a sync went, and remembers when it failed. A full disk is no riddle: what it refused is dropped.
    Result<void> after_sync(Result<void> outcome) {
        if (outcome.has_value() || outcome.error().code == Code::kOutOfSpace) return outcome;
        broken_ = true;
        log(LogLevel::kError, "store: writing failed, nothing more is taken: {}", describe(outcome.error()));
        return outcome;
    }

    /// Makes the folder for a blob, durably.
    Result<void> ensure_shard(const fs::path& shard) {
        const std::lock_guard lock(mutex_);
        if (ensured_.contains(shard)) return ok();
        TRY(files_.make_folder(shard));
        TRY(after_sync(files_.sync_folder(shard.parent_path())));
        ensured_.insert(shard);
        return ok();
    }

private:
    const fs::path folder_;
    FileSystem& files_;
    std::atomic<bool> broken_ = false;
    std::mutex mutex_;
    std::set<fs::path> ensured_;  // guarded by mutex_
};
using SharedDisk = std::shared_ptr<Disk>;

class FolderBlob final : public Blob {
public:
    FolderBlob(std::shared_ptr<const File> file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
    std::uint64_t size() const override { return size_; }
    Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) const override { return file_->read_at(offset, into); }
    std::shared_ptr<const File> file() const override { return file_; }

private:
    std::shared_ptr<const File> file_;
    const std::uint64_t size_;
};

/// A file in tmp/. Its name there goes with it; what it was linked to stays.
class Unfinished {
public:
    static Result<Unfinished> create(SharedDisk disk) {
        TRY(disk->check_writable());
        Unfinished made(std::move(disk));
        TRY(made.file_, made.disk_->files().create(made.path_));
        return made;
    }
    Unfinished(Unfinished&&) = default;
    ~Unfinished() {
        file_.reset();
        if (disk_) (void)disk_->files().remove(path_);  // drop_stale tries again
    }

    Disk& disk() const { return *disk_; }
    std::uint64_t bytes_written() const { return bytes_written_; }
    Result<void> write(ByteView bytes) {
        TRY(file_->append(bytes));
        bytes_written_ += bytes.size();
        return ok();
    }
    Result<void> sync() {
        TRY(disk_->check_writable());
        return disk_->after_sync(file_->sync());
    }
    Result<void> link_to(const fs::path& target) { return disk_->files().link(path_, target); }
    Result<void> rename_to(const fs::path& target) { return disk_->files().rename(path_, target); }

private:
    explicit Unfinished(SharedDisk disk) : disk_(std::move(disk)), path_(disk_->new_temporary()) {}

    SharedDisk disk_;
    fs::path path_;
    std::unique_ptr<OutputFile> file_;
    std::uint64_t bytes_written_ = 0;
};

class FolderWriter final : public BlobWriter {
public:
    explicit FolderWriter(Unfinished file) : file_(std::move(file)) {}
    Result<void> write(ByteView bytes) override { return file_.write(bytes); }
    std::uint64_t bytes_written() const override { return file_.bytes_written(); }

    Result<bool> publish(const BlobKey& key) override {
        kBeforeSync.reach();
        TRY(file_.sync());
        const auto target = file_.disk().path_of(key);
        TRY(file_.disk().ensure_shard(target.parent_path()));
        kBeforeLink.reach();
        const auto linked = file_.link_to(target);
        if (!linked.has_value() && linked.error().code != Code::kAlreadyExists) return linked.error();
        kAfterLink.reach();
        // Also when another writer was first: it may not have come as far as this yet.
        TRY(file_.disk().after_sync(file_.disk().files().sync_folder(target.parent_path())));
        kBlobDurable.reach();
        return linked.has_value();
    }

private:
    Unfinished file_;
};

class FolderPart final : public PartWriter {
public:
    FolderPart(Unfinished file, fs::path target) : file_(std::move(file)), target_(std::move(target)) {}
    Result<void> write(ByteView bytes) override { return file_.write(bytes); }
    std::uint64_t bytes_written() const override { return file_.bytes_written(); }

    Result<void> keep() override {
        TRY(file_.sync());
        auto& files = file_.disk().files();
        const auto folder = target_.parent_path();
        TRY(files.make_folder(folder));
        kBeforePart.reach();
        TRY(file_.rename_to(target_));
        TRY(file_.disk().after_sync(files.sync_folder(folder)));
        TRY(file_.disk().after_sync(files.sync_folder(folder.parent_path())));
        kPartDurable.reach();
        return ok();
    }

private:
    Unfinished file_;
    const fs::path target_;
};

class FileSource final : public ByteSource {
public:
    explicit FileSource(File file) : file_(std::move(file)) {}
    Result<std::size_t> read(ByteSpan into) override {
        TRY(const auto got, file_.read_at(offset_, into));
        offset_ += got;
        return got;
    }

private:
    File file_;
    std::uint64_t offset_ = 0;
};

/// Names in a folder, sorted; none when it is not there.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
        names.push_back(at->path().filename().string());
    if (failed && failed != std::errc::no_such_file_or_directory)
        return system_error("read folder " + folder.string(), failed.value());
    std::sort(names.begin(), names.end());
    return names;
}

int to_part_number(const std::string& name) {
    int number = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), number);
    return failed == std::errc{} && end == name.data() + name.size() ? number : 0;
}

class FolderStore final : public Store {
public:
    explicit FolderStore(SharedDisk disk) : disk_(std::move(disk)) {}

    Result<std::unique_ptr<BlobWriter>> begin() override {
        TRY(auto file, Unfinished::create(disk_));
        return std::unique_ptr<BlobWriter>(new FolderWriter(std::move(file)));
    }

    Result<std::shared_ptr<Blob>> open(const BlobKey& key) override {
        auto file = File::open_to_read(disk_->path_of(key));
        if (!file.has_value() && file.error().code == Code::kNotFound) return content_missing(key.text());
        if (!file.has_value()) return file.error();
        auto shared = std::make_shared<const File>(std::move(file).value());
        TRY(const auto size, shared->size());
        return std::shared_ptr<Blob>(new FolderBlob(std::move(shared), size));
    }

    Result<std::optional<std::uint64_t>> stat(const BlobKey& key) override {
        struct stat info {};
        if (::stat(disk_->path_of(key).c_str(), &info) == 0) return std::optional<std::uint64_t>(info.st_size);
        if (errno == ENOENT) return std::optional<std::uint64_t>{};
        return system_error("stat " + key.text(), errno);
    }

    Result<bool> remove(const BlobKey& key) override { return disk_->files().remove(disk_->path_of(key)); }

    Result<std::vector<BlobKey>> list(Kind kind, const std::optional<BlobKey>& after, std::size_t limit) override {
        const std::string prefix = kKinds[static_cast<int>(kind)];
        const std::string last = after ? after->text().substr(prefix.size() + 1) : "";
        std::vector<BlobKey> keys;
        TRY(const auto shards, names_in(disk_->top(prefix)));
        for (const auto& shard : shards) {
            if (shard < last.substr(0, 2)) continue;
            TRY(const auto names, names_in(disk_->top(prefix) / shard));
            for (auto name = std::upper_bound(names.begin(), names.end(), last); name != names.end(); ++name) {
                if (keys.size() == limit) return keys;
                if (const auto key = BlobKey::parse(prefix + "/" + *name); key.has_value()) keys.push_back(key.value());
            }
        }
        return keys;
    }

    Result<std::unique_ptr<PartWriter>> begin_part(std::string_view upload, int number) override {
        TRY(check_upload(upload, number));
        TRY(auto file, Unfinished::create(disk_));
        return std::unique_ptr<PartWriter>(
            new FolderPart(std::move(file), disk_->upload_folder(upload) / std::to_string(number)));
    }

    Result<std::vector<Part>> list_parts(std::string_view upload) override {
        TRY(check_upload(upload));
        TRY(const auto names, names_in(disk_->upload_folder(upload)));
        std::vector<Part> parts;
        for (const auto& name : names) {
            struct stat info {};
            const int number = to_part_number(name);
            if (number == 0 || ::stat((disk_->upload_folder(upload) / name).c_str(), &info) != 0) continue;
            parts.push_back({number, static_cast<std::uint64_t>(info.st_size)});
        }
        std::sort(parts.begin(), parts.end(), [](const Part& a, const Part& b) { return a.number < b.number; });
        return parts;
    }

    Result<std::unique_ptr<ByteSource>> open_part(std::string_view upload, int number) override {
        TRY(check_upload(upload, number));
        auto file = File::open_to_read(disk_->upload_folder(upload) / std::to_string(number));
        if (file.has_value()) return std::unique_ptr<ByteSource>(new FileSource(std::move(file).value()));
        if (file.error().code != Code::kNotFound) return file.error();
        return content_missing("part " + std::to_string(number) + " of " + std::string(upload));
    }

    Result<void> drop_upload(std::string_view upload) override {
        TRY(check_upload(upload));
        return drop(disk_->upload_folder(upload));
    }

    Result<void> drop_stale(UnixMillis before) override {
        for (const char* name : {kTemporary, kUploads}) {
            TRY(const auto entries, names_in(disk_->top(name)));
            for (const auto& entry : entries) {
                const auto path = disk_->top(name) / entry;
                struct stat info {};
                if (::stat(path.c_str(), &info) != 0) continue;  // gone meanwhile
                if (info.st_mtim.tv_sec * 1000LL + info.st_mtim.tv_nsec / 1'000'000 < before) TRY(drop(path));
            }
        }
        return ok();
    }

    Result<std::optional<std::uint64_t>> free_bytes() override {
        TRY(const auto free, free_space(disk_->top("")));
        return std::optional<std::uint64_t>(free);
    }

private:
    /// A file, or a folder of files. What a power cut brings back is dropped again later.
    Result<void> drop(const fs::path& path) {
        std::error_code failed;
        fs::remove_all(path, failed);
        if (failed) return system_error("remove " + path.string(), failed.value());
        return ok();
    }

    SharedDisk disk_;
};

Result<void> check_owner(const fs::path& folder) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0) return system_error("stat " + folder.string(), errno);
    if (info.st_uid == ::geteuid()) return ok();
    return Error{Code::kForbidden, "The store folder " + folder.string() + " belongs to another user. Run Mirfa as that user."};
}

Result<void> make_folders(const fs::path& folder, FileSystem& files) {
    for (const char* name : {kKinds[0], kKinds[1], kTemporary, kUploads}) TRY(files.make_folder(folder / name));
    return files.sync_folder(folder);
}

}  // namespace

Result<std::unique_ptr<Store>> open_folder_store(const fs::path& folder, const FolderOptions& options) {
    TRY(ensure_folder(fs::absolute(folder).lexically_normal()));
    TRY(check_owner(folder));
    TRY(make_folders(folder, *options.files));
    auto store = std::make_unique<FolderStore>(std::make_shared<Disk>(folder, *options.files));
    const auto kept = std::chrono::duration_cast<std::chrono::milliseconds>(options.keep_unfinished);
    TRY(store->drop_stale(system_clock().now() - kept.count()));
    return std::unique_ptr<Store>(std::move(store));
}

}  // namespace mirfa::blob
