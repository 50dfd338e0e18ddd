// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/accounts.h"
#include "catalog/finding.h"
#include "hub/access/permission.h"
#include "hub/repos/trees.h"

namespace mirfa::hub {

struct FoundRepository {
    catalog::Repository repo;
    std::vector<ListedEntry> files;  ///< names only, when asked for
};
struct SearchPage {
    std::vector<FoundRepository> items;
    /// Keyset of the next page; of a page sorted by relevance the offset of the next one, and 0.
    std::optional<std::pair<std::int64_t, catalog::RowId>> next;
};
/// Lists what `who` may see. `author` narrows to one owner; an unknown one gives an empty page.
Result<SearchPage> search_repositories(Hub& hub, const Principal& who, catalog::RepoQuery query,
                                       const std::optional<std::string>& author, bool with_files);

/// How many of what the query finds, and `who` may see, have each value of each facet: at most 50 values of each.
Result<std::vector<catalog::FacetCounts>> count_facets(Hub& hub, const Principal& who, catalog::RepoQuery query,
                                                       const std::optional<std::string>& author);

/// What goes on as somebody has begun to type it, as far as they may see it.
struct QuickResults {
    std::vector<catalog::TypedName> models;
    std::vector<catalog::TypedName> datasets;
    std::vector<catalog::TypedName> spaces;
    std::vector<catalog::TypedName> users;
    std::vector<catalog::TypedName> organizations;
};
Result<QuickResults> quick_search(Hub& hub, const Principal& who, std::string_view typed, std::size_t limit);

Result<bool> likes_repository(Hub& hub, const Principal& who, const catalog::Repository& repo);
Result<void> like_repository(Hub& hub, const Principal& who, const catalog::Repository& repo, bool liked);
Result<std::vector<catalog::Owner>> list_likers(Hub& hub, const catalog::Repository& repo);

/// What a user likes, newest first, as far as `viewer` may see it: a page may hold fewer than `limit`.
struct LikesPage {
    std::vector<catalog::LikedRepository> items;
    std::optional<std::pair<UnixMillis, catalog::RowId>> next;  ///< keyset of the next page
};
/// Fails: kNotFound when there is no such user.
Result<LikesPage> list_likes(Hub& hub, const Principal& viewer, std::string_view user,
                             const std::optional<std::pair<UnixMillis, catalog::RowId>>& after, int limit);

}  // namespace mirfa::hub
