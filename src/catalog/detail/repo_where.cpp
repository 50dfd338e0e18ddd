// SPDX-License-Identifier: Apache-2.0
#include "catalog/detail/repo_where.h"

#include <algorithm>

#include "base/ascii.h"
#include "catalog/search_words.h"

namespace mirfa::catalog::detail {
namespace {

constexpr std::int64_t kCountedTags = 1'000;

const Statement kFindFacet("SELECT id, uses FROM facet WHERE type = $1 AND kind = $2 AND value_key = $3");
const Statement kCountTag("SELECT COUNT(*) FROM (SELECT 1 FROM repository_tag WHERE tag = $1 LIMIT $2) AS counted");

/// A pattern of LIKE ESCAPE '!' for texts with `term` in them.
std::string pattern_of(std::string_view term) {
    std::string pattern = "%";
    for (const char c : ascii_lower(term)) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + '%';
}

void add_search(Where& where, const RepoQuery& query, const std::string& name) {
    for (const auto& term : query.search) where.add(name + " LIKE ? ESCAPE '!'", {where.keep(pattern_of(term))});
}

/// Going over all short rows for a part of a name that few have takes less than walking the repositories themselves; one
/// that many have ends it soon.
Result<std::vector<RowId>> find_few_named(Session& session, const RepoQuery& query) {
    Where where;
    if (query.type) where.add("+r.type = ?", {static_cast<int>(*query.type)});
    add_search(where, query, "r.full_key");
    const auto limit = where.parameter(static_cast<std::int64_t>(kFewNamed + 1));
    std::vector<RowId> ids;
    TRY(session.each("SELECT r.id FROM repository_index r" + where.sql() + " LIMIT " + limit, where.parameters(),
                     [&](const Row& row) -> Result<void> {
                         ids.push_back(row.integer(0));
                         return ok();
                     }));
    if (ids.size() > kFewNamed) return std::vector<RowId>{};
    ids.resize(kFewNamed);
    return ids;
}

Value value_of(Where& where, const Membership& m) {
    if (const auto* id = std::get_if<std::int64_t>(&m.value)) return *id;
    return where.keep(std::get<std::string>(m.value));
}

}  // namespace

void Where::add(std::string_view condition, const std::vector<Value>& values) {
    sql_ += sql_.empty() ? " WHERE (" : " AND (";
    std::size_t next = 0;
    for (const char c : condition) {
        if (c == '?')
            sql_ += parameter(values[next++]);
        else
            sql_ += c;
    }
    sql_ += ")";
}

std::string Where::parameter(const Value& value) {
    parameters_.push_back(value);
    return "$" + std::to_string(parameters_.size());
}

void add_visibility(Where& where, const RepoQuery& query) {
    if (query.sees_all) return;
    if (!query.viewer) return where.add("r.private = 0");
    where.add(
        "r.private = 0 OR r.owner_id = ? OR EXISTS (SELECT 1 FROM org_member m WHERE m.org_id = r.owner_id AND "
        "m.user_id = ?)",
        {*query.viewer, *query.viewer});
}

Result<Filters> load_filters(Session& session, const RepoQuery& query) {
    Filters filters;
    for (const auto& [kind, value] : query.facets) {
        if (!query.type) return Error{Code::kInvalidArgument, "Facets need a type of repository."};
        TRY(const auto found,
            find_row(session, kFindFacet, {static_cast<int>(*query.type), static_cast<int>(kind), ascii_lower(value)},
                     [](const Row& row) { return std::pair(row.integer(0), row.integer(1)); }));
        // Nobody has what is not known: no row of repository_facet names facet 0.
        const auto [id, uses] = found.value_or(std::pair<RowId, std::int64_t>(0, 0));
        filters.memberships.push_back({"repository_facet", "facet_id", id, uses, kind});
    }
    const auto add_tag = [&](const std::string& text, std::optional<FacetKind> kind) -> Result<void> {
        std::string tag = ascii_lower(text);
        TRY(const auto count,
            find_row(session, kCountTag, {tag, kCountedTags + 1}, [](const Row& row) { return row.integer(0); }));
        // As many as were counted may be many more.
        const auto estimate = count.value_or(0) > kCountedTags ? INT64_MAX : count.value_or(0);
        filters.memberships.push_back({"repository_tag", "tag", std::move(tag), estimate, kind});
        return ok();
    };
    for (const auto& tag : query.tags) TRY(add_tag(tag, std::nullopt));
    for (const auto& tag : query.library_tags) TRY(add_tag(tag, FacetKind::kLibrary));
    const bool looked_up = std::any_of(query.search.begin(), query.search.end(), [](const auto& term) { return !term.empty(); });
    if (looked_up && !query.owner && !query.text) {
        TRY(filters.named, find_few_named(session, query));
    }
    if (!query.text) return filters;
    filters.text = full_text_query(*query.text, session.dialect());
    if (filters.text.empty()) filters.impossible = true;  // only signs that mean nothing
    return filters;
}

void add_conditions(Where& where, const RepoQuery& query, From from) {
    // Only the walk along an order of repositories goes by type; the sign keeps SQLite from an index on the column.
    if (query.type) where.add(from == From::kRepository ? "r.type = ?" : "+r.type = ?", {static_cast<int>(*query.type)});
    if (query.owner) where.add("r.owner_id = ?", {*query.owner});
    if (query.gated) where.add(*query.gated ? "r.gated <> ''" : "r.gated = ''");
    if (query.min_parameters || query.max_parameters)
        where.add("r.parameters >= ? AND r.parameters <= ?",
                  {std::max<std::int64_t>(query.min_parameters.value_or(1), 1), query.max_parameters.value_or(INT64_MAX)});
    if (query.modified_since && from == From::kIndex)
        where.add("EXISTS (SELECT 1 FROM repository p WHERE p.id = r.id AND p.modified >= ?)", {*query.modified_since});
    else if (query.modified_since)
        where.add("r.modified >= ?", {*query.modified_since});
    add_search(where, query, from == From::kIndex ? "r.full_key" : "o.name_key || '/' || r.name_key");
    add_visibility(where, query);
}

void add_membership(Where& where, const Membership& m) {
    where.add("EXISTS (SELECT 1 FROM " + std::string(m.table) + " t WHERE t." + m.column + " = ? AND t.repo_id = r.id)",
              {value_of(where, m)});
}

void add_driver(Where& where, const Membership& m) {
    where.add("r.id = d.repo_id AND d." + std::string(m.column) + " = ?", {value_of(where, m)});
}

void add_text(Where& where, const std::string& text, Dialect dialect) {
    const auto& kept = where.keep(text);
    if (dialect == Dialect::kSqlite)
        where.add("r.id IN (SELECT rowid FROM repository_text WHERE repository_text MATCH ?)", {kept});
    else
        where.add("r.id IN (SELECT rowid FROM repository_text WHERE words @@ to_tsquery('simple', ?))", {kept});
}

}  // namespace mirfa::catalog::detail
