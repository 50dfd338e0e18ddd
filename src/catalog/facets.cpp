// SPDX-License-Identifier: Apache-2.0
// Counts are exact. Without filters they are kept ready for public repositories, and only the private ones that somebody
// may see are gone through. With filters, the short rows of repository_index of what is found are: from the facet that
// the fewest have, by key.
#include <algorithm>
#include <set>
#include <unordered_map>

#include "catalog/detail/repo_where.h"
#include "catalog/finding.h"

namespace mirfa::catalog {
namespace {

using detail::Filters;
using detail::Where;

constexpr std::size_t kPackedFacet = 9;
constexpr std::size_t kMaxNamed = 2'000;  // private facets whose values are looked up

const Statement kTop("SELECT id, value, uses FROM facet WHERE type = $1 AND kind = $2 AND uses > 0 ORDER BY uses DESC LIMIT $3");
const Statement kNameOf("SELECT value, uses FROM facet WHERE id = $1");
const Statement kAllPrivate("SELECT r.facets FROM repository_index r WHERE r.type = $1 AND r.private = 1");
const Statement kVisiblePrivate(
    "SELECT r.facets FROM repository_index r WHERE r.type = $1 AND r.private = 1 AND r.owner_id IN "
    "(SELECT CAST($2 AS BIGINT) UNION SELECT m.org_id FROM org_member m WHERE m.user_id = $2)");

/// How often each facet was seen, by kind.
class Tally {
public:
    void add(ByteView packed) {
        for (; packed.size() >= kPackedFacet; packed = packed.subspan(kPackedFacet)) {
            std::uint64_t id = 0;
            for (std::size_t i = 1; i < kPackedFacet; ++i) id = id << 8 | packed[i];
            auto& seen = seen_[static_cast<RowId>(id)];
            seen.kind = static_cast<FacetKind>(packed[0]);
            ++seen.count;
        }
    }
    Session::RowFunction adder() {
        return [this](const Row& row) -> Result<void> {
            add(row.blob(0));
            return ok();
        };
    }
    /// The most frequent of a kind first.
    std::vector<std::pair<RowId, std::int64_t>> top(FacetKind kind, std::size_t limit) const {
        std::vector<std::pair<RowId, std::int64_t>> found;
        for (const auto& [id, seen] : seen_)
            if (seen.kind == kind) found.emplace_back(id, seen.count);
        const auto middle = found.begin() + static_cast<std::ptrdiff_t>(std::min(limit, found.size()));
        std::partial_sort(found.begin(), middle, found.end(), [](const auto& a, const auto& b) {
            return a.second != b.second ? a.second > b.second : a.first < b.first;
        });
        found.erase(middle, found.end());
        return found;
    }

private:
    struct Seen {
        FacetKind kind = FacetKind::kTask;
        std::int64_t count = 0;
    };
    std::unordered_map<RowId, Seen> seen_;
};

struct Named {
    std::string value;
    std::int64_t uses = 0;
};
Result<Named> name_of(Session& session, RowId id) {
    TRY(auto found, find_row(session, kNameOf, {id}, [](const Row& row) { return Named{row.string(0), row.integer(1)}; }));
    if (!found) return Error{Code::kCorrupt, "A facet of a repository is not recorded.", Reason::kNone, std::to_string(id)};
    return std::move(*found);
}

void sort_and_cut(std::vector<FacetCount>& values, std::size_t top) {
    std::sort(values.begin(), values.end(),
              [](const auto& a, const auto& b) { return a.count != b.count ? a.count > b.count : a.value < b.value; });
    if (values.size() > top) values.resize(top);
}

/// Counts of everything that may be seen.
class Unfiltered {
public:
    Unfiltered(Session& session, const RepoQuery& query, std::size_t top) : session_(session), query_(query), top_(top) {}

    Result<std::vector<FacetCount>> count(FacetKind kind) {
        if (!loaded_) TRY(load_private());
        const auto hidden = private_.top(kind, kMaxNamed);
        std::unordered_map<RowId, FacetCount> counts;
        const int type = static_cast<int>(*query_.type);
        TRY(session_.each(kTop, {type, static_cast<int>(kind), static_cast<std::int64_t>(top_)},
                          [&](const Row& row) -> Result<void> {
                              counts[row.integer(0)] = {row.string(1), row.integer(2)};
                              return ok();
                          }));
        for (const auto& [id, count] : hidden) {
            auto at = counts.find(id);
            if (at == counts.end()) {
                TRY(auto named, name_of(session_, id));
                at = counts.emplace(id, FacetCount{std::move(named.value), named.uses}).first;
            }
            at->second.count += count;
        }
        std::vector<FacetCount> values;
        for (auto& [id, count] : counts) values.push_back(std::move(count));
        sort_and_cut(values, top_);
        return values;
    }

private:
    Result<void> load_private() {
        const int type = static_cast<int>(*query_.type);
        loaded_ = true;
        if (query_.sees_all) return session_.each(kAllPrivate, {type}, private_.adder());
        if (query_.viewer) return session_.each(kVisiblePrivate, {type, *query_.viewer}, private_.adder());
        return ok();
    }

    Session& session_;
    const RepoQuery& query_;
    const std::size_t top_;
    Tally private_;
    bool loaded_ = false;
};

bool is_narrowed(const RepoQuery& query, const Filters& filters) {
    return query.owner || !query.search.empty() || query.gated || query.min_parameters || query.max_parameters ||
           query.modified_since || !filters.memberships.empty() || !filters.text.empty();
}

Filters without(Filters filters, FacetKind kind) {
    std::erase_if(filters.memberships, [&](const auto& membership) { return membership.kind == kind; });
    return filters;
}

Result<Tally> tally(Session& session, const RepoQuery& query, Filters filters) {
    Where where;
    const auto sql = detail::facets_sql(where, std::move(filters), query, session.dialect());
    Tally seen;
    TRY(session.each(sql, where.parameters(), seen.adder()));
    return seen;
}

Result<std::vector<FacetCount>> named(Session& session, const Tally& seen, FacetKind kind, std::size_t top) {
    std::vector<FacetCount> values;
    for (const auto& [id, count] : seen.top(kind, top)) {
        TRY(auto name, name_of(session, id));
        values.push_back({std::move(name.value), count});
    }
    sort_and_cut(values, top);
    return values;
}

}  // namespace

std::string detail::facets_sql(Where& where, Filters filters, const RepoQuery& query, Dialect dialect) {
    std::string tables = " FROM repository_index r";
    auto& memberships = filters.memberships;
    const auto rarest = std::min_element(memberships.begin(), memberships.end(),
                                         [](const auto& a, const auto& b) { return a.estimate < b.estimate; });
    if (rarest != memberships.end() && filters.text.empty()) {
        tables = " FROM " + std::string(rarest->table) + " d CROSS JOIN repository_index r";
        add_driver(where, *rarest);
        memberships.erase(rarest);
    }
    add_conditions(where, query, From::kIndex);
    for (const auto& membership : memberships) add_membership(where, membership);
    if (!filters.text.empty()) add_text(where, filters.text, dialect);
    return "SELECT r.facets" + tables + where.sql();
}

Result<std::vector<FacetCounts>> count_facets(Session& session, const RepoQuery& query, std::size_t top) {
    if (!query.type) return Error{Code::kInvalidArgument, "Facets need a type of repository."};
    TRY(const auto filters, detail::load_filters(session, query));
    Unfiltered everything(session, query, top);
    std::optional<Tally> under_all;
    std::vector<FacetCounts> counts;
    for (const auto kind : kCountedFacets) {
        FacetCounts of_kind{kind, {}};
        auto narrowed = without(filters, kind);
        const bool own_filter = narrowed.memberships.size() != filters.memberships.size();
        if (filters.impossible) {
            counts.push_back(std::move(of_kind));
            continue;
        }
        if (!is_narrowed(query, narrowed)) {
            TRY(of_kind.values, everything.count(kind));
        } else if (own_filter) {
            TRY(const auto seen, tally(session, query, std::move(narrowed)));
            TRY(of_kind.values, named(session, seen, kind, top));
        } else {
            if (!under_all) {
                TRY(under_all, tally(session, query, filters));
            }
            TRY(of_kind.values, named(session, *under_all, kind, top));
        }
        counts.push_back(std::move(of_kind));
    }
    return counts;
}

}  // namespace mirfa::catalog
