// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "api/call.h"

namespace mirfa::pages {

/// A file of the browser application, compressed as the browser takes it; named by its content, so kept for good.
Result<http::Response> asset(api::Call&);
Result<http::Response> icon(api::Call&);
/// The first letter of an owner's name on a colour of their own: `/avatars/alice.svg`.
Result<http::Response> avatar(api::Call&);

}  // namespace mirfa::pages
