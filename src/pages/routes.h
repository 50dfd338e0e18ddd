// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "api/route.h"

namespace mirfa::pages {

/// Every page. They go behind all other routes: `/{owner}` takes any path of one segment that nobody else wants.
std::span<const api::Route> page_routes();

}  // namespace mirfa::pages
