// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/request.h"
#include "hub/hub.h"

namespace mirfa::api {

/// A request that changes something and may carry a cookie must come from a page of ours: browsers say where a request
/// comes from in `Sec-Fetch-Site` and `Origin`; programs that are not browsers send neither.
/// Fails: kForbidden.
Result<void> require_same_site(const http::Request& request, const hub::HubOptions& options);

}  // namespace mirfa::api
