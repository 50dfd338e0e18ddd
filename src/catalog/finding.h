// SPDX-License-Identifier: Apache-2.0
// What repositories are found by: words, facets, names as they are typed. All of it is derived; the functions of repos.h
// and accounts.h that change a name, an owner or who may see a repository keep it right in their own transaction.
#pragma once

#include "catalog/repos.h"

namespace mirfa::catalog {

/// What one commit of main says of its repository, for finding it.
struct SearchFacts {
    std::vector<Facet> facets;  ///< in any order; repeated and overlong ones are left out
    std::string title;
    std::string body;  ///< of the card, as plain text
    std::vector<std::string> tags;
    std::int64_t parameters = 0;  ///< of its weights; 0 when nothing is known
};
/// Replaces what is known of the repository. Fails: kNotFound/kRepoNotFound.
Result<void> put_search_facts(Session&, RowId repo, const SearchFacts& facts);

inline constexpr std::size_t kMaxFacetBytes = 200;
inline constexpr std::size_t kMaxFacetsOfAKind = 100;
inline constexpr std::size_t kMaxSearchedBody = 64u << 10;

/// The kinds that are counted, in the order in which answers have them.
inline constexpr FacetKind kCountedFacets[] = {FacetKind::kTask,  FacetKind::kLibrary, FacetKind::kLanguage, FacetKind::kLicense,
                                               FacetKind::kDtype, FacetKind::kFormat,  FacetKind::kSize};

struct FacetCount {
    std::string value;
    std::int64_t count = 0;
    bool operator==(const FacetCount&) const = default;
};
struct FacetCounts {
    FacetKind kind = FacetKind::kTask;
    std::vector<FacetCount> values;  ///< the most frequent first, at most `top`
};
/// How many of the repositories that a query finds have each value. A filter by one kind does not narrow the counts of
/// that kind. `query.type` must be given; sort, page and limit do not matter.
Result<std::vector<FacetCounts>> count_facets(Session&, const RepoQuery& query, std::size_t top);

/// A name that goes on as somebody has begun to type it.
struct TypedName {
    RowId id = 0;
    std::string name;                 ///< owner/name, or the owner's
    std::string fullname;             ///< of owners
    std::optional<std::string> task;  ///< of repositories
    std::int64_t likes = 0;
};
/// Repositories whose name, a later word of it, their title or their owner's name begins so, in this order; among equals
/// the trending ones first. For beginnings that very many share, the best are taken from the trending ones.
Result<std::vector<TypedName>> find_typed_repositories(Session&, RepoType type, std::string_view typed,
                                                       const std::optional<RowId>& viewer, bool sees_all, std::size_t limit);
Result<std::vector<TypedName>> find_typed_owners(Session&, OwnerKind kind, std::string_view typed, std::size_t limit);

/// What a head of a weight file told, as JSON, by the SHA-256 of the file. The content may be another repository's: ask
/// only for what this one holds.
Result<std::optional<std::string>> find_weights_head(Session&, const Sha256& sha256);
Result<void> put_weights_head(Session&, const Sha256& sha256, std::string_view json);

/// Repositories that have to be indexed anew, at most `limit`.
Result<std::vector<RowId>> wanted_repositories(Session&, int limit);
Result<void> delete_wanted(Session&, RowId repo);
/// Indexes owners that have to be, at most `limit`. Gives whether there may be more.
Result<bool> index_wanted_owners(Session&, int limit);

// For the other files of this room: what changes with the rows they change.
Result<void> index_new_repository(Session&, const Repository& repository, std::string_view owner_name);
Result<void> index_moved_repository(Session&, RowId id);
Result<void> index_settings(Session&, RowId id, bool is_private, std::string_view gated);
Result<void> index_deleted_repository(Session&, RowId id);
Result<void> index_owner(Session&, const Owner& owner);
Result<void> index_deleted_owner(Session&, RowId id);

}  // namespace mirfa::catalog
