// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>

#include "base/bytes.h"

namespace mirfa::git::detail {

/// git's own rule: a NUL among the first 8,000 octets.
inline bool is_binary(ByteView content) {
    const auto head = content.first(std::min<std::size_t>(content.size(), 8'000));
    return std::find(head.begin(), head.end(), 0) != head.end();
}

/// No path is longer; without this a deep chain of folders with long names would cost the square of its depth.
inline constexpr std::size_t kMaxPathOctets = 4'096;
/// Folders deeper than this cannot be named by such a path; recursion ends here.
inline constexpr int kMaxFolderDepth = 2'048;

}  // namespace mirfa::git::detail
