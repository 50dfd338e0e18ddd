// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "api/call.h"

namespace mirfa::pages {

/// Addresses of a repository's pages and files, below the public URL (give them to `site_path`). A revision is always
/// one segment, so that a branch `feat/x` and a file `x` on a branch `feat` stay apart; everything people chose is
/// percent-encoded.
std::string tree_path(const catalog::Repository& repo, std::string_view revision, std::string_view path = {});
std::string blob_path(const catalog::Repository& repo, std::string_view revision, std::string_view path);
/// The octets of the file.
std::string resolve_path(const catalog::Repository& repo, std::string_view revision, std::string_view path);
std::string commits_path(const catalog::Repository& repo, std::string_view revision);
std::string commit_path(const catalog::Repository& repo, const ObjectId& commit);
std::string discussions_path(const catalog::Repository& repo);
std::string discussion_path(const catalog::Repository& repo, std::int64_t number);

/// A ref as people write it: `main` for `refs/heads/main`, the name of a tag, otherwise the whole.
std::string_view short_ref(std::string_view full_name);

/// Where a relative address in a card leads: a file of the repository at this revision, or for one that begins with a
/// slash a page of ours below `prefix`, the path of the public URL. `.` and `..` are taken out and never lead out of
/// the repository. `kind` is `blob` for links, `resolve` for images.
std::string card_address(const catalog::Repository& repo, std::string_view revision, std::string_view kind,
                         std::string_view prefix, std::string_view address);

}  // namespace mirfa::pages
