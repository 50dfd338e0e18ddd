// SPDX-License-Identifier: Apache-2.0
// Lists of repositories. A list is a walk along the index of its order, past what does not fit; a filter that few
// repositories pass is where the walk begins instead, and what it finds is sorted.
#include <algorithm>

#include "catalog/detail/repo_row.h"
#include "catalog/detail/repo_where.h"

namespace mirfa::catalog {
namespace {

using detail::Where;

constexpr std::int64_t kFew = 1'000;  // rows that are sorted sooner than an index is walked

const Statement kPublicTags(
    "SELECT t.tag FROM repository_tag t JOIN repository r ON r.id = t.repo_id "
    "WHERE r.type = $1 AND r.private = 0 GROUP BY t.tag ORDER BY COUNT(*) DESC, t.tag LIMIT $2");

std::optional<std::string> optional_text(const Row& row, int column) {
    if (row.is_null(column)) return std::nullopt;
    return row.string(column);
}

const char* column_of(RepoSort sort) {
    switch (sort) {
        case RepoSort::kModified: return "r.modified";
        case RepoSort::kCreated: return "r.created";
        case RepoSort::kDownloads: return "r.downloads";
        case RepoSort::kLikes: return "r.likes";
        case RepoSort::kTrending: return "r.trending";
        case RepoSort::kParameters: return "r.parameters";
        case RepoSort::kRelevance: break;  // of the text, not of the repository
    }
    return "r.modified";
}

/// The membership to begin with, when it leaves few rows.
std::optional<detail::Membership> take_rarest(std::vector<detail::Membership>& memberships) {
    const auto rarest = std::min_element(memberships.begin(), memberships.end(),
                                         [](const auto& a, const auto& b) { return a.estimate < b.estimate; });
    if (rarest == memberships.end() || rarest->estimate > kFew) return std::nullopt;
    auto taken = std::move(*rarest);
    memberships.erase(rarest);
    return taken;
}

/// In the order of a column of the repository.
std::string sql_by_column(Where& where, detail::Filters& filters, const RepoQuery& query, Dialect dialect) {
    std::string tables = MIRFA_REPO_TABLES;
    auto from = detail::From::kRepository;
    if (!filters.named.empty()) {
        std::string places;
        for (const auto id : filters.named) places += (places.empty() ? "" : ", ") + where.parameter(id);
        where.add("r.id IN (" + places + ")");
        from = detail::From::kNamed;
    } else if (const auto rarest = take_rarest(filters.memberships)) {
        tables = " FROM " + std::string(rarest->table) + " d CROSS JOIN repository r JOIN owner o ON o.id = r.owner_id ";
        detail::add_driver(where, *rarest);
    }
    detail::add_conditions(where, query, from);
    for (const auto& membership : filters.memberships) detail::add_membership(where, membership);
    if (!filters.text.empty()) detail::add_text(where, filters.text, dialect);
    const std::string column = column_of(query.sort);
    const std::string direction = query.ascending ? " ASC" : " DESC";
    const std::string beyond = query.ascending ? " > " : " < ";
    if (query.after) where.add("(" + column + ", r.id)" + beyond + "(?, ?)", {query.after->first, query.after->second});
    const auto limit = where.parameter(query.limit);
    return "SELECT " MIRFA_REPO_COLUMNS + tables + where.sql() + " ORDER BY " + column + direction + ", r.id" + direction +
           " LIMIT " + limit;
}

/// In the order of how well the text fits: words of the name count most, then those of the title, the tags, the card.
std::string sql_by_relevance(Where& where, const detail::Filters& filters, const RepoQuery& query, Dialect dialect) {
    std::string score;
    if (dialect == Dialect::kSqlite) {
        where.add("repository_text MATCH ?", {where.keep(filters.text)});
        score = "bm25(repository_text, 10.0, 4.0, 6.0, 1.0)";
    } else {
        where.add("words @@ to_tsquery('simple', ?)", {where.keep(filters.text)});
        score = "-ts_rank(words, to_tsquery('simple', $1))";
    }
    detail::add_conditions(where, query, detail::From::kIndex);
    for (const auto& membership : filters.memberships) detail::add_membership(where, membership);
    const auto limit = where.parameter(query.limit);
    const auto offset = where.parameter(query.offset);
    return "SELECT " MIRFA_REPO_COLUMNS " FROM (SELECT r.id AS id, " + score +
           " AS score FROM repository_text JOIN repository_index r ON r.id = repository_text.rowid" + where.sql() +
           " ORDER BY score, r.id LIMIT " + limit + " OFFSET " + offset +
           ") AS found JOIN repository r ON r.id = found.id JOIN owner o ON o.id = r.owner_id ORDER BY found.score, found.id";
}

}  // namespace

std::string detail::list_sql(Where& where, Filters filters, const RepoQuery& query, Dialect dialect) {
    if (query.sort == RepoSort::kRelevance && !filters.text.empty()) return sql_by_relevance(where, filters, query, dialect);
    return sql_by_column(where, filters, query, dialect);
}

namespace detail {

Repository repository_of(const Row& row) {
    Repository r;
    r.id = row.integer(0);
    r.type = static_cast<RepoType>(row.integer(1));
    r.owner = row.integer(2);
    r.owner_name = row.string(3);
    r.name = row.string(4);
    r.creator = row.integer(5);
    r.is_private = row.boolean(6);
    r.gated = row.string(7);
    r.disabled = row.boolean(8);
    r.settings = row.string(9);
    r.created = row.integer(10);
    r.modified = row.integer(11);
    r.generation = row.integer(12);
    r.sequence = row.integer(13);
    r.likes = row.integer(14);
    r.downloads = row.integer(15);
    r.head = row.optional_fixed<ObjectId>(16);
    r.card = row.string(17);
    r.tags = row.string(18);
    r.pipeline_tag = optional_text(row, 19);
    r.library = optional_text(row, 20);
    r.license = optional_text(row, 21);
    r.used_storage = row.integer(22);
    r.details = row.string(23);
    r.parameters = row.integer(24);
    r.trending = row.integer(25);
    return r;
}

}  // namespace detail

Result<TypeCounts> count_by_type(Session& session, RowId owner, const std::optional<RowId>& viewer, bool sees_all) {
    Where where;
    where.add("r.owner_id = ?", {owner});
    RepoQuery query;
    query.viewer = viewer;
    query.sees_all = sees_all;
    detail::add_visibility(where, query);
    TypeCounts counts;
    TRY(session.each("SELECT r.type, COUNT(*) FROM repository r" + where.sql() + " GROUP BY r.type", where.parameters(),
                     [&](const Row& row) -> Result<void> {
                         switch (static_cast<RepoType>(row.integer(0))) {
                             case RepoType::kModel: counts.models = row.integer(1); break;
                             case RepoType::kDataset: counts.datasets = row.integer(1); break;
                             case RepoType::kSpace: counts.spaces = row.integer(1); break;
                         }
                         return ok();
                     }));
    return counts;
}

Result<std::vector<std::string>> public_tags(Session& session, RepoType type, int limit) {
    return list_rows(session, kPublicTags, {static_cast<int>(type), limit}, [](const Row& row) { return row.string(0); });
}
Result<std::vector<Repository>> list_repositories(Session& session, const RepoQuery& query) {
    std::vector<Repository> rows;
    TRY(auto filters, detail::load_filters(session, query));
    if (filters.impossible) return rows;
    Where where;
    const std::string sql = detail::list_sql(where, std::move(filters), query, session.dialect());
    TRY(session.each(sql, where.parameters(), [&](const Row& row) -> Result<void> {
        rows.push_back(detail::repository_of(row));
        return ok();
    }));
    return rows;
}

std::int64_t trending_score(const Repository& repository) { return repository.trending * 100 >> 20; }

std::int64_t sort_value(const Repository& repository, RepoSort sort) {
    switch (sort) {
        case RepoSort::kModified: return repository.modified;
        case RepoSort::kCreated: return repository.created;
        case RepoSort::kDownloads: return repository.downloads;
        case RepoSort::kLikes: return repository.likes;
        case RepoSort::kTrending: return repository.trending;
        case RepoSort::kParameters: return repository.parameters;
        case RepoSort::kRelevance: return repository.modified;
    }
    return 0;
}

}  // namespace mirfa::catalog
