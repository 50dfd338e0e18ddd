// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "http/request.h"

namespace mirfa::http {

/// Whether an If-None-Match header names this entity tag (RFC 9110 13.1.2): `*`, or a list in which `W/` does not count.
/// `etag` is given with its quotes. For GET and HEAD the answer is 304 then.
bool none_match_names(std::string_view header, std::string_view etag);

/// Whether the Range header of this request may be used (RFC 9110 13.1.5): there is no If-Range, or it is exactly this
/// strong entity tag. A date never matches, for nothing here is named by its date.
bool range_applies(const Headers& headers, std::string_view etag);

}  // namespace mirfa::http
