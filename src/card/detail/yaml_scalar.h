// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include <string_view>

namespace mirfa::card::detail {

/// What a scalar without quotes means: null, true, false, a number, or else its text.
/// Source: YAML 1.2.2, 10.3.2, with the underscores in numbers that JavaScript's reader accepts.
boost::json::value resolve_plain(std::string_view text);

}  // namespace mirfa::card::detail
