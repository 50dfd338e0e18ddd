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

// card_page.cpp, tree_page.cpp, blob_page.cpp, commits_page.cpp
Result<http::Response> card_page(Call&);
Result<http::Response> tree_page(Call&);
Result<http::Response> blob_page(Call&);
Result<http::Response> commits_page(Call&);
Result<http::Response> commit_page(Call&);

// discussions_page.cpp
Result<http::Response> discussions_page(Call&);
Result<http::Response> discussion_page(Call&);
Result<http::Response> merge_discussion(Call&);
Result<http::Response> set_discussion_status(Call&);
Result<http::Response> comment_discussion(Call&);

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
