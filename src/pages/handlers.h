// SPDX-License-Identifier: Apache-2.0
// The handlers that the table in routes.cpp names.
#pragma once

#include "api/route.h"

namespace mirfa::pages {

using api::Call;

// lists.cpp
Result<http::Response> home(Call&);
Result<http::Response> repository_list(Call&);
Result<http::Response> owner_page(Call&);

// sign_in.cpp
Result<http::Response> show_login(Call&);
Result<http::Response> do_login(Call&);
Result<http::Response> do_logout(Call&);
Result<http::Response> show_join(Call&);
Result<http::Response> show_setup(Call&);
Result<http::Response> do_setup(Call&);

// device.cpp
Result<http::Response> show_device(Call&);
Result<http::Response> decide_device(Call&);

// tokens.cpp
Result<http::Response> show_tokens(Call&);
Result<http::Response> make_token(Call&);
Result<http::Response> end_token(Call&);
Result<http::Response> show_password(Call&);
Result<http::Response> do_change_password(Call&);

}  // namespace mirfa::pages
