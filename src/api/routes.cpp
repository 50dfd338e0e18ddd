// SPDX-License-Identifier: Apache-2.0
// Every route of the API: one row each. Behaviour is in the files named after the operations.
#include <algorithm>

#include "api/operations.h"

namespace mirfa::api {
namespace {

using enum http::Verb;

constexpr std::uint64_t kAnyLength = 1ull << 43;  // 8 TiB; the disk is the limit
constexpr std::uint64_t kXorbBody = 72u << 20;    // xet.md 9.6, with an old client's footer
constexpr std::uint64_t kShardBody = 80u << 20;

constexpr Route streamed(http::Verb verb, const char* pattern, StreamHandler receive, Access access, Work work,
                         ErrorStyle errors = ErrorStyle::kJson, std::uint64_t max_body = 0) {
    return {verb, pattern, nullptr, access, Body::kStream, work, errors, receive, max_body};
}

constexpr Route reusable(Route route) {
    route.reuse = Reuse::kWhileUnchanged;
    return route;
}

constexpr Route kRoutes[] = {
    // Accounts: R-1…R-15
    {kGet, "/api/whoami-v2", whoami, Access::kUser},
    {kPost, "/oauth/device", oauth_device, Access::kOpen, Body::kForm},
    {kPost, "/oauth/token", oauth_token, Access::kOpen, Body::kForm},
    {kPost, "/api/credentials/revoke", revoke_credentials, Access::kOpen, Body::kSmallJson},
    {kGet, "/api/users/{name}/overview", user_overview, Access::kOpen},
    {kGet, "/api/users/{name}/likes", user_likes, Access::kOpen},
    {kGet, "/api/organizations/{name}/overview", organization_overview, Access::kOpen},
    {kGet, "/api/organizations/{name}/members", organization_members, Access::kOpen},
    {kGet, "/api/agent-harnesses", agent_harnesses, Access::kOpen},
    {kGet, "/api/telemetry/{rest*}", telemetry, Access::kOpen},

    // Sessions of browsers, and how an account begins. Whatever hashes a password works on that pool.
    {kGet, "/api/session", session_show, Access::kOpen},
    {kPost, "/api/session", session_begin, Access::kOpen, Body::kSmallJson, Work::kHash},
    {kDelete, "/api/session", session_end, Access::kOpen},
    {kPost, "/api/signup", sign_up, Access::kOpen, Body::kSmallJson, Work::kHash},
    {kGet, "/api/setup/{secret}", setup_show, Access::kOpen},
    {kPost, "/api/setup/{secret}", setup_complete, Access::kOpen, Body::kSmallJson, Work::kHash},
    {kGet, "/api/names/{name}", name_available, Access::kOpen},
    {kGet, "/api/names/{owner}/{name}", repo_name_available, Access::kUser},

    // One's own account. A token that leaks must not be able to read more of it, change it, or make itself another.
    {kGet, "/api/settings/profile", profile_show, Access::kSession},
    {kPatch, "/api/settings/profile", profile_change, Access::kSession, Body::kSmallJson, Work::kHash},
    {kPut, "/api/settings/avatar", avatar_put, Access::kSession, Body::kPicture},
    {kDelete, "/api/settings/avatar", avatar_delete, Access::kSession},
    {kPut, "/api/settings/password", password_change, Access::kSession, Body::kSmallJson, Work::kHash},
    {kGet, "/api/settings/sessions", sessions_list, Access::kSession},
    {kDelete, "/api/settings/sessions/{session}", session_delete, Access::kSession},
    {kGet, "/api/settings/tokens", tokens_list, Access::kSession},
    {kPost, "/api/settings/tokens", token_create, Access::kSession, Body::kSmallJson},
    {kDelete, "/api/settings/tokens/{token}", token_delete, Access::kSession},
    {kGet, "/api/device/{user_code}", device_show, Access::kSession},
    {kPost, "/api/device/{user_code}", device_decide, Access::kSession, Body::kSmallJson},

    // Organisations; hub::require_org_admin decides. By browser alone: a member that a leaked token lets in would stay.
    {kPost, "/api/organizations/create", organization_create, Access::kSession, Body::kSmallJson},
    {kPut, "/api/organizations/{name}/members/{user}", member_put, Access::kSession, Body::kSmallJson},
    {kDelete, "/api/organizations/{name}/members/{user}", member_delete, Access::kSession},
    {kPatch, "/api/organizations/{name}/settings", organization_settings, Access::kSession, Body::kSmallJson},
    {kPut, "/api/organizations/{name}/avatar", organization_avatar_put, Access::kSession, Body::kPicture},
    {kDelete, "/api/organizations/{name}/avatar", organization_avatar_delete, Access::kSession},
    {kDelete, "/api/organizations/{name}", organization_delete, Access::kSession, Body::kSmallJson},

    // Administration of the hub
    {kGet, "/api/admin/users", admin_users, Access::kAdminOnly},
    {kPost, "/api/admin/users", admin_user_create, Access::kAdminOnly, Body::kSmallJson, Work::kHash},
    {kPatch, "/api/admin/users/{name}", admin_user_change, Access::kAdminOnly, Body::kSmallJson, Work::kHash},
    {kDelete, "/api/admin/users/{name}", admin_user_delete, Access::kAdminOnly},
    {kGet, "/api/admin/organizations", admin_organizations, Access::kAdminOnly},
    {kGet, "/api/admin/storage", admin_storage, Access::kAdminOnly, Body::kNone, Work::kDisk},
    {kGet, "/api/admin/jobs", admin_jobs, Access::kAdminOnly},
    {kGet, "/api/admin/sign-up", admin_sign_up, Access::kAdminOnly},
    {kPut, "/api/admin/sign-up", admin_sign_up_change, Access::kAdminOnly, Body::kSmallJson},
    {kGet, "/api/admin/invitations", admin_invitations, Access::kAdminOnly},
    {kPost, "/api/admin/invitations", admin_invitation_create, Access::kAdminOnly, Body::kSmallJson},
    {kDelete, "/api/admin/invitations/{invitation}", admin_invitation_delete, Access::kAdminOnly},
    {kGet, "/api/admin/audit", admin_audit, Access::kAdminOnly},

    // Repositories: …
    {kPost, "/api/repos/create", repo_create, Access::kUser, Body::kLargeJson},
    {kDelete, "/api/repos/delete", repo_delete, Access::kByUse, Body::kSmallJson},
    {kPost, "/api/repos/move", repo_move, Access::kByUse, Body::kSmallJson},
    {kGet, "/api/{types}/{id}/settings", repo_settings_show, Access::kAdminister},
    {kPut, "/api/{types}/{id}/settings", repo_settings, Access::kAdminister, Body::kSmallJson},
    reusable({kGet, "/api/models", list_models, Access::kOpen}),
    reusable({kGet, "/api/datasets", list_datasets, Access::kOpen}),
    reusable({kGet, "/api/spaces", list_spaces, Access::kOpen}),
    {kGet, "/api/{types}/{id}/auth-check/write", auth_check, Access::kWrite},
    {kGet, "/api/{types}/{id}/auth-check", auth_check, Access::kReadContent},
    {kGet, "/api/{types}/{id}/like", like_show, Access::kSeeInfo},
    {kPost, "/api/{types}/{id}/like", like, Access::kPropose},
    {kDelete, "/api/{types}/{id}/like", unlike, Access::kPropose},
    {kGet, "/api/{types}/{id}/likers", likers, Access::kSeeInfo},
    reusable({kGet, "/api/facets", facets, Access::kOpen}),
    {kGet, "/api/quicksearch", quicksearch, Access::kOpen},
    {kGet, "/api/models-tags-by-type", model_tags, Access::kOpen},
    {kGet, "/api/datasets-tags-by-type", dataset_tags, Access::kOpen},

    // Large files of a repository
    {kGet, "/api/{types}/{id}/storage", repo_storage, Access::kAdminister},
    {kGet, "/api/{types}/{id}/lfs-files", lfs_files, Access::kWrite},
    {kPost, "/api/{types}/{id}/lfs-files/duplicate", lfs_files_duplicate, Access::kReadContent, Body::kSmallJson},

    // Revisions and trees: R-35…R-44
    reusable({kGet, "/api/{types}/{id}/refs", refs, Access::kSeeInfo}),
    {kPost, "/api/{types}/{id}/branch/{rest*}", branch_create, Access::kWrite, Body::kSmallJson},
    {kDelete, "/api/{types}/{id}/branch/{rest*}", branch_delete, Access::kWrite},
    {kPost, "/api/{types}/{id}/tag/{rest*}", tag_create, Access::kWrite, Body::kSmallJson},
    {kDelete, "/api/{types}/{id}/tag/{rest*}", tag_delete, Access::kWrite},
    reusable({kGet, "/api/{types}/{id}/commits/{rest*}", commits, Access::kSeeInfo}),
    {kGet, "/api/{types}/{id}/commit/{rest*}", commit_details, Access::kSeeInfo, Body::kNone, Work::kDisk},
    {kGet, "/api/{types}/{id}/blame/{rest*}", blame, Access::kReadContent, Body::kNone, Work::kDisk},
    {kGet, "/api/{types}/{id}/compare/{rest*}", compare, Access::kReadContent, Body::kNone, Work::kDisk},
    reusable({kGet, "/api/{types}/{id}/tree/{rest*}", tree, Access::kSeeInfo}),
    reusable({kGet, "/api/{types}/{id}/paths-info/{rest*}", paths_info_by_query, Access::kSeeInfo}),
    {kPost, "/api/{types}/{id}/paths-info/{rest*}", paths_info, Access::kSeeInfo, Body::kLargeJson},
    {kGet, "/api/{types}/{id}/treesize/{rest*}", tree_size, Access::kSeeInfo},
    reusable({kGet, "/api/{types}/{id}/revision/{rest*}", repo_info, Access::kSeeInfo}),
    reusable({kGet, "/api/{types}/{id}", repo_info, Access::kSeeInfo}),

    // Downloads: R-45…R-48
    reusable({kGet, "/api/resolve-cache/{types}/{id}/{rest*}", resolve_cache, Access::kReadContent, Body::kNone, Work::kDisk}),
    reusable({kGet, "/{repo}/resolve/{rest*}", resolve, Access::kReadContent, Body::kNone, Work::kCatalog}),
    reusable({kGet, "/{repo}/raw/{rest*}", raw, Access::kReadContent, Body::kNone, Work::kCatalog}),

    // Uploads
    streamed(kPost, "/api/{types}/{id}/commit/{rev*}", commit, Access::kByUse, Work::kDisk),
    {kPost, "/api/validate-yaml", validate_yaml, Access::kOpen, Body::kLargeJson},
    {kPost, "/api/{types}/{id}/preupload/{rest*}", preupload, Access::kWriteOrPropose, Body::kLargeJson},
    {kPost, "/api/{types}/{id}/super-squash/{rev*}", super_squash, Access::kByUse, Body::kSmallJson, Work::kDisk},

    // Discussions and pull requests: R-69…R-78. Their authors may do more than other readers; hub/community decides.
    {kGet, "/api/{types}/{id}/scan", repo_scan, Access::kSeeInfo},

    // Long work; hub::cancel_job decides who else than its asker may cancel
    {kGet, "/api/{types}/{id}/convert/{rest*}", conversions, Access::kSeeInfo},
    {kPost, "/api/{types}/{id}/convert", convert, Access::kPropose, Body::kSmallJson, Work::kDisk},
    {kPost, "/api/{types}/{id}/tensor-diff", tensor_diff, Access::kPropose, Body::kSmallJson, Work::kDisk},
    {kGet, "/api/{types}/{id}/jobs", repo_jobs, Access::kReadContent},
    {kGet, "/api/{types}/{id}/jobs/{job}", repo_job, Access::kReadContent},
    {kGet, "/api/{types}/{id}/jobs/{job}/report", repo_job_report, Access::kReadContent},
    {kPost, "/api/{types}/{id}/jobs/{job}/cancel", repo_job_cancel, Access::kPropose, Body::kSmallJson},

    {kGet, "/api/{types}/{id}/discussions", discussions, Access::kSeeInfo},
    {kGet, "/api/{types}/{id}/discussions/{num}", discussion, Access::kSeeInfo, Body::kNone, Work::kDisk},
    {kPost, "/api/{types}/{id}/discussions", discussion_create, Access::kPropose, Body::kSmallJson},
    {kPost, "/api/{types}/{id}/discussions/{num}/comment", discussion_comment, Access::kPropose, Body::kSmallJson},
    {kPost, "/api/{types}/{id}/discussions/{num}/title", discussion_title, Access::kPropose, Body::kSmallJson},
    {kPost, "/api/{types}/{id}/discussions/{num}/status", discussion_status, Access::kPropose, Body::kSmallJson},
    {kPost, "/api/{types}/{id}/discussions/{num}/merge", discussion_merge, Access::kWrite, Body::kSmallJson, Work::kDisk},
    {kPost, "/api/{types}/{id}/discussions/{num}/pin", discussion_pin, Access::kWrite, Body::kSmallJson},
    {kGet, "/api/{types}/{id}/discussions/{num}/storage", discussion_storage, Access::kPropose, Body::kNone, Work::kDisk},
    {kDelete, "/api/{types}/{id}/discussions/{num}/ref", discussion_ref_delete, Access::kWrite},
    {kDelete, "/api/{types}/{id}/discussions/{num}", discussion_delete, Access::kAdminister},
    {kPost, "/api/{types}/{id}/discussions/{num}/comment/{event}/edit", discussion_comment_edit, Access::kPropose,
     Body::kSmallJson},
    {kPost, "/api/{types}/{id}/discussions/{num}/comment/{event}/hide", discussion_comment_hide, Access::kPropose,
     Body::kSmallJson},

    // Xet tokens
    {kGet, "/api/{types}/{id}/xet-read-token/{rev*}", xet_read_token, Access::kReadContent},
    {kGet, "/api/{types}/{id}/xet-write-token/{rev*}", xet_write_token, Access::kByUse},

    // The chunk store: xet.md 6, with the paths of older clients
    {kGet, "/cas/v2/reconstructions/{hash}", cas_reconstruction_v2, Access::kCas},
    {kGet, "/cas/v1/reconstructions/{hash}", cas_reconstruction_v1, Access::kCas},
    {kGet, "/cas/reconstructions/{hash}", cas_reconstruction_v1, Access::kCas},
    {kGet, "/cas/reconstruction/{hash}", cas_reconstruction_v1, Access::kCas},
    {kGet, "/cas/v1/reconstructions", cas_batch_reconstruction, Access::kCas},
    {kGet, "/cas/reconstructions", cas_batch_reconstruction, Access::kCas},
    {kGet, "/cas/v1/chunks/{prefix}/{hash}", cas_chunk, Access::kCas},
    {kGet, "/cas/chunks/{prefix}/{hash}", cas_chunk, Access::kCas},
    {kGet, "/cas/chunk/{prefix}/{hash}", cas_chunk, Access::kCas},
    {kHead, "/cas/v1/xorbs/{prefix}/{hash}", cas_head_xorb, Access::kCas},
    {kHead, "/cas/v1/files/{hash}", cas_head_file, Access::kCas},
    streamed(kPost, "/cas/v1/xorbs/{prefix}/{hash}", cas_put_xorb, Access::kCas, Work::kHash, ErrorStyle::kJson, kXorbBody),
    streamed(kPost, "/cas/xorbs/{prefix}/{hash}", cas_put_xorb, Access::kCas, Work::kHash, ErrorStyle::kJson, kXorbBody),
    streamed(kPost, "/cas/xorb/{prefix}/{hash}", cas_put_xorb, Access::kCas, Work::kHash, ErrorStyle::kJson, kXorbBody),
    streamed(kPost, "/cas/v2/shards", cas_put_shard_v2, Access::kCas, Work::kHash, ErrorStyle::kJson, kShardBody),
    streamed(kPost, "/cas/v1/shards", cas_put_shard_v1, Access::kCas, Work::kHash, ErrorStyle::kJson, kShardBody),
    streamed(kPost, "/cas/shards", cas_put_shard_v1, Access::kCas, Work::kHash, ErrorStyle::kJson, kShardBody),
    streamed(kPost, "/cas/shard/{prefix}/{hash}", cas_put_shard_v1, Access::kCas, Work::kHash, ErrorStyle::kJson, kShardBody),
    {kGet, "/cas/fetch/{hash}", cas_fetch, Access::kCas, Body::kNone, Work::kDisk},
    {kPost, "/v1/telemetry", cas_telemetry, Access::kCas, Body::kSmallJson},
    {kGet, "/cas/health", cas_health, Access::kCas},
    {kGet, "/cas/{rest*}", cas_unknown, Access::kCas},
    streamed(kPost, "/cas/{rest*}", cas_unknown_with_body, Access::kCas, Work::kCatalog, ErrorStyle::kJson, kXorbBody),
    streamed(kPut, "/cas/{rest*}", cas_unknown_with_body, Access::kCas, Work::kCatalog, ErrorStyle::kJson, kXorbBody),
    streamed(kPatch, "/cas/{rest*}", cas_unknown_with_body, Access::kCas, Work::kCatalog, ErrorStyle::kJson, kXorbBody),
    streamed(kDelete, "/cas/{rest*}", cas_unknown_with_body, Access::kCas, Work::kCatalog, ErrorStyle::kJson, kXorbBody),

    // git: R-60…R-62
    {kGet, "/{repo}.git/info/refs", git_info_refs, Access::kByUse, Body::kNone, Work::kGit, ErrorStyle::kGit},
    streamed(kPost, "/{repo}.git/git-upload-pack", git_upload_pack, Access::kByUse, Work::kGit, ErrorStyle::kGit),
    streamed(kPost, "/{repo}.git/git-receive-pack", git_receive_pack, Access::kByUse, Work::kGit, ErrorStyle::kGit, kAnyLength),

    // git-lfs: R-53… …R-68
    {kPost, "/{repo}.git/info/lfs/objects/batch", lfs_batch, Access::kByUse, Body::kSmallJson, Work::kCatalog, ErrorStyle::kLfs},
    {kPost, "/{repo}.git/info/lfs/objects/verify", lfs_verify, Access::kByUse, Body::kSmallJson, Work::kCatalog,
     ErrorStyle::kLfs},
    {kPost, "/{repo}.git/info/lfs/locks/verify", lfs_locks_verify, Access::kWrite, Body::kSmallJson, Work::kCatalog,
     ErrorStyle::kLfs},
    {kPost, "/{repo}.git/info/lfs/locks/{lock}/unlock", lfs_unlock, Access::kWrite, Body::kSmallJson, Work::kCatalog,
     ErrorStyle::kLfs},
    {kPost, "/{repo}.git/info/lfs/locks", lfs_lock, Access::kWrite, Body::kSmallJson, Work::kCatalog, ErrorStyle::kLfs},
    {kGet, "/{repo}.git/info/lfs/locks", lfs_locks, Access::kReadContent, Body::kNone, Work::kCatalog, ErrorStyle::kLfs},
    {kGet, "/lfs/objects/{oid}", lfs_get, Access::kByUse, Body::kNone, Work::kDisk, ErrorStyle::kLfs},
    streamed(kPut, "/lfs/objects/{oid}", lfs_put, Access::kByUse, Work::kHash, ErrorStyle::kLfs, kAnyLength),
    streamed(kPut, "/lfs/parts/{upload}/{part}", lfs_put_part, Access::kByUse, Work::kDisk, ErrorStyle::kLfs, kAnyLength),
    {kPost, "/lfs/complete/{upload}", lfs_complete, Access::kByUse, Body::kSmallJson, Work::kHash, ErrorStyle::kLfs},
};

static_assert(std::ranges::all_of(kRoutes,
                                  [](const Route& route) {
                                      return route.body != Body::kStream || route.access == Access::kByUse ||
                                             route.access == Access::kCas;
                                  }),
              "HubApp sends no redirect before a body that is taken as it arrives");

}  // namespace

std::span<const Route> api_routes() { return kRoutes; }

}  // namespace mirfa::api
