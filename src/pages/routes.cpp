// SPDX-License-Identifier: Apache-2.0
// Every page: one row each.
#include "pages/routes.h"

#include "pages/assets.h"
#include "pages/handlers.h"

namespace mirfa::pages {
namespace {

using enum http::Verb;
using api::Access;
using api::Body;
using api::Route;
using api::Work;

constexpr Route shown(const char* pattern, api::Handler handle, Access access = Access::kOpen, Work work = Work::kCatalog) {
    return {kGet, pattern, handle, access, Body::kNone, work, api::ErrorStyle::kPage, nullptr, 0};
}

constexpr Route kRoutes[] = {
    shown("/", home_page),
    shown("/assets/icon.svg", icon),
    shown("/assets/{file}", asset),
    shown("/avatars/{file}", avatar),

    shown("/login", sign_in_page),
    shown("/join", join_page),
    shown("/setup/{secret}", setup_page),
    shown("/device", device_page),

    shown("/settings", settings_page),
    shown("/settings/{section}", settings_page),
    shown("/settings/tokens/new", settings_page),
    shown("/organizations/new", new_organization_page),
    shown("/organizations/{owner}/settings", organization_settings_page),
    shown("/organizations/{owner}/settings/{section}", organization_settings_page),
    shown("/admin", admin_page),
    shown("/admin/{section}", admin_page),

    shown("/new", new_model_page),
    shown("/new-dataset", new_dataset_page),
    shown("/new-space", new_space_page),

    shown("/{repo}/settings", repo_settings_page, Access::kAdminister),

    // Names, commits and sizes are for whoever may see the repository; the pages leave contents out for those who may
    // not read them.
    shown("/{repo}/tree/{rest*}", repo_tree_page, Access::kSeeInfo),
    shown("/{repo}/blob/{rest*}", repo_blob_page, Access::kSeeInfo),
    shown("/{repo}/commits/{rest*}", repo_commits_page, Access::kSeeInfo),
    shown("/{repo}/commit/{rest*}", repo_commit_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}/compare/{rest*}", repo_compare_page, Access::kReadContent),
    shown("/{repo}/blame/{rest*}", repo_blame_page, Access::kReadContent, Work::kDisk),
    shown("/{repo}/branches", repo_branches_page, Access::kSeeInfo),
    shown("/{repo}/jobs", repo_jobs_page, Access::kReadContent),
    shown("/{repo}/discussions", repo_discussions_page, Access::kSeeInfo),
    shown("/{repo}/discussions/new", repo_discussion_new_page, Access::kSeeInfo),
    shown("/{repo}/discussions/{num}", repo_discussion_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}/discussions/{num}/commits", repo_discussion_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}/discussions/{num}/files", repo_discussion_page, Access::kSeeInfo, Work::kDisk),
    // Forms: the API decides who may send them.
    shown("/{repo}/upload/{rest*}", repo_upload_page, Access::kSeeInfo),
    shown("/{repo}/edit/{rest*}", repo_edit_page, Access::kSeeInfo),
    shown("/{repo}/new/{rest*}", repo_new_page, Access::kSeeInfo),
    shown("/{repo}/delete/{rest*}", repo_delete_page, Access::kSeeInfo),
    shown("/{repo}", repo_card_page, Access::kSeeInfo),

    shown("/{types}", list_page),
    shown("/{owner}", profile_page),
};

}  // namespace

std::span<const Route> page_routes() { return kRoutes; }

}  // namespace mirfa::pages
