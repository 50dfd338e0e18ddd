// SPDX-License-Identifier: Apache-2.0
#include "api/not_built.h"

#include "base/ascii.h"

namespace mirfa::api {
namespace {

struct Missing {
    const char* pattern;  ///< `*` is one segment; `**`, at the end, everything that remains (nothing too)
    const char* what;     ///< completes "… not part of this server"
};

constexpr Missing kMissing[] = {
    {"/oauth/authorize", "Signing in to other sites (OAuth) is"},
    {"/oauth/userinfo", "Signing in to other sites (OAuth) is"},
    {"/oauth/register", "Signing in to other sites (OAuth) is"},
    {"/.well-known/openid-configuration", "Signing in to other sites (OAuth) is"},
    {"/.well-known/oauth-authorization-server", "Signing in to other sites (OAuth) is"},
    {"/api/kernels/**", "Repositories of kernels are"},
    {"/api/buckets/**", "Buckets are"},
    {"/api/collections/**", "Collections are"},
    {"/api/settings/webhooks/**", "Webhooks are"},
    {"/api/settings/repositories", "Lists of repositories with their storage are"},
    {"/api/organizations/*/settings/**", "Settings of organizations by API are"},
    {"/api/organizations/*/followers", "Following is"},
    {"/api/users/*/followers", "Following is"},
    {"/api/users/*/following", "Following is"},
    {"/api/notifications/**", "Notifications are"},
    {"/api/papers/**", "Papers are"},
    {"/api/daily_papers", "Papers are"},
    {"/api/jobs/**", "Jobs are"},
    {"/api/scheduled-jobs/**", "Jobs are"},
    {"/api/spaces/hardware", "Running spaces is"},
    {"/api/spaces/*/*/secrets", "Running spaces is"},
    {"/api/spaces/*/*/variables", "Running spaces is"},
    {"/api/spaces/*/*/runtime", "Running spaces is"},
    {"/api/spaces/*/*/hardware", "Running spaces is"},
    {"/api/spaces/*/*/sleeptime", "Running spaces is"},
    {"/api/spaces/*/*/pause", "Running spaces is"},
    {"/api/spaces/*/*/restart", "Running spaces is"},
    {"/api/spaces/*/*/dev-mode", "Running spaces is"},
    {"/api/spaces/*/*/storage", "Running spaces is"},
    {"/api/spaces/*/*/volumes", "Running spaces is"},
    {"/api/spaces/*/*/logs/**", "Running spaces is"},
    {"/api/spaces/*/*/events", "Running spaces is"},
    {"/api/spaces/*/*/metrics", "Running spaces is"},
    {"/api/*/*/*/duplicate", "Duplicating a repository is"},
    {"/api/*/*/*/lfs-files/batch", "Deleting large files from a repository's storage is"},
    {"/api/*/*/*/user-access-request/**", "Asking for access to gated repositories is"},
    {"/api/models/*/*/safetensors-metadata/**", "Safetensors metadata in one answer is"},
    {"/api/datasets/*/*/leaderboard", "Leaderboards are"},
    {"/uploads", "Attachments of discussions are"},
};

bool matches(std::string_view pattern, std::string_view path) {
    const auto wanted = split(pattern, '/');
    const auto given = split(path, '/');
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == "**") return true;
        if (i >= given.size() || (wanted[i] != "*" && wanted[i] != given[i])) return false;
    }
    return wanted.size() == given.size();
}

}  // namespace

std::optional<Error> find_not_built(std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    for (const auto& missing : kMissing)
        if (matches(missing.pattern, path))
            return Error{Code::kUnsupported, std::string(missing.what) + " not part of this server.", Reason::kNotBuilt};
    return std::nullopt;
}

}  // namespace mirfa::api
