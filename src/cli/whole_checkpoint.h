// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "base/result.h"

namespace mirfa::cli {

/// Are these files complete, as far as their own heads, directories and indexes tell? Weights of a known format must open,
/// archives of torch must end, an index must find every shard with every tensor, and no `-of-00003` may be missing. What has
/// another format passes. Reads heads, not weights. Fails: kInvalidArgument naming the file and what is wrong with it.
Result<void> check_whole(const std::vector<std::filesystem::path>& files);

}  // namespace mirfa::cli
