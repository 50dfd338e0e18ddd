// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "card/front_matter.h"

namespace mirfa::card::detail {

/// parse_yaml() behind its first checks: runs the YAML parser and builds values from its events within limits.
Result<Yaml> build_yaml(std::string_view text, int first_line);

}  // namespace mirfa::card::detail
