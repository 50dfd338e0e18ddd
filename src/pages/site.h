// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "api/call.h"

namespace mirfa::pages {

using api::Call;

/// Path of a page of ours as a browser must ask for it: with the path of the public URL in front.
std::string site_path(const Call& call, std::string_view path);
/// An address of ours that leads nowhere.
Error no_such_page();
/// 303 to a path of ours.
http::Response go_to(const Call& call, std::string_view path);
/// Pages about one's own account: where to go when nobody is signed in with this browser; nothing when somebody is.
std::optional<http::Response> sign_in_first(const Call& call);

/// Paths of a repository's pages, everything in them encoded; a slash inside the revision too.
std::string revision_path(const catalog::Repository& repo, std::string_view section, std::string_view revision,
                          std::string_view path);
std::string tree_path(const catalog::Repository& repo, std::string_view revision, std::string_view path = {});
std::string blob_path(const catalog::Repository& repo, std::string_view revision, std::string_view path);

/// Where the API tells what every page of a repository shows of it, as aboutPath of web/src/lib/api/repos.ts asks it.
std::string about_address(const catalog::Repository& repo);
/// Where it tells whether somebody likes the repository, as loadLiked of that file asks it.
std::string like_address(const catalog::Repository& repo);

}  // namespace mirfa::pages
