// SPDX-License-Identifier: Apache-2.0
#include "catalog/repos.h"

#include "base/ascii.h"
#include "catalog/detail/repo_row.h"
#include "catalog/finding.h"
#include "catalog/trending.h"

namespace mirfa::catalog {
namespace {

using detail::repository_of;

const Statement kFind("SELECT " MIRFA_REPO_COLUMNS MIRFA_REPO_TABLES
                      "WHERE o.name_key = $2 AND r.type = $1 AND r.owner_id = o.id AND r.name_key = $3");
const Statement kFindById("SELECT " MIRFA_REPO_COLUMNS MIRFA_REPO_TABLES "WHERE r.id = $1");
const Statement kFindRedirect("SELECT " MIRFA_REPO_COLUMNS
                              " FROM repository_redirect d JOIN owner p ON p.id = d.owner_id "
                              "JOIN repository r ON r.id = d.repo_id JOIN owner o ON o.id = r.owner_id "
                              "WHERE p.name_key = $2 AND d.type = $1 AND d.name_key = $3");
const Statement kInsert(
    "INSERT INTO repository (id, type, owner_id, name, name_key, creator_id, private, gated, disabled, settings, created, "
    "modified, generation, sequence, next_line, next_discussion, likes, downloads, head, card, details, tags, pipeline_tag, "
    "library, license, used_storage) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $10, 0, 0, 1, 1, 0, 0, NULL, '', '{}', "
    "'[]', "
    "NULL, NULL, NULL, 0)");
const Statement kDropRedirectAt("DELETE FROM repository_redirect WHERE type = $1 AND owner_id = $2 AND name_key = $3");
const Statement kMove("UPDATE repository SET owner_id = $2, name = $3, name_key = $4 WHERE id = $1");
const Statement kAddRedirect(
    "INSERT INTO repository_redirect (type, owner_id, name_key, repo_id) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (type, owner_id, name_key) DO UPDATE SET repo_id = excluded.repo_id");
const Statement kCount("SELECT COUNT(*) FROM repository WHERE owner_id = $1");
const Statement kUpdateSettings("UPDATE repository SET private = $2, gated = $3, disabled = $4, settings = $5 WHERE id = $1");
const Statement kUpdateCard(
    "UPDATE repository SET head = $2, card = $3, tags = $4, pipeline_tag = $5, library = $6, license = $7, "
    "used_storage = $8, details = $9 WHERE id = $1");
const Statement kDeleteTags("DELETE FROM repository_tag WHERE repo_id = $1");
const Statement kInsertTag("INSERT INTO repository_tag (repo_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const Statement kRaiseGeneration("UPDATE repository SET generation = generation + 1, modified = $2 WHERE id = $1");
const Statement kGeneration("SELECT generation FROM repository WHERE id = $1");
const Statement kRaiseSequence("UPDATE repository SET sequence = sequence + $2 WHERE id = $1");
const Statement kSequence("SELECT sequence FROM repository WHERE id = $1");
const Statement kRaiseLine("UPDATE repository SET next_line = next_line + 1 WHERE id = $1");
const Statement kLine("SELECT next_line FROM repository WHERE id = $1");
const Statement kRaiseDiscussion("UPDATE repository SET next_discussion = next_discussion + 1 WHERE id = $1");
const Statement kDiscussion("SELECT next_discussion FROM repository WHERE id = $1");
const Statement kAddLike("INSERT INTO repository_like (repo_id, user_id, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
const Statement kDeleteLike("DELETE FROM repository_like WHERE repo_id = $1 AND user_id = $2");
const Statement kIsLiked("SELECT 1 FROM repository_like WHERE repo_id = $1 AND user_id = $2");
const Statement kLikers(
    "SELECT o.id, o.kind, o.name, o.fullname, o.created FROM repository_like l "
    "JOIN owner o ON o.id = l.user_id WHERE l.repo_id = $1 ORDER BY l.created DESC LIMIT $2");
const Statement kLikesOf("SELECT " MIRFA_REPO_COLUMNS
                         ", l.created FROM repository_like l "
                         "JOIN repository r ON r.id = l.repo_id JOIN owner o ON o.id = r.owner_id "
                         "WHERE l.user_id = $1 AND (l.created < $2 OR (l.created = $2 AND r.id < $3)) "
                         "ORDER BY l.created DESC, r.id DESC LIMIT $4");
const Statement kTrending("SELECT trending FROM repository WHERE id = $1");
const Statement kLiked("SELECT created FROM repository_like WHERE repo_id = $1 AND user_id = $2");
const Statement kCountLikes("UPDATE repository SET likes = likes + $2, trending = $3 WHERE id = $1");
const Statement kAddDownloads(
    "INSERT INTO repository_download (repo_id, day, count) VALUES ($1, $2, $3) "
    "ON CONFLICT (repo_id, day) DO UPDATE SET count = repository_download.count + excluded.count");
const Statement kCountDownloads("UPDATE repository SET downloads = downloads + $2, trending = $3 WHERE id = $1");

// What belongs to one repository, in an order that references allow.
const Statement kDeleteParts[] = {
    Statement("DELETE FROM discussion_event WHERE discussion_id IN (SELECT id FROM discussion WHERE repo_id = $1)"),
    Statement("DELETE FROM discussion WHERE repo_id = $1"),
    Statement("DELETE FROM job WHERE repo_id = $1"),
    Statement("DELETE FROM lfs_lock WHERE repo_id = $1"),
    Statement("DELETE FROM multipart_upload WHERE repo_id = $1"),
    Statement("DELETE FROM repo_object WHERE repo_id = $1"),
    Statement("DELETE FROM xorb_owner WHERE repo_id = $1"),
    Statement("DELETE FROM commit_path WHERE repo_id = $1"),
    Statement("DELETE FROM git_line WHERE repo_id = $1"),
    Statement("DELETE FROM git_commit WHERE repo_id = $1"),
    Statement("DELETE FROM git_ref WHERE repo_id = $1"),
    Statement("DELETE FROM git_object WHERE repo_id = $1"),
    Statement("DELETE FROM repository_download WHERE repo_id = $1"),
    Statement("DELETE FROM repository_like WHERE repo_id = $1"),
    Statement("DELETE FROM repository_tag WHERE repo_id = $1"),
    Statement("DELETE FROM repository_redirect WHERE repo_id = $1"),
    Statement("DELETE FROM repository WHERE id = $1"),
};

Result<std::int64_t> number(Session& session, const Statement& statement, RowId id) {
    TRY(const auto found, find_row(session, statement, {id}, [](const Row& row) { return row.integer(0); }));
    if (!found) return Error{Code::kNotFound, "The repository does not exist any more.", Reason::kRepoNotFound};
    return *found;
}

}  // namespace

Result<std::optional<Repository>> find_repository(Session& session, RepoType type, std::string_view owner,
                                                  std::string_view name) {
    return find_row(session, kFind, {static_cast<int>(type), ascii_lower(owner), ascii_lower(name)}, repository_of);
}
Result<std::optional<Repository>> find_repository_by_id(Session& session, RowId id) {
    return find_row(session, kFindById, {id}, repository_of);
}
Result<std::optional<Repository>> find_redirect(Session& session, RepoType type, std::string_view owner, std::string_view name) {
    return find_row(session, kFindRedirect, {static_cast<int>(type), ascii_lower(owner), ascii_lower(name)}, repository_of);
}

Result<void> insert_repository(Session& session, const Repository& r) {
    const std::string key = ascii_lower(r.name);
    TRY(session.change(kDropRedirectAt, {static_cast<int>(r.type), r.owner, key}));
    TRY(session.change(kInsert, {r.id, static_cast<int>(r.type), r.owner, r.name, key, r.creator, r.is_private, r.gated,
                                 r.settings, r.created}));
    TRY(const auto owner, find_owner_by_id(session, r.owner));
    return index_new_repository(session, r, owner ? owner->name : "");
}

Result<void> move_repository(Session& session, const Repository& from, RowId new_owner, std::string_view new_name) {
    const int type = static_cast<int>(from.type);
    const std::string new_key = ascii_lower(new_name);
    TRY(session.change(kDropRedirectAt, {type, new_owner, new_key}));
    TRY(session.change(kMove, {from.id, new_owner, new_name, new_key}));
    TRY(index_moved_repository(session, from.id));
    const std::string old_key = ascii_lower(from.name);
    if (new_owner == from.owner && new_key == old_key) return ok();
    TRY(session.change(kAddRedirect, {type, from.owner, old_key, from.id}));
    return ok();
}

Result<void> delete_repository(Session& session, RowId id) {
    TRY(index_deleted_repository(session, id));
    for (const auto& statement : kDeleteParts) TRY(session.change(statement, {id}));
    return ok();
}
Result<std::int64_t> count_repositories(Session& session, RowId owner) { return number(session, kCount, owner); }

Result<void> update_settings(Session& session, const Repository& r) {
    TRY(session.change(kUpdateSettings, {r.id, r.is_private, r.gated, r.disabled, r.settings}));
    return index_settings(session, r.id, r.is_private, r.gated);
}

Result<void> update_card(Session& session, const Repository& r, const std::vector<std::string>& tags) {
    TRY(session.change(kUpdateCard,
                       {r.id, r.head, r.card, r.tags, r.pipeline_tag, r.library, r.license, r.used_storage, r.details}));
    TRY(session.change(kDeleteTags, {r.id}));
    for (const auto& tag : tags) TRY(session.change(kInsertTag, {r.id, ascii_lower(tag)}));
    return ok();
}

Result<std::int64_t> raise_generation(Session& session, RowId id, UnixMillis modified) {
    TRY(session.change(kRaiseGeneration, {id, modified}));
    return number(session, kGeneration, id);
}
Result<std::int64_t> reserve_sequence(Session& session, RowId id, std::int64_t count) {
    TRY(session.change(kRaiseSequence, {id, count}));
    TRY(const auto last, number(session, kSequence, id));
    return last - count + 1;
}
Result<std::int64_t> reserve_line(Session& session, RowId id) {
    TRY(session.change(kRaiseLine, {id}));
    TRY(const auto next, number(session, kLine, id));
    return next - 1;
}
Result<std::int64_t> reserve_discussion_number(Session& session, RowId id) {
    TRY(session.change(kRaiseDiscussion, {id}));
    TRY(const auto next, number(session, kDiscussion, id));
    return next - 1;
}

Result<bool> add_like(Session& session, RowId repo, RowId user, UnixMillis now) {
    TRY(const auto changed, session.change(kAddLike, {repo, user, now}));
    if (changed == 0) return false;
    TRY(const auto trending, number(session, kTrending, repo));
    TRY(session.change(kCountLikes, {repo, 1, trending_with(trending, kLikeWeight, now)}));
    return true;
}
Result<bool> delete_like(Session& session, RowId repo, RowId user) {
    TRY(const auto liked, find_row(session, kLiked, {repo, user}, [](const Row& row) { return row.integer(0); }));
    if (!liked) return false;
    TRY(session.change(kDeleteLike, {repo, user}));
    TRY(const auto trending, number(session, kTrending, repo));
    TRY(session.change(kCountLikes, {repo, -1, trending_without(trending, kLikeWeight, *liked)}));
    return true;
}
Result<bool> is_liked(Session& session, RowId repo, RowId user) {
    TRY(const auto found, find_row(session, kIsLiked, {repo, user}, [](const Row&) { return true; }));
    return found.has_value();
}
Result<std::vector<Owner>> likers_of(Session& session, RowId repo, int limit) {
    return list_rows(session, kLikers, {repo, limit}, [](const Row& row) {
        return Owner{row.integer(0), static_cast<OwnerKind>(row.integer(1)), row.string(2), row.string(3), row.integer(4)};
    });
}
Result<std::vector<LikedRepository>> likes_of(Session& session, RowId user,
                                              const std::optional<std::pair<UnixMillis, RowId>>& after, int limit) {
    const auto from = after.value_or(std::pair(INT64_MAX, INT64_MAX));
    return list_rows(session, kLikesOf, {user, from.first, from.second, limit}, [](const Row& row) {
        return LikedRepository{repository_of(row), row.integer(detail::kRepoColumns)};
    });
}
Result<void> add_downloads(Session& session, RowId repo, UnixMillis now, std::int64_t count) {
    constexpr UnixMillis kDay = 24LL * 3600 * 1000;
    TRY(const auto trending, find_row(session, kTrending, {repo}, [](const Row& row) { return row.integer(0); }));
    if (!trending) return ok();  // deleted since it was downloaded
    TRY(session.change(kAddDownloads, {repo, now / kDay, count}));
    TRY(session.change(kCountDownloads,
                       {repo, count, trending_with(*trending, kDownloadWeight * static_cast<double>(count), now)}));
    return ok();
}

}  // namespace mirfa::catalog
