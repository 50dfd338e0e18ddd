// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mirfa::program {

/// Loads all libraries whose loading is delayed (mirfa_delay in cmake/Delayed.cmake; decision 0021), so that none is missed
/// later. Each is started by the first call of one of its functions, which otherwise loads it too, and ends the program
/// when that fails.
///
/// Fails:   false when one cannot be loaded, after saying which and why on standard error.
/// Threads: any.
bool load_delayed_libraries();

}  // namespace mirfa::program
