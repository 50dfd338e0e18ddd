// SPDX-License-Identifier: Apache-2.0
// The handlers that the table in routes.cpp names.
#pragma once

#include "api/route.h"

namespace mirfa::pages {

using api::Call;

// shell_pages.cpp: pages that the browser application shows
Result<http::Response> home_page(Call&);
Result<http::Response> list_page(Call&);
Result<http::Response> profile_page(Call&);
Result<http::Response> sign_in_page(Call&);
Result<http::Response> repo_card_page(Call&);
Result<http::Response> repo_tree_page(Call&);
Result<http::Response> repo_blob_page(Call&);
Result<http::Response> repo_commits_page(Call&);
Result<http::Response> repo_commit_page(Call&);
Result<http::Response> repo_compare_page(Call&);
Result<http::Response> repo_blame_page(Call&);
Result<http::Response> repo_branches_page(Call&);
Result<http::Response> repo_discussions_page(Call&);
Result<http::Response> repo_discussion_page(Call&);
Result<http::Response> repo_discussion_new_page(Call&);

// sign_in.cpp
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
