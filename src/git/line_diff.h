// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"

namespace mirfa::git {

/// A run of lines that two texts have in common; lines count from 0.
struct CommonLines {
    std::size_t before = 0;  ///< where it begins in the older text
    std::size_t after = 0;   ///< and in the newer one
    std::size_t count = 0;
    bool operator==(const CommonLines&) const = default;
};

/// Lines of a text; what stands behind its last newline is one too.
std::size_t count_lines(ByteView text);
/// What `git diff` leaves as it was, in order. Together with what it removes and adds, that is all of both texts.
Result<std::vector<CommonLines>> common_lines(ByteView before, ByteView after);

}  // namespace mirfa::git
