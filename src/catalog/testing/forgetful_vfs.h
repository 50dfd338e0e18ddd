// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "base/testing/power.h"

namespace mirfa::catalog {

/// A file system for SQLite that does only what was promised: at a power cut it forgets what was written after the last
/// sync, and names whose folder was not synced. It works on real files, so that readers see what writers wrote while
/// "the machine is on". Threads: any.
class ForgetfulVfs {
public:
    /// What happens at the power cut to what was not synced. A real disk may do any of these, with each sector for itself.
    enum class Unsynced { kLost, kKept, kSome };

    /// Registers itself under name(). Takes: an empty folder, in which only databases of this file system lie.
    ForgetfulVfs(std::filesystem::path folder, Power& power);
    ~ForgetfulVfs();
    ForgetfulVfs(const ForgetfulVfs&) = delete;
    ForgetfulVfs& operator=(const ForgetfulVfs&) = delete;

    /// For open_sqlite().
    const char* name() const;
    /// Leaves on the disk what a power cut would. All connections must be closed, and the power must have been off before
    /// they were: closing tidies up. `seed` chooses for kSome. The power is on again afterwards.
    void cut_power(Unsynced unsynced, unsigned seed = 0);

    class Disk;

private:
    std::unique_ptr<Disk> disk_;
};

}  // namespace mirfa::catalog
