// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.h"

namespace mirfa::api {

/// HTTP status of an error (the one table).
int status_of(const Error& error);
/// `X-Error-Code`, "" for none (hub-api 1.5).
std::string_view client_code_of(const Error& error);
/// The whole answer in the style of the route. Never contains `error.detail`. `prefix` is the path of the public URL, for
/// the links of pages.
http::Response error_response(const Error& error, ErrorStyle style, std::string_view prefix = "");

}  // namespace mirfa::api
