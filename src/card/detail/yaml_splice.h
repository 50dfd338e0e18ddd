// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

#include "base/result.h"

namespace mirfa::card::detail {

/// `yaml` with the fewest characters changed so that it says `wanted` instead of `was`, which is what it says now.
/// Takes: whole lines that end in `line_end` or are none at all; `first_line` of them, for messages.
/// Fails: kUnsupported, with the line.
Result<std::string> splice_yaml(std::string_view yaml, const boost::json::object& was, const boost::json::object& wanted,
                                std::string_view line_end, int first_line);

}  // namespace mirfa::card::detail
