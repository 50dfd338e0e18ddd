// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/route.h"

namespace mirfa::api {

/// HTTP status of an error (the one table).
int status_of(const Error& error);
/// `X-Error-Code`, "" for none (hub-api 1.5).
std::string_view client_code_of(const Error& error);
/// What the links of a page of an error need.
struct PageFrame {
    std::string_view prefix = {};  ///< path of the public URL
    std::string_view here = {};    ///< where to come back to after signing in, below `prefix`; "" for nowhere
};
/// The whole answer in the style of the route. Never contains `error.detail`. In a page a repository that is hidden from
/// somebody who has not signed in is a 404, as one that is missing.
http::Response error_response(const Error& error, ErrorStyle style, const PageFrame& frame = {});

}  // namespace mirfa::api
