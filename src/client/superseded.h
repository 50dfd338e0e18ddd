// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mirfa::client {

/// Files of checkpoints that give way when `added` is there too, so that the newest `keep` of its kind stay.
///
/// Of its kind are folders at the root whose names differ from it in their last number alone (`checkpoint-100`,
/// `checkpoint-200`); the newest have the largest numbers, and `added` itself always stays. A name without a number is no
/// kind: nothing gives way to it. Takes: all paths of the repository; `keep` from 1.
std::vector<std::string> superseded_files(const std::vector<std::string>& paths, std::string_view added, std::size_t keep);

}  // namespace mirfa::client
