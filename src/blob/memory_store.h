// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "blob/store.h"

namespace mirfa::blob {

/// A store that forgets everything with its process: for tests.
std::unique_ptr<Store> make_memory_store();

}  // namespace mirfa::blob
