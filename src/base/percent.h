// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace mirfa {

/// Percent-encodes every octet but the unreserved ones (RFC 3986 2.3) and those in `keep`.
std::string percent_encode(std::string_view text, std::string_view keep = "");
/// Fails: kInvalidArgument for a broken `%` sequence. `+` stays `+`.
Result<std::string> percent_decode(std::string_view text);

/// Name and value pairs of a query string or a form body, decoded, in order; `+` is a blank.
/// Fails: kInvalidArgument for a broken escape or more than 10,000 pairs.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);

}  // namespace mirfa
