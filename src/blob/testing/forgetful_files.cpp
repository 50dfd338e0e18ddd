// SPDX-License-Identifier: Apache-2.0
#include "blob/testing/forgetful_files.h"

#include <cerrno>

namespace mirfa::blob {
namespace fs = std::filesystem;
namespace {

bool lies_in(const std::string& path, const fs::path& folder) { return fs::path(path).parent_path() == folder; }

/// Makes `durable` equal to `now` for what lies directly in the folder.
template <class Container>
void copy_names(const Container& now, Container& durable, const fs::path& folder) {
    const auto path_of = [](const auto& entry) -> const std::string& {
        if constexpr (std::is_same_v<std::decay_t<decltype(entry)>, std::string>)
            return entry;
        else
            return entry.first;
    };
    std::erase_if(durable, [&](const auto& entry) { return lies_in(path_of(entry), folder); });
    for (const auto& entry : now)
        if (lies_in(path_of(entry), folder)) durable.insert(entry);
}

}  // namespace

class ForgetfulFiles::Output final : public OutputFile {
public:
    Output(ForgetfulFiles& files, std::uint64_t inode, std::uint64_t epoch, std::unique_ptr<OutputFile> real)
        : files_(files), inode_(inode), epoch_(epoch), real_(std::move(real)) {}
    Result<void> append(ByteView bytes) override { return files_.append(inode_, epoch_, *real_, bytes); }
    Result<void> sync() override { return files_.sync(inode_, epoch_); }

private:
    ForgetfulFiles& files_;
    const std::uint64_t inode_;
    const std::uint64_t epoch_;
    const std::unique_ptr<OutputFile> real_;
};

ForgetfulFiles::ForgetfulFiles(fs::path folder, Power* power)
    : folder_(std::move(folder)), power_(power != nullptr ? *power : own_power_) {
    fs::create_directory(folder_.string() + ".inodes");
}

ForgetfulFiles::~ForgetfulFiles() {
    std::error_code ignored;
    fs::remove_all(folder_.string() + ".inodes", ignored);
}

fs::path ForgetfulFiles::inode_path(std::uint64_t inode) const {
    return fs::path(folder_.string() + ".inodes") / std::to_string(inode);
}

void ForgetfulFiles::stop_after(std::uint64_t changes) { power_.stop_after(changes); }

bool ForgetfulFiles::stopped() const { return power_.is_off(); }

void ForgetfulFiles::break_syncs() {
    const std::lock_guard lock(mutex_);
    syncs_fail_ = true;
}

void ForgetfulFiles::fill_after(std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    space_left_ = octets;
}

Result<std::unique_ptr<OutputFile>> ForgetfulFiles::create(const fs::path& path) {
    const std::lock_guard lock(mutex_);
    TRY(power_.begin_change());
    TRY(auto real, real_file_system().create(path));
    const auto inode = next_inode_++;
    TRY(real_file_system().link(path, inode_path(inode)));
    names_[path] = inode;
    return std::unique_ptr<OutputFile>(new Output(*this, inode, epoch_, std::move(real)));
}

Result<void> ForgetfulFiles::append(std::uint64_t inode, std::uint64_t epoch, OutputFile& file, ByteView bytes) {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_) return Power::off();
    TRY(power_.begin_change());
    if (space_left_ && *space_left_ < bytes.size()) return system_error("write", ENOSPC);
    if (space_left_) *space_left_ -= bytes.size();
    TRY(file.append(bytes));
    written_[inode] += bytes.size();
    return ok();
}

Result<void> ForgetfulFiles::sync(std::uint64_t inode, std::uint64_t epoch) {
    const std::lock_guard lock(mutex_);
    if (epoch != epoch_) return Power::off();
    TRY(power_.begin_change());
    if (syncs_fail_) return system_error("fdatasync", EIO);
    synced_[inode] = written_[inode];  // no more is needed: this machine's power is not what is cut
    return ok();
}

Result<void> ForgetfulFiles::link(const fs::path& from, const fs::path& to) {
    const std::lock_guard lock(mutex_);
    TRY(power_.begin_change());
    TRY(real_file_system().link(from, to));
    names_[to] = names_.at(from);
    return ok();
}

Result<void> ForgetfulFiles::rename(const fs::path& from, const fs::path& to) {
    const std::lock_guard lock(mutex_);
    TRY(power_.begin_change());
    TRY(real_file_system().rename(from, to));
    names_[to] = names_.at(from);
    names_.erase(from);
    return ok();
}

Result<bool> ForgetfulFiles::remove(const fs::path& path) {
    const std::lock_guard lock(mutex_);
    TRY(power_.begin_change());
    names_.erase(path);
    return real_file_system().remove(path);
}

Result<void> ForgetfulFiles::make_folder(const fs::path& path) {
    const std::lock_guard lock(mutex_);
    TRY(power_.begin_change());
    if (!fs::exists(path)) folders_.insert(path);
    return real_file_system().make_folder(path);
}

Result<void> ForgetfulFiles::sync_folder(const fs::path& path) {
    const std::lock_guard lock(mutex_);
    TRY(power_.begin_change());
    if (syncs_fail_) return system_error("fsync", EIO);
    copy_names(names_, durable_names_, path);
    copy_names(folders_, durable_folders_, path);
    return ok();
}

void ForgetfulFiles::cut_power(Unsynced names) {
    const std::lock_guard lock(mutex_);
    if (names == Unsynced::kLost) {
        names_ = durable_names_;
        folders_ = durable_folders_;
    }
    const auto is_lost = [&](const std::string& path) {  // with the folder it is in
        const auto parent = fs::path(path).parent_path();
        return parent != folder_ && !folders_.contains(parent.string());
    };
    std::erase_if(folders_, is_lost);
    std::erase_if(names_, [&](const auto& entry) { return is_lost(entry.first); });
    put_back(names_, folders_);
    durable_names_ = names_;
    durable_folders_ = folders_;
    ++epoch_;
    power_.restore();
    space_left_.reset();
    syncs_fail_ = false;
}

/// Leaves exactly these names and folders, each file as long as it was synced.
void ForgetfulFiles::put_back(const Names& names, const std::set<std::string>& folders) {
    for (const auto& entry : fs::directory_iterator(folder_)) fs::remove_all(entry.path());
    for (const auto& path : folders) fs::create_directories(path);
    for (const auto& [path, inode] : names) {
        fs::resize_file(inode_path(inode), synced_[inode]);
        written_[inode] = synced_[inode];
        fs::create_hard_link(inode_path(inode), path);
    }
}

}  // namespace mirfa::blob
