// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "catalog/repos.h"

namespace mirfa::catalog::detail {

/// Conditions and their parameters; each `?` of a condition becomes the next `$N`. Keeps the texts it is given.
class Where {
public:
    void add(std::string_view condition, const std::vector<Value>& values = {});
    /// The next `$N`, for what stands outside the conditions.
    std::string parameter(const Value& value);
    /// Keeps a text as long as this, for a Value that borrows it.
    const std::string& keep(std::string text) { return kept_.emplace_back(std::move(text)); }
    /// "" or ` WHERE …`.
    const std::string& sql() const { return sql_; }
    const std::vector<Value>& parameters() const { return parameters_; }

private:
    std::string sql_;
    std::vector<Value> parameters_;
    std::deque<std::string> kept_;
};

/// Which table `r` is: both have the columns that conditions name. kNamed: the repositories, of which few are picked by id,
/// so that no index of their type is to be walked.
enum class From { kRepository, kIndex, kNamed };

/// Who may see `r`: the one filter of lists, counts and searches.
void add_visibility(Where& where, const RepoQuery& query);

/// A filter that is a row of another table: a facet or a tag.
struct Membership {
    const char* table;
    const char* column;
    std::variant<std::int64_t, std::string> value;
    std::int64_t estimate = 0;  ///< of how many rows there are
    std::optional<FacetKind> kind;
};

/// The filters of a query, looked up: what they need of the database besides conditions.
struct Filters {
    bool impossible = false;  ///< a text without words finds nothing
    std::vector<Membership> memberships;
    std::string text;  ///< full-text query, "" for none
    /// The repositories whose names have what `search` asks for, when they are few; kFewNamed places, those that are left
    /// over hold 0. Empty when they are many or were not looked for.
    std::vector<RowId> named = {};
};
inline constexpr std::size_t kFewNamed = 200;

Result<Filters> load_filters(Session&, const RepoQuery& query);

/// Adds everything but the memberships.
void add_conditions(Where& where, const RepoQuery& query, From from);
void add_membership(Where& where, const Membership& membership);
/// The same where the walk begins at the membership's table, `d`. It stands before `r`, joined by CROSS JOIN: SQLite
/// keeps the order of such tables.
void add_driver(Where& where, const Membership& membership);
/// `r` is among what the full-text query finds.
void add_text(Where& where, const std::string& text, Dialect dialect);

/// The whole text of a list's statement. repo_lists.cpp.
std::string list_sql(Where& where, Filters filters, const RepoQuery& query, Dialect dialect);
/// Of a pass that counts facets: rows of packed facets. facets.cpp.
std::string facets_sql(Where& where, Filters filters, const RepoQuery& query, Dialect dialect);

}  // namespace mirfa::catalog::detail
