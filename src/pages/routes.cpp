// SPDX-License-Identifier: Apache-2.0
// Every page: one row each. Passwords are hashed on the pool for hashing, so that sign-ins do not hold up the others.
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
constexpr Route posted(const char* pattern, api::Handler handle, Work work = Work::kCatalog, Access access = Access::kOpen) {
    return {kPost, pattern, handle, access, Body::kForm, work, api::ErrorStyle::kPage, nullptr, 0};
}

constexpr Route kRoutes[] = {
    shown("/", home_page),
    shown("/assets/pages.css", style_sheet),
    shown("/assets/icon.svg", icon),
    shown("/assets/{file}", asset),
    shown("/avatars/{file}", avatar),

    shown("/login", sign_in_page),
    posted("/login", do_login, Work::kHash),
    posted("/logout", do_logout),
    shown("/join", show_join),
    shown("/setup/{secret}", show_setup),
    posted("/setup/{secret}", do_setup, Work::kHash),

    shown("/device", show_device),
    posted("/device", decide_device),

    shown("/settings/tokens", show_tokens),
    shown("/settings/tokens/new", show_tokens),
    posted("/settings/tokens", make_token),
    posted("/settings/tokens/revoke", end_token),
    shown("/settings/password", show_password),
    posted("/settings/password", do_change_password, Work::kHash),

    // Names, commits and sizes are for whoever may see the repository; the pages leave contents out for those who may
    // not read them.
    shown("/{repo}/tree/{rest*}", repo_tree_page, Access::kSeeInfo),
    shown("/{repo}/blob/{rest*}", repo_blob_page, Access::kSeeInfo),
    shown("/{repo}/commits/{rest*}", repo_commits_page, Access::kSeeInfo),
    shown("/{repo}/commit/{rest*}", repo_commit_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}/compare/{rest*}", repo_compare_page, Access::kReadContent),
    shown("/{repo}/blame/{rest*}", repo_blame_page, Access::kReadContent, Work::kDisk),
    shown("/{repo}/branches", repo_branches_page, Access::kSeeInfo),
    shown("/{repo}/discussions", repo_discussions_page, Access::kSeeInfo),
    shown("/{repo}/discussions/new", repo_discussion_new_page, Access::kSeeInfo),
    shown("/{repo}/discussions/{num}", repo_discussion_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}/discussions/{num}/commits", repo_discussion_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}/discussions/{num}/files", repo_discussion_page, Access::kSeeInfo, Work::kDisk),
    shown("/{repo}", repo_card_page, Access::kSeeInfo),

    shown("/{types}", list_page),
    shown("/{owner}", profile_page),
};

}  // namespace

std::span<const Route> page_routes() { return kRoutes; }

}  // namespace mirfa::pages
