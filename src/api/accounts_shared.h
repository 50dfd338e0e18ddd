// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/call.h"
#include "base/random.h"
#include "hub/accounts/profiles.h"

namespace mirfa::api {

/// The picture of a user or organisation; the server draws it from the name.
inline std::string avatar_url(const Call& call, std::string_view owner) {
    return call.url("/avatars/" + std::string(owner) + ".svg");
}

}  // namespace mirfa::api
