// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "api/call.h"

namespace mirfa::pages {

/// `/assets/pages.css?v=…`: another address for another content, so that browsers may keep it.
const std::string& style_sheet_path();

Result<http::Response> style_sheet(api::Call&);
/// A file of the browser application, compressed as the browser takes it; named by its content, so kept for good.
Result<http::Response> asset(api::Call&);
Result<http::Response> icon(api::Call&);
/// The first letter of an owner's name on a colour of their own: `/avatars/alice.svg`.
Result<http::Response> avatar(api::Call&);

}  // namespace mirfa::pages
