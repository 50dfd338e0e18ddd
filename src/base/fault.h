// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mirfa {

/// Ends the process at once (as a power cut would) when the environment variable MIRFA_FAULT names this point. The crash
/// tests stop the program at each of them and look what is left. Costs a comparison of two pointers when it is not set.
void fault_point(std::string_view name);

}  // namespace mirfa
