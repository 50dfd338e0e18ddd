// SPDX-License-Identifier: Apache-2.0
// Names as they are typed. Whatever begins so lies side by side in name_part; a bounded run of it is read. When the run
// is longer than that, what begins so is common, and some of it is among the trending repositories, which are looked
// through as well: so an answer costs the same whether one letter was typed or ten.
#include <algorithm>
#include <set>

#include "catalog/finding.h"
#include "catalog/search_words.h"

namespace mirfa::catalog {
namespace {

constexpr int kRun = 200;       // rows of name_part read
constexpr int kTrending = 200;  // trending repositories looked through
constexpr int kOwnerKinds = 3;

#define MIRFA_TYPED_COLUMNS "p.place, p.part, x.id, o.name, x.name, x.pipeline_tag, x.likes, x.trending"
#define MIRFA_TYPED_VISIBLE                                                                                          \
    "($5 = 1 OR r.private = 0 OR r.owner_id = $4 OR EXISTS (SELECT 1 FROM org_member m WHERE m.org_id = r.owner_id " \
    "AND m.user_id = $4))"

const Statement kBeginning("SELECT " MIRFA_TYPED_COLUMNS
                           " FROM name_part p CROSS JOIN repository_index r JOIN repository x ON x.id = p.id "
                           "JOIN owner o ON o.id = x.owner_id WHERE r.id = p.id AND p.kind = $1 AND p.part >= $2 AND "
                           "p.part < $3 AND " MIRFA_TYPED_VISIBLE " ORDER BY p.part LIMIT $6");
const Statement kTrendingOnes(
    "SELECT " MIRFA_TYPED_COLUMNS
    " FROM (SELECT id FROM repository WHERE type = $1 ORDER BY trending DESC, id DESC LIMIT $6) AS best "
    "CROSS JOIN name_part p CROSS JOIN repository_index r JOIN repository x ON x.id = best.id "
    "JOIN owner o ON o.id = x.owner_id WHERE p.id = best.id AND r.id = best.id AND p.kind = $1 AND p.part >= $2 AND "
    "p.part < $3 AND " MIRFA_TYPED_VISIBLE);
const Statement kOwners(
    "SELECT p.place, p.part, o.id, o.name, o.fullname FROM name_part p JOIN owner o ON o.id = p.id "
    "WHERE p.kind = $1 AND p.part >= $2 AND p.part < $3 ORDER BY p.part LIMIT $4");

struct Hit {
    int place = 0;
    bool whole = false;  ///< the part is what was typed, not only its beginning
    std::int64_t trending = 0;
    TypedName name;

    bool operator<(const Hit& other) const {
        if (place != other.place) return place < other.place;
        if (whole != other.whole) return whole;
        if (trending != other.trending) return trending > other.trending;
        if (name.likes != other.name.likes) return name.likes > other.name.likes;
        return name.name < other.name.name;
    }
};

/// The best of the hits, each name once.
std::vector<TypedName> best_of(std::vector<Hit> hits, std::size_t limit) {
    std::sort(hits.begin(), hits.end());
    std::set<RowId> seen;
    std::vector<TypedName> names;
    for (auto& hit : hits)
        if (names.size() < limit && seen.insert(hit.name.id).second) names.push_back(std::move(hit.name));
    return names;
}

/// Behind everything that begins with `typed`.
std::string end_of(const std::string& typed) { return typed + "\xF4\x8F\xBF\xBF"; }

}  // namespace

Result<std::vector<TypedName>> find_typed_repositories(Session& session, RepoType type, std::string_view typed,
                                                       const std::optional<RowId>& viewer, bool sees_all, std::size_t limit) {
    const auto words = search_words(typed.substr(0, kMaxNamePartBytes), kMaxNamePartBytes);
    std::vector<Hit> hits;
    if (words.empty()) return std::vector<TypedName>{};
    const auto collect = [&](const Row& row) -> Result<void> {
        Hit hit{static_cast<int>(row.integer(0)), row.text(1) == words, row.integer(7), {}};
        hit.name.id = row.integer(2);
        hit.name.name = row.string(3) + "/" + row.string(4);
        if (!row.is_null(5)) hit.name.task = row.string(5);
        hit.name.likes = row.integer(6);
        hits.push_back(std::move(hit));
        return ok();
    };
    const int type_number = static_cast<int>(type);
    const auto end = end_of(words);
    TRY(session.each(kBeginning, {type_number, words, end, viewer.value_or(0), sees_all, kRun}, collect));
    if (hits.size() >= kRun)
        TRY(session.each(kTrendingOnes, {type_number, words, end, viewer.value_or(0), sees_all, kTrending}, collect));
    return best_of(std::move(hits), limit);
}

Result<std::vector<TypedName>> find_typed_owners(Session& session, OwnerKind kind, std::string_view typed, std::size_t limit) {
    const auto words = search_words(typed.substr(0, kMaxNamePartBytes), kMaxNamePartBytes);
    std::vector<Hit> hits;
    if (words.empty()) return std::vector<TypedName>{};
    TRY(session.each(kOwners, {kOwnerKinds + static_cast<int>(kind), words, end_of(words), kRun},
                     [&](const Row& row) -> Result<void> {
                         Hit hit{static_cast<int>(row.integer(0)), row.text(1) == words, 0, {}};
                         hit.name.id = row.integer(2);
                         hit.name.name = row.string(3);
                         hit.name.fullname = row.string(4);
                         hits.push_back(std::move(hit));
                         return ok();
                     }));
    return best_of(std::move(hits), limit);
}

}  // namespace mirfa::catalog
