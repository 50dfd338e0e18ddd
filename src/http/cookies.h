// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "http/request.h"

namespace mirfa::http {

/// The value of a cookie of the request (RFC 6265 5.4), without the quotes it may wear. Names are told apart by case.
/// Where a name comes twice the first one counts, which is the one with the longest path.
std::optional<std::string_view> find_cookie(const Headers& headers, std::string_view name);

}  // namespace mirfa::http
