// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "api/call.h"

namespace mirfa::api {

/// The address of a request with the new name of its repository in place of the old one.
///
/// Takes: `path` as sent, still encoded; what the router found in it; `now` as owner/name.
std::string with_new_name(std::string_view path, const PathParts& old, std::string_view now);

}  // namespace mirfa::api
