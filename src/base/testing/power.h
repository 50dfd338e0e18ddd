// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>

#include "base/result.h"

namespace mirfa {

/// The power of a machine in a test. All its disks ask before each change, so that one cut stops them at one moment.
/// Threads: any.
class Power {
public:
    /// Every change after `changes` more of them fails, on every disk.
    void stop_after(std::uint64_t changes) {
        const std::lock_guard lock(mutex_);
        left_ = changes;
    }
    bool is_off() const {
        const std::lock_guard lock(mutex_);
        return left_ && *left_ == 0;
    }
    void restore() {
        const std::lock_guard lock(mutex_);
        left_.reset();
    }
    /// Fails: kInternal when the power is off: nothing may change any more.
    Result<void> begin_change() {
        const std::lock_guard lock(mutex_);
        if (!left_) return ok();
        if (*left_ == 0) return off();
        --*left_;
        return ok();
    }
    static Error off() { return Error{Code::kInternal, "The machine has stopped."}; }

private:
    mutable std::mutex mutex_;
    std::optional<std::uint64_t> left_;  // guarded by mutex_; nothing: as many as there are
};

}  // namespace mirfa
