// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "api/call.h"

namespace mirfa::api {

/// Starts the session in the browser: HttpOnly, SameSite=Lax, for the path of the public URL; Secure over https.
void set_session_cookie(const Call& call, http::Response& response, std::string_view value);
/// Ends it there.
void clear_session_cookie(const Call& call, http::Response& response);

}  // namespace mirfa::api
