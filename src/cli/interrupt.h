// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace mirfa::cli {

/// From the first call on Ctrl-C asks what runs to stop, by this flag; the second Ctrl-C ends the program.
const std::atomic<bool>& stop_on_interrupt();
bool was_interrupted();

}  // namespace mirfa::cli
