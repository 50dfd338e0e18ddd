// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/accounts.h"
#include "catalog/session.h"

namespace mirfa::catalog {

enum class RepoType { kModel = 1, kDataset = 2, kSpace = 3 };
/// models, datasets, spaces: as addresses have it.
constexpr std::string_view plural_of(RepoType type) {
    switch (type) {
        case RepoType::kModel: return "models";
        case RepoType::kDataset: return "datasets";
        case RepoType::kSpace: return "spaces";
    }
    return "models";
}

/// A repository with the facts derived from the card on its main branch.
struct Repository {
    RowId id = 0;
    RepoType type = RepoType::kModel;
    RowId owner = 0;
    std::string owner_name;  ///< as its owner writes it
    std::string name;
    RowId creator = 0;
    bool is_private = false;
    std::string gated;  ///< "", "auto" or "manual"
    bool disabled = false;
    std::string settings;  ///< JSON object of what clients have set and the hub only keeps
    UnixMillis created = 0;
    UnixMillis modified = 0;
    std::int64_t generation = 0;  ///< raised by every change of a ref
    std::int64_t sequence = 0;    ///< of the last git object stored
    std::int64_t likes = 0;
    std::int64_t downloads = 0;
    std::optional<ObjectId> head;  ///< commit of main that card, tags and the next three were read from
    std::string card;              ///< JSON object, "" without front matter
    std::string
        details;       ///< JSON object of what info answers repeat: config, transformersInfo, sdk, baseModels, safetensors, gguf
    std::string tags;  ///< JSON array of strings
    std::optional<std::string> pipeline_tag;
    std::optional<std::string> library;
    std::optional<std::string> license;
    std::int64_t used_storage = 0;  ///< octets of large files that its commits name
    std::int64_t parameters = 0;    ///< of its weights; 0 when nothing is known
    std::int64_t trending = 0;      ///< a number to compare, see trending.h

    std::string full_name() const { return owner_name + "/" + name; }
};

Result<std::optional<Repository>> find_repository(Session&, RepoType type, std::string_view owner, std::string_view name);
Result<std::optional<Repository>> find_repository_by_id(Session&, RowId id);
/// Where a repository that once had this name is now.
Result<std::optional<Repository>> find_redirect(Session&, RepoType type, std::string_view owner, std::string_view name);
/// Fails: kAlreadyExists.
Result<void> insert_repository(Session&, const Repository& repository);
/// Renames or hands over; the old name becomes a redirect, a redirect at the new name goes.
Result<void> move_repository(Session&, const Repository& from, RowId new_owner, std::string_view new_name);
/// With everything that belongs to it. Large content stays for other repositories that have it.
Result<void> delete_repository(Session&, RowId id);
Result<std::int64_t> count_repositories(Session&, RowId owner);

Result<void> update_settings(Session&, const Repository& changed);
/// Stores `head`, `card`, `details`, `tags`, `pipeline_tag`, `library`, `license`, `used_storage` and the rows searched by tag.
Result<void> update_card(Session&, const Repository& changed, const std::vector<std::string>& tags);
/// Gives the new generation.
Result<std::int64_t> raise_generation(Session&, RowId id, UnixMillis modified);
/// Reserves `count` sequence numbers and gives the first.
Result<std::int64_t> reserve_sequence(Session&, RowId id, std::int64_t count);
Result<std::int64_t> reserve_line(Session&, RowId id);
Result<std::int64_t> reserve_discussion_number(Session&, RowId id);

Result<bool> add_like(Session&, RowId repo, RowId user, UnixMillis now);
Result<bool> delete_like(Session&, RowId repo, RowId user);
Result<bool> is_liked(Session&, RowId repo, RowId user);
/// Newest first.
Result<std::vector<Owner>> likers_of(Session&, RowId repo, int limit);
/// What a user likes, newest first; `after` is time and repository of the last row of the page before.
struct LikedRepository {
    Repository repo;
    UnixMillis liked = 0;
};
Result<std::vector<LikedRepository>> likes_of(Session&, RowId user, const std::optional<std::pair<UnixMillis, RowId>>& after,
                                              int limit);
/// Tags of the public repositories of a type (lower case), the most used first.
Result<std::vector<std::string>> public_tags(Session&, RepoType type, int limit);
Result<void> add_downloads(Session&, RowId repo, UnixMillis now, std::int64_t count);

/// kRelevance: how well RepoQuery::text fits.
enum class RepoSort { kModified, kCreated, kDownloads, kLikes, kTrending, kParameters, kRelevance };

/// What lists can be narrowed by, besides tags. kTask: `pipeline_tag` of models, `task_categories` of datasets.
enum class FacetKind {
    kTask = 1,
    kLibrary,
    kLanguage,
    kLicense,
    kDtype,   ///< of weights: BF16, Q4_K
    kFormat,  ///< of files: safetensors, parquet
    kSize,    ///< a class of parameters, or `size_categories` of datasets
    kBaseModel,
    kDataset,
};
struct Facet {
    FacetKind kind = FacetKind::kTask;
    std::string value;
    bool operator==(const Facet&) const = default;
};

/// One page of a list of repositories.
struct RepoQuery {
    std::optional<RepoType> type;
    std::optional<RowId> owner;
    std::vector<std::string> search;        ///< each must be part of owner/name, whatever the case
    std::vector<std::string> tags;          ///< each must be there
    std::vector<std::string> library_tags;  ///< each must be there; a facet of kind kLibrary where facets are counted
    std::vector<Facet> facets;              ///< each must be there, whatever the case; they need `type`
    std::optional<std::string> text;        ///< words of name, tags, title and card; each must be there
    std::optional<std::int64_t> min_parameters;
    std::optional<std::int64_t> max_parameters;
    std::optional<bool> gated;
    std::optional<UnixMillis> modified_since;
    /// Who asks: private repositories are listed to their owner, to members of the owning organisation, and to
    /// `sees_all`. Absent: public ones only.
    std::optional<RowId> viewer;
    bool sees_all = false;
    RepoSort sort = RepoSort::kModified;
    bool ascending = false;
    /// Keyset of the last row of the page before: its sort value and id.
    std::optional<std::pair<std::int64_t, RowId>> after;
    int offset = 0;  ///< rows to leave out, for kRelevance, which has no keyset
    int limit = 100;
};
Result<std::vector<Repository>> list_repositories(Session&, const RepoQuery& query);
/// How many repositories of each type an owner has, as far as the viewer may see them (as in RepoQuery).
struct TypeCounts {
    std::int64_t models = 0;
    std::int64_t datasets = 0;
    std::int64_t spaces = 0;
};
Result<TypeCounts> count_by_type(Session&, RowId owner, const std::optional<RowId>& viewer, bool sees_all);
/// What clients are told of `trending`: a number to compare, larger for what more happens to, 0 where nothing has yet.
std::int64_t trending_score(const Repository& repository);
/// Value of the column a list is sorted by.
std::int64_t sort_value(const Repository& repository, RepoSort sort);

}  // namespace mirfa::catalog
