// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace mirfa::client {

/// Does `work(0)` … `work(count - 1)` on up to `workers` threads, this one among them, in about that order. After a failure
/// none is begun any more. Gives the first failure; returns when all threads have ended.
Result<void> in_parallel(std::size_t count, std::size_t workers, const std::function<Result<void>(std::size_t)>& work);

}  // namespace mirfa::client
