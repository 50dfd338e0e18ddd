// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"

namespace mirfa::api {

/// What clients of the hosted hub may ask for and this server does not have: an error (501) that names it, so that
/// nobody looks for a mistake of his own. Nothing for every other path. `path` is as sent, without a public URL's prefix.
std::optional<Error> find_not_built(std::string_view path);

}  // namespace mirfa::api
