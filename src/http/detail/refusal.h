// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/error.h"

namespace mirfa::http::detail {

/// A request that the server itself turns down: the status line it deserves, and the error for App::refuse.
struct Refusal {
    int status = 400;
    Error error;
};

inline Refusal bad_request(std::string message) { return {400, {Code::kInvalidArgument, std::move(message)}}; }

}  // namespace mirfa::http::detail
