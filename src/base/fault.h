// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa {

/// A place at which the crash tests end the process as a power cut would: at once, with nothing tidied up. Points stand
/// at namespace scope of the files that reach them and register themselves, so the list of all is the program's own.
///
/// The environment MIRFA_FAULT=NAME ends the process the first time it reaches the point, NAME:3 the third time.
/// Costs a look at one flag when it is not set. Threads: any.
class FaultPoint {
public:
    explicit FaultPoint(const char* name);
    void reach() const {
        if (armed_) count_down();
    }

private:
    void count_down() const;
    bool armed_;
};

/// Names of all points in this program, sorted.
std::vector<std::string_view> fault_points();
/// A mistyped name would be a test that passes because nothing happens.
/// Fails: kInvalidArgument when MIRFA_FAULT names no point, with the names of all, one on a line.
Result<void> check_fault_setting();

}  // namespace mirfa
