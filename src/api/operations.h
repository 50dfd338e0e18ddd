// SPDX-License-Identifier: Apache-2.0
// The handlers that the table in routes.cpp names, and what several of them share.
#pragma once

#include "api/route.h"

namespace mirfa::catalog {
struct LargeObject;
}

namespace mirfa::api {

/// For Access::kByUse: the repository of the path, permitted for the action. Follows renames without a redirect.
Result<catalog::Repository> require_repository(const Call& call, hub::Action action);
/// Fills status, length, body and range headers of a download of a large object, for GET and HEAD, with `Range`.
Result<void> send_large(const Call& call, const catalog::LargeObject& object, http::Response& response);
/// The same for content that is in memory.
Result<void> send_bytes(const Call& call, Bytes content, http::Response& response);

// lfs_batch.cpp, lfs_transfer.cpp, lfs_locks.cpp: R-53… …R-68
Result<http::Response> lfs_batch(Call&);
Result<http::Response> lfs_verify(Call&);
Result<std::unique_ptr<http::BodyReceiver>> lfs_put(Call&&);
Result<http::Response> lfs_get(Call&);
Result<std::unique_ptr<http::BodyReceiver>> lfs_put_part(Call&&);
Result<http::Response> lfs_complete(Call&);
Result<http::Response> lfs_lock(Call&);
Result<http::Response> lfs_locks(Call&);
Result<http::Response> lfs_locks_verify(Call&);
Result<http::Response> lfs_unlock(Call&);

// repo_create.cpp, repo_info.cpp: …
Result<http::Response> repo_create(Call&);
Result<http::Response> repo_delete(Call&);
Result<http::Response> repo_move(Call&);
Result<http::Response> repo_settings(Call&);
Result<http::Response> repo_settings_show(Call&);
Result<http::Response> repo_info(Call&);
Result<http::Response> list_models(Call&);
Result<http::Response> list_datasets(Call&);
Result<http::Response> list_spaces(Call&);
Result<http::Response> auth_check(Call&);
Result<http::Response> like_show(Call&);
Result<http::Response> like(Call&);
Result<http::Response> unlike(Call&);
Result<http::Response> likers(Call&);
Result<http::Response> user_likes(Call&);

// finding.cpp: Mirfa's own
Result<http::Response> facets(Call&);
Result<http::Response> quicksearch(Call&);

// tags.cpp: R-90; lfs_files.cpp
Result<http::Response> model_tags(Call&);
Result<http::Response> dataset_tags(Call&);
Result<http::Response> repo_storage(Call&);
Result<http::Response> lfs_files(Call&);
Result<http::Response> lfs_files_duplicate(Call&);

// tree.cpp, refs.cpp: R-35…R-44
Result<http::Response> tree(Call&);
Result<http::Response> paths_info(Call&);
Result<http::Response> paths_info_by_query(Call&);
Result<http::Response> tree_size(Call&);
Result<http::Response> refs(Call&);
Result<http::Response> branch_create(Call&);
Result<http::Response> branch_delete(Call&);
Result<http::Response> tag_create(Call&);
Result<http::Response> tag_delete(Call&);
Result<http::Response> commits(Call&);

// compare.cpp: R-41
Result<http::Response> compare(Call&);

// history.cpp: a commit with what it changed; who wrote which line
Result<http::Response> commit_details(Call&);
Result<http::Response> blame(Call&);

Result<http::Response> repo_scan(Call&);  // repo_info.cpp: R-33

// jobs.cpp
Result<http::Response> conversions(Call&);
Result<http::Response> convert(Call&);
Result<http::Response> tensor_diff(Call&);
Result<http::Response> repo_jobs(Call&);
Result<http::Response> repo_job(Call&);
Result<http::Response> repo_job_report(Call&);
Result<http::Response> repo_job_cancel(Call&);
Result<http::Response> admin_jobs(Call&);

// discussions.cpp: R-69…R-78
/// `{num}` of the path. Fails: kNotFound for what is no number.
Result<std::int64_t> discussion_number(const Call&);
Result<http::Response> discussions(Call&);
Result<http::Response> discussion(Call&);
Result<http::Response> discussion_create(Call&);
Result<http::Response> discussion_comment(Call&);
Result<http::Response> discussion_title(Call&);
Result<http::Response> discussion_status(Call&);
Result<http::Response> discussion_merge(Call&);
Result<http::Response> discussion_pin(Call&);
Result<http::Response> discussion_delete(Call&);
Result<http::Response> discussion_storage(Call&);
Result<http::Response> discussion_ref_delete(Call&);
Result<http::Response> discussion_comment_edit(Call&);
Result<http::Response> discussion_comment_hide(Call&);

// xet_tokens.cpp
Result<http::Response> xet_read_token(Call&);
Result<http::Response> xet_write_token(Call&);

// cas.cpp: xet.md 6
Result<std::unique_ptr<http::BodyReceiver>> cas_put_xorb(Call&&);
Result<std::unique_ptr<http::BodyReceiver>> cas_put_shard_v1(Call&&);
Result<std::unique_ptr<http::BodyReceiver>> cas_put_shard_v2(Call&&);
Result<http::Response> cas_reconstruction_v1(Call&);
Result<http::Response> cas_reconstruction_v2(Call&);
Result<http::Response> cas_batch_reconstruction(Call&);
Result<http::Response> cas_chunk(Call&);
Result<http::Response> cas_head_xorb(Call&);
Result<http::Response> cas_head_file(Call&);
Result<http::Response> cas_fetch(Call&);
Result<http::Response> cas_telemetry(Call&);
Result<http::Response> cas_health(Call&);
Result<http::Response> cas_unknown(Call&);
Result<std::unique_ptr<http::BodyReceiver>> cas_unknown_with_body(Call&&);

// commit.cpp, preupload.cpp, validate_yaml.cpp, super_squash.cpp
Result<std::unique_ptr<http::BodyReceiver>> commit(Call&&);
Result<http::Response> preupload(Call&);
Result<http::Response> validate_yaml(Call&);
Result<http::Response> super_squash(Call&);

// resolve.cpp: R-45…R-48
Result<http::Response> resolve(Call&);
Result<http::Response> raw(Call&);
Result<http::Response> resolve_cache(Call&);

// git_http.cpp: R-60…R-62
Result<http::Response> git_info_refs(Call&);
Result<std::unique_ptr<http::BodyReceiver>> git_upload_pack(Call&&);
Result<std::unique_ptr<http::BodyReceiver>> git_receive_pack(Call&&);

// accounts_*.cpp: R-1… …
Result<http::Response> whoami(Call&);
Result<http::Response> oauth_device(Call&);
Result<http::Response> oauth_token(Call&);
Result<http::Response> revoke_credentials(Call&);
Result<http::Response> user_overview(Call&);
Result<http::Response> organization_overview(Call&);
Result<http::Response> organization_members(Call&);
Result<http::Response> agent_harnesses(Call&);

// For the web application. accounts_session.cpp, accounts_names.cpp, accounts_device.cpp
Result<http::Response> session_show(Call&);
Result<http::Response> session_begin(Call&);
Result<http::Response> session_end(Call&);
Result<http::Response> sign_up(Call&);
Result<http::Response> setup_show(Call&);
Result<http::Response> setup_complete(Call&);
Result<http::Response> name_available(Call&);
Result<http::Response> repo_name_available(Call&);
Result<http::Response> device_show(Call&);
Result<http::Response> device_decide(Call&);

// settings_account.cpp, settings_tokens.cpp
Result<http::Response> profile_show(Call&);
Result<http::Response> profile_change(Call&);
Result<http::Response> avatar_put(Call&);
Result<http::Response> avatar_delete(Call&);
Result<http::Response> password_change(Call&);
Result<http::Response> sessions_list(Call&);
Result<http::Response> session_delete(Call&);
Result<http::Response> tokens_list(Call&);
Result<http::Response> token_create(Call&);
Result<http::Response> token_delete(Call&);

// accounts_organizations.cpp
Result<http::Response> organization_create(Call&);
Result<http::Response> organization_settings(Call&);
Result<http::Response> organization_avatar_put(Call&);
Result<http::Response> organization_avatar_delete(Call&);
Result<http::Response> organization_delete(Call&);
Result<http::Response> member_put(Call&);
Result<http::Response> member_delete(Call&);

// admin_users.cpp, admin_hub.cpp
Result<http::Response> admin_users(Call&);
Result<http::Response> admin_user_create(Call&);
Result<http::Response> admin_user_change(Call&);
Result<http::Response> admin_user_delete(Call&);
Result<http::Response> admin_organizations(Call&);
Result<http::Response> admin_storage(Call&);
Result<http::Response> admin_sign_up(Call&);
Result<http::Response> admin_sign_up_change(Call&);
Result<http::Response> admin_invitations(Call&);
Result<http::Response> admin_invitation_create(Call&);
Result<http::Response> admin_invitation_delete(Call&);
Result<http::Response> admin_audit(Call&);
Result<http::Response> telemetry(Call&);

}  // namespace mirfa::api
