// SPDX-License-Identifier: Apache-2.0
// Each file is a durable image and the changes made to it since its last sync; the real file is both together. Like
// SQLite's own file system on Unix, the first sync of a new journal or write-ahead log also syncs the folder it is in.
#include "catalog/testing/forgetful_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <vector>

namespace mirfa::catalog {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kSector = 512;  // what a disk writes whole or not at all
constexpr int kJournals = SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL;

/// Octets at a place in one sector, or a new length.
struct Change {
    std::size_t offset = 0;
    std::string octets;
    bool truncates = false;

    void apply_to(std::string& image) const {
        if (truncates) return image.resize(offset);
        if (image.size() < offset + octets.size()) image.resize(offset + octets.size());
        std::memcpy(image.data() + offset, octets.data(), octets.size());
    }
};

struct Inode {
    std::string durable;
    std::vector<Change> unsynced;

    void write(const char* octets, std::size_t count, std::size_t offset) {
        while (count > 0) {
            const std::size_t piece = std::min(count, kSector - offset % kSector);
            unsynced.push_back({offset, std::string(octets, piece), false});
            octets += piece;
            offset += piece;
            count -= piece;
        }
    }
    void sync() {
        for (const auto& change : unsynced) change.apply_to(durable);
        unsynced.clear();
    }
};

using Names = std::map<std::string, std::shared_ptr<Inode>>;

}  // namespace

class ForgetfulVfs::Disk {
public:
    Disk(fs::path folder, Power& power);
    ~Disk() { sqlite3_vfs_unregister(&vfs_); }

    const char* name() const { return name_.c_str(); }
    void cut_power(Unsynced unsynced, unsigned seed);

    int open(const char* path, sqlite3_file* file, int flags, int* given_flags);
    int remove(const char* path, bool sync_folder);
    int write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset);
    int truncate(sqlite3_file* file, sqlite3_int64 size);
    int sync(sqlite3_file* file, int flags);

    sqlite3_vfs* real() { return real_; }

private:
    const fs::path folder_;
    Power& power_;
    sqlite3_vfs* const real_ = sqlite3_vfs_find("unix");
    std::string name_;
    sqlite3_vfs vfs_{};
    std::mutex mutex_;
    Names names_;          // guarded by mutex_
    Names durable_names_;  // guarded by mutex_
};

namespace {

using Disk = ForgetfulVfs::Disk;

/// What SQLite allocates for an open file; the real one follows it in memory.
struct OpenFile {
    sqlite3_file base;
    Disk* disk;
    Inode* inode;  ///< null for files that need not outlive the power; kept alive by `keep`
    std::shared_ptr<Inode>* keep;
    bool syncs_folder;
};

OpenFile* mine(sqlite3_file* file) { return reinterpret_cast<OpenFile*>(file); }
sqlite3_file* real_file(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(mine(file) + 1); }
const sqlite3_io_methods* real_methods(sqlite3_file* file) { return real_file(file)->pMethods; }

int file_close(sqlite3_file* file) {
    delete mine(file)->keep;
    mine(file)->keep = nullptr;
    return real_methods(file)->xClose(real_file(file));
}
int file_read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
    return real_methods(file)->xRead(real_file(file), into, count, offset);
}
int file_write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
    return mine(file)->disk->write(file, octets, count, offset);
}
int file_truncate(sqlite3_file* file, sqlite3_int64 size) { return mine(file)->disk->truncate(file, size); }
int file_sync(sqlite3_file* file, int flags) { return mine(file)->disk->sync(file, flags); }
int file_size(sqlite3_file* file, sqlite3_int64* size) { return real_methods(file)->xFileSize(real_file(file), size); }
int file_lock(sqlite3_file* file, int level) { return real_methods(file)->xLock(real_file(file), level); }
int file_unlock(sqlite3_file* file, int level) { return real_methods(file)->xUnlock(real_file(file), level); }
int file_check_lock(sqlite3_file* file, int* held) { return real_methods(file)->xCheckReservedLock(real_file(file), held); }
int file_control(sqlite3_file* file, int operation, void* argument) {
    return real_methods(file)->xFileControl(real_file(file), operation, argument);
}
int file_sector_size(sqlite3_file* file) { return real_methods(file)->xSectorSize(real_file(file)); }
int file_characteristics(sqlite3_file* file) { return real_methods(file)->xDeviceCharacteristics(real_file(file)); }
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** into) {
    return real_methods(file)->xShmMap(real_file(file), page, size, extend, into);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags) {
    return real_methods(file)->xShmLock(real_file(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { real_methods(file)->xShmBarrier(real_file(file)); }
int shm_unmap(sqlite3_file* file, int drop) { return real_methods(file)->xShmUnmap(real_file(file), drop); }

/// Version 2: with shared memory, without mapped files, whose changes nobody would see.
constexpr sqlite3_io_methods kMethods = {
    2,           file_close,      file_read,    file_write,       file_truncate,        file_sync, file_size, file_lock,
    file_unlock, file_check_lock, file_control, file_sector_size, file_characteristics, shm_map,   shm_lock,  shm_barrier,
    shm_unmap,   nullptr,         nullptr};

Disk* disk_of(sqlite3_vfs* vfs) { return static_cast<Disk*>(vfs->pAppData); }

}  // namespace

ForgetfulVfs::Disk::Disk(fs::path folder, Power& power) : folder_(std::move(folder)), power_(power) {
    static std::atomic<int> count = 0;
    name_ = "forgetful-" + std::to_string(++count);
    vfs_ = *real_;  // everything about names, chance and time as it is
    vfs_.pNext = nullptr;
    vfs_.zName = name_.c_str();
    vfs_.szOsFile = static_cast<int>(sizeof(OpenFile)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = [](sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* given) {
        return disk_of(vfs)->open(path, file, flags, given);
    };
    vfs_.xDelete = [](sqlite3_vfs* vfs, const char* path, int sync) { return disk_of(vfs)->remove(path, sync != 0); };
    vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* result) {
        auto* real = disk_of(vfs)->real();
        return real->xAccess(real, path, flags, result);
    };
    vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int room, char* into) {
        auto* real = disk_of(vfs)->real();
        return real->xFullPathname(real, path, room, into);
    };
    sqlite3_vfs_register(&vfs_, 0);
}

int ForgetfulVfs::Disk::open(const char* path, sqlite3_file* file, int flags, int* given_flags) {
    OpenFile* opened = mine(file);
    *opened = OpenFile{{nullptr}, this, nullptr, nullptr, false};
    std::memset(opened + 1, 0, static_cast<std::size_t>(real_->szOsFile));
    const std::lock_guard lock(mutex_);
    const bool tracked = path != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | kJournals)) != 0;
    if (tracked && !names_.contains(path)) {
        if ((flags & SQLITE_OPEN_CREATE) == 0 || !power_.begin_change().has_value()) return SQLITE_CANTOPEN;
        names_[path] = std::make_shared<Inode>();
    }
    const int status = real_->xOpen(real_, path, real_file(file), flags, given_flags);
    if (status != SQLITE_OK) return status;
    if (tracked) {
        opened->keep = new std::shared_ptr<Inode>(names_.at(path));
        opened->inode = opened->keep->get();
        opened->syncs_folder = (flags & SQLITE_OPEN_CREATE) != 0 && (flags & kJournals) != 0;
    }
    opened->base.pMethods = &kMethods;
    return SQLITE_OK;
}

int ForgetfulVfs::Disk::remove(const char* path, bool sync_folder) {
    const std::lock_guard lock(mutex_);
    if (!power_.begin_change().has_value()) return SQLITE_IOERR_DELETE;
    const int status = real_->xDelete(real_, path, 0);
    if (status != SQLITE_OK) return status;
    names_.erase(path);
    if (sync_folder) durable_names_ = names_;
    return SQLITE_OK;
}

int ForgetfulVfs::Disk::write(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
    const std::lock_guard lock(mutex_);
    if (mine(file)->inode != nullptr) {
        if (!power_.begin_change().has_value()) return SQLITE_IOERR_WRITE;
        mine(file)->inode->write(static_cast<const char*>(octets), static_cast<std::size_t>(count),
                                 static_cast<std::size_t>(offset));
    }
    return real_methods(file)->xWrite(real_file(file), octets, count, offset);
}

int ForgetfulVfs::Disk::truncate(sqlite3_file* file, sqlite3_int64 size) {
    const std::lock_guard lock(mutex_);
    if (mine(file)->inode != nullptr) {
        if (!power_.begin_change().has_value()) return SQLITE_IOERR_TRUNCATE;
        mine(file)->inode->unsynced.push_back({static_cast<std::size_t>(size), "", true});
    }
    return real_methods(file)->xTruncate(real_file(file), size);
}

int ForgetfulVfs::Disk::sync(sqlite3_file* file, int) {
    const std::lock_guard lock(mutex_);
    if (mine(file)->inode == nullptr) return SQLITE_OK;
    if (!power_.begin_change().has_value()) return SQLITE_IOERR_FSYNC;
    mine(file)->inode->sync();
    if (mine(file)->syncs_folder) durable_names_ = names_;
    mine(file)->syncs_folder = false;
    return SQLITE_OK;
}

void ForgetfulVfs::Disk::cut_power(Unsynced unsynced, unsigned seed) {
    const std::lock_guard lock(mutex_);
    std::mt19937 random(seed);
    const auto survives = [&] { return unsynced == Unsynced::kKept || (unsynced == Unsynced::kSome && random() % 2 == 0); };
    Names left;
    for (const auto& [path, inode] : durable_names_)  // a removal is a change too
        if (names_.contains(path) || !survives()) left[path] = inode;
    for (const auto& [path, inode] : names_)
        if (survives()) left[path] = inode;
    for (const auto& entry : fs::directory_iterator(folder_)) fs::remove(entry.path());
    for (const auto& [path, inode] : left) {
        for (const auto& change : inode->unsynced)
            if (survives()) change.apply_to(inode->durable);
        inode->unsynced.clear();
        std::ofstream(path, std::ios::binary) << inode->durable;
    }
    names_ = durable_names_ = std::move(left);
    power_.restore();
}

ForgetfulVfs::ForgetfulVfs(fs::path folder, Power& power) : disk_(std::make_unique<Disk>(std::move(folder), power)) {}
ForgetfulVfs::~ForgetfulVfs() = default;
const char* ForgetfulVfs::name() const { return disk_->name(); }
void ForgetfulVfs::cut_power(Unsynced unsynced, unsigned seed) { disk_->cut_power(unsynced, seed); }

}  // namespace mirfa::catalog
