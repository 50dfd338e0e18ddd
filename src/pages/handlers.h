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
Result<http::Response> repo_card_page(Call&);
Result<http::Response> repo_tree_page(Call&);
Result<http::Response> repo_blob_page(Call&);
Result<http::Response> repo_commits_page(Call&);
Result<http::Response> repo_commit_page(Call&);
Result<http::Response> repo_compare_page(Call&);
Result<http::Response> repo_blame_page(Call&);
Result<http::Response> repo_branches_page(Call&);
Result<http::Response> repo_jobs_page(Call&);
Result<http::Response> repo_discussions_page(Call&);
Result<http::Response> repo_discussion_page(Call&);
Result<http::Response> repo_discussion_new_page(Call&);

// account_pages.cpp: pages of the application about accounts, organisations, the administration
Result<http::Response> sign_in_page(Call&);
Result<http::Response> join_page(Call&);
Result<http::Response> setup_page(Call&);
Result<http::Response> device_page(Call&);
Result<http::Response> settings_page(Call&);
Result<http::Response> new_organization_page(Call&);
Result<http::Response> organization_settings_page(Call&);
Result<http::Response> admin_page(Call&);
Result<http::Response> repo_settings_page(Call&);

// write_pages.cpp: pages of the application that write
Result<http::Response> new_model_page(Call&);
Result<http::Response> new_dataset_page(Call&);
Result<http::Response> new_space_page(Call&);
Result<http::Response> repo_upload_page(Call&);
Result<http::Response> repo_edit_page(Call&);
Result<http::Response> repo_new_page(Call&);
Result<http::Response> repo_delete_page(Call&);

}  // namespace mirfa::pages
