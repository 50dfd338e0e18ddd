// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "base/testing/power.h"
#include "blob/file_system.h"

namespace mirfa::blob {

/// A disk that does only what was promised: at a power cut it forgets octets that were not synced, and names whose folder
/// was not synced. It works on real files, so that they can be read while "the machine is on", and must see every change
/// below its folder (what is removed past it may come back at the cut). Threads: any.
class ForgetfulFiles final : public FileSystem {
public:
    /// What happens at the power cut to names that were not synced. A real disk may do either with each of them.
    enum class Unsynced { kLost, kKept };

    /// Takes: an empty folder; beside it a folder with `.inodes` at its name is used. `power` is that of the machine, when
    /// it has other disks too; it must outlive this.
    explicit ForgetfulFiles(std::filesystem::path folder, Power* power = nullptr);
    ~ForgetfulFiles() override;

    /// The machine stops after `changes` more changes: all later ones fail and change nothing.
    void stop_after(std::uint64_t changes);
    bool stopped() const;
    /// Leaves on the disk what a power cut would. Open files fail from then on; new ones work again.
    void cut_power(Unsynced names);
    /// Syncs fail from now on, as with a broken disk.
    void break_syncs();
    /// Only so many octets can be written from now on.
    void fill_after(std::uint64_t octets);

    Result<std::unique_ptr<OutputFile>> create(const std::filesystem::path& path) override;
    Result<void> link(const std::filesystem::path& from, const std::filesystem::path& to) override;
    Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
    Result<bool> remove(const std::filesystem::path& path) override;
    Result<void> make_folder(const std::filesystem::path& path) override;
    Result<void> sync_folder(const std::filesystem::path& path) override;

private:
    class Output;
    using Names = std::map<std::string, std::uint64_t>;  ///< path to inode number

    Result<void> append(std::uint64_t inode, std::uint64_t epoch, OutputFile& file, ByteView bytes);
    Result<void> sync(std::uint64_t inode, std::uint64_t epoch);
    std::filesystem::path inode_path(std::uint64_t inode) const;
    void put_back(const Names& names, const std::set<std::string>& folders);

    const std::filesystem::path folder_;
    Power own_power_;
    Power& power_;
    mutable std::mutex mutex_;
    // All below is guarded by mutex_.
    Names names_;
    Names durable_names_;
    std::set<std::string> folders_;  ///< made below folder_
    std::set<std::string> durable_folders_;
    std::map<std::uint64_t, std::uint64_t> written_;  ///< octets by inode
    std::map<std::uint64_t, std::uint64_t> synced_;
    std::uint64_t next_inode_ = 1;
    std::uint64_t epoch_ = 0;  ///< power cuts so far
    std::optional<std::uint64_t> space_left_;
    bool syncs_fail_ = false;
};

}  // namespace mirfa::blob
