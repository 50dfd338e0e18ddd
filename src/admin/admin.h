// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace mirfa::admin {

/// `mirfa admin …`: works on the data folder as another node would, also while the server runs.
/// Gives the exit status: 0, 1 for what failed, 2 for what was asked wrongly.
int run(const std::vector<std::string>& arguments);

}  // namespace mirfa::admin
