// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/outcome.h>

#include "base/result.h"

/// Where the library's own results become those of its public headers.
namespace mirfa::client {

Failure to_failure(const Error& error);

template <class T>
Outcome<T> to_outcome(Result<T> result) {
    if (!result.has_value()) return to_failure(result.error());
    if constexpr (std::is_void_v<T>)
        return {};
    else
        return std::move(result).value();
}

}  // namespace mirfa::client
