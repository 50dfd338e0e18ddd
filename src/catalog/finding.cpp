// SPDX-License-Identifier: Apache-2.0
// Writes what finding works on. Rows that would not change are left alone: most commits change neither names nor facets
// nor the card, and full-text rows are dear.
#include "catalog/finding.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/random.h"
#include "catalog/search_words.h"

namespace mirfa::catalog {
namespace {

constexpr std::size_t kMaxSearchedTags = 8u << 10;
constexpr std::size_t kMaxSearchedTitle = 512;
constexpr int kOwnerKinds = 3;  // name_part.kind of users and organisations is this and their own kind
constexpr int kWantedRepository = 1;
constexpr int kWantedOwner = 2;

const Statement kFindTruth(
    "SELECT r.type, r.owner_id, r.private, r.gated, o.name, r.name FROM repository r JOIN owner o ON o.id = r.owner_id "
    "WHERE r.id = $1");
const Statement kFindIndexed("SELECT private FROM repository_index WHERE id = $1");
const Statement kPutIndexed(
    "INSERT INTO repository_index (id, type, owner_id, private, gated, parameters, full_key, facets) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET owner_id = excluded.owner_id, "
    "private = excluded.private, gated = excluded.gated, parameters = excluded.parameters, full_key = excluded.full_key, "
    "facets = excluded.facets");
const Statement kMoveIndexed("UPDATE repository_index SET owner_id = $2, full_key = $3 WHERE id = $1");
const Statement kChangeIndexed("UPDATE repository_index SET private = $2, gated = $3 WHERE id = $1");
const Statement kDeleteIndexed("DELETE FROM repository_index WHERE id = $1");
const Statement kPutParameters("UPDATE repository SET parameters = $2 WHERE id = $1");

const Statement kFacetsOf(
    "SELECT f.id, f.kind, f.value_key FROM repository_facet t JOIN facet f ON f.id = t.facet_id WHERE t.repo_id = $1");
const Statement kFindFacet("SELECT id FROM facet WHERE type = $1 AND kind = $2 AND value_key = $3");
const Statement kInsertFacet("INSERT INTO facet (id, type, kind, value, value_key, uses) VALUES ($1, $2, $3, $4, $5, 0)");
const Statement kCountUse("UPDATE facet SET uses = uses + $2 WHERE id = $1");
const Statement kCountUses(
    "UPDATE facet SET uses = uses + $2 WHERE id IN (SELECT facet_id FROM repository_facet WHERE repo_id = $1)");
const Statement kAddFacet("INSERT INTO repository_facet (facet_id, repo_id) VALUES ($1, $2)");
const Statement kRemoveFacet("DELETE FROM repository_facet WHERE facet_id = $1 AND repo_id = $2");
const Statement kRemoveFacets("DELETE FROM repository_facet WHERE repo_id = $1");

const Statement kPartsOf("SELECT part, place FROM name_part WHERE id = $1 AND kind = $2");
const Statement kDeleteParts("DELETE FROM name_part WHERE id = $1 AND kind = $2");
const Statement kInsertPart("INSERT INTO name_part (kind, part, place, id) VALUES ($1, $2, $3, $4)");

const Statement kFindText("SELECT name, tags, title, body FROM repository_text WHERE rowid = $1");
const Statement kInsertText("INSERT INTO repository_text (rowid, name, tags, title, body) VALUES ($1, $2, $3, $4, $5)");
const Statement kDeleteText("DELETE FROM repository_text WHERE rowid = $1");

const Statement kFindHead("SELECT head FROM weights_head WHERE sha256 = $1");
const Statement kPutHead("INSERT INTO weights_head (sha256, head) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING");

const Statement kWanted("SELECT id FROM index_wanted WHERE kind = $1 ORDER BY id LIMIT $2");
const Statement kDeleteWanted("DELETE FROM index_wanted WHERE kind = $1 AND id = $2");

/// What a repository's own row says.
struct Truth {
    RepoType type = RepoType::kModel;
    RowId owner = 0;
    bool is_private = false;
    std::string gated;
    std::string owner_name;
    std::string name;

    std::string full_key() const { return ascii_lower(owner_name) + "/" + ascii_lower(name); }
};

Result<Truth> load_truth(Session& session, RowId id) {
    TRY(auto found, find_row(session, kFindTruth, {id}, [](const Row& row) {
            return Truth{static_cast<RepoType>(row.integer(0)),
                         row.integer(1),
                         row.boolean(2),
                         row.string(3),
                         row.string(4),
                         row.string(5)};
        }));
    if (!found) return Error{Code::kNotFound, "The repository does not exist any more.", Reason::kRepoNotFound};
    return std::move(*found);
}

struct Text {
    std::string name, tags, title, body;
    bool operator==(const Text&) const = default;
};

Result<std::optional<Text>> find_text(Session& session, RowId id) {
    return find_row(session, kFindText, {id}, [](const Row& row) {
        return Text{row.string(0), row.string(1), row.string(2), row.string(3)};
    });
}

Result<void> put_text(Session& session, RowId id, const Text& text) {
    TRY(const auto before, find_text(session, id));
    if (before == text) return ok();
    if (before) TRY(session.change(kDeleteText, {id}));
    TRY(session.change(kInsertText, {id, text.name, text.tags, text.title, text.body}));
    return ok();
}

using Parts = std::map<std::string, int>;  // with their place

void add_parts(Parts& parts, std::string_view name, int place_of_first, int place_of_others) {
    int place = place_of_first;
    for (auto& part : name_parts(name)) {
        parts.emplace(std::move(part), place);
        place = place_of_others;
    }
}

Parts parts_of(const Truth& truth, std::string_view title) {
    Parts parts;
    add_parts(parts, truth.name, 0, 1);
    const auto full = name_parts(truth.owner_name + "/" + truth.name);
    if (!full.empty()) parts.emplace(full[0], 2);
    add_parts(parts, title, 3, 3);
    return parts;
}

Result<void> put_parts(Session& session, int kind, RowId id, const Parts& parts) {
    Parts before;
    TRY(session.each(kPartsOf, {id, kind}, [&](const Row& row) -> Result<void> {
        before.emplace(row.string(0), static_cast<int>(row.integer(1)));
        return ok();
    }));
    if (before == parts) return ok();
    if (!before.empty()) TRY(session.change(kDeleteParts, {id, kind}));
    for (const auto& [part, place] : parts) TRY(session.change(kInsertPart, {kind, part, place, id}));
    return ok();
}

/// By kind and value in lower case: the value as it was written.
using FacetSet = std::map<std::pair<int, std::string>, std::string>;

FacetSet sorted(const std::vector<Facet>& facets) {
    FacetSet set;
    std::map<FacetKind, std::size_t> counts;
    for (const auto& [kind, value] : facets) {
        const auto text = ascii_trim(value);
        if (text.empty() || text.size() > kMaxFacetBytes || !is_utf8(text) || text.find('\0') != text.npos) continue;
        if (counts[kind] == kMaxFacetsOfAKind) continue;
        if (set.emplace(std::pair(static_cast<int>(kind), ascii_lower(text)), text).second) ++counts[kind];
    }
    return set;
}

Result<RowId> ensure_facet(Session& session, RepoType type, int kind, const std::string& key, const std::string& value) {
    const int type_number = static_cast<int>(type);
    TRY(const auto found, find_row(session, kFindFacet, {type_number, kind, key}, [](const Row& row) { return row.integer(0); }));
    if (found) return *found;
    const RowId id = new_row_id();
    TRY(session.change(kInsertFacet, {id, type_number, kind, value, key}));
    return id;
}

bool is_counted(int kind) {
    return std::find(std::begin(kCountedFacets), std::end(kCountedFacets), static_cast<FacetKind>(kind)) !=
           std::end(kCountedFacets);
}

void append_packed(Bytes& packed, int kind, RowId id) {
    packed.push_back(static_cast<Byte>(kind));
    for (int shift = 56; shift >= 0; shift -= 8) packed.push_back(static_cast<Byte>(static_cast<std::uint64_t>(id) >> shift));
}

/// Makes the facets of a repository these. Gives: the counted ones as repository_index keeps them.
Result<Bytes> put_facets(Session& session, RowId repo, const Truth& truth, const FacetSet& wanted) {
    std::map<std::pair<int, std::string>, RowId> have;
    TRY(session.each(kFacetsOf, {repo}, [&](const Row& row) -> Result<void> {
        have.emplace(std::pair(static_cast<int>(row.integer(1)), row.string(2)), row.integer(0));
        return ok();
    }));
    for (const auto& [key, id] : have) {
        if (wanted.contains(key)) continue;
        TRY(session.change(kRemoveFacet, {id, repo}));
        if (!truth.is_private) TRY(session.change(kCountUse, {id, -1}));
    }
    Bytes packed;
    for (const auto& [key, value] : wanted) {
        auto found = have.find(key);
        if (found == have.end()) {
            TRY(const auto id, ensure_facet(session, truth.type, key.first, key.second, value));
            TRY(session.change(kAddFacet, {id, repo}));
            if (!truth.is_private) TRY(session.change(kCountUse, {id, 1}));
            found = have.emplace(key, id).first;
        }
        if (is_counted(key.first)) append_packed(packed, key.first, found->second);
    }
    return packed;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += word + " ";
    return text;
}

}  // namespace

Result<void> put_search_facts(Session& session, RowId repo, const SearchFacts& facts) {
    TRY(const auto truth, load_truth(session, repo));
    TRY(const auto packed, put_facets(session, repo, truth, sorted(facts.facets)));
    TRY(session.change(kPutIndexed, {repo, static_cast<int>(truth.type), truth.owner, truth.is_private, truth.gated,
                                     facts.parameters, truth.full_key(), packed}));
    TRY(session.change(kPutParameters, {repo, facts.parameters}));
    TRY(put_parts(session, static_cast<int>(truth.type), repo, parts_of(truth, facts.title)));
    TRY(put_text(
        session, repo,
        {search_words(truth.owner_name + "/" + truth.name, kMaxSearchedTitle), search_words(joined(facts.tags), kMaxSearchedTags),
         search_words(facts.title, kMaxSearchedTitle), search_words(facts.body, kMaxSearchedBody)}));
    return delete_wanted(session, repo);
}

Result<void> index_new_repository(Session& session, const Repository& r, std::string_view owner_name) {
    const Truth truth{r.type, r.owner, r.is_private, r.gated, std::string(owner_name), r.name};
    TRY(session.change(kPutIndexed,
                       {r.id, static_cast<int>(r.type), r.owner, r.is_private, r.gated, 0, truth.full_key(), Bytes{}}));
    TRY(put_parts(session, static_cast<int>(r.type), r.id, parts_of(truth, "")));
    return put_text(session, r.id, {search_words(truth.owner_name + "/" + truth.name, kMaxSearchedTitle), "", "", ""});
}

Result<void> index_moved_repository(Session& session, RowId id) {
    TRY(const auto truth, load_truth(session, id));
    TRY(session.change(kMoveIndexed, {id, truth.owner, truth.full_key()}));
    TRY(auto text, find_text(session, id));
    if (!text) return ok();  // it waits to be indexed
    text->name = search_words(truth.owner_name + "/" + truth.name, kMaxSearchedTitle);
    TRY(put_parts(session, static_cast<int>(truth.type), id, parts_of(truth, text->title)));
    return put_text(session, id, *text);
}

Result<void> index_settings(Session& session, RowId id, bool is_private, std::string_view gated) {
    TRY(const auto was_private, find_row(session, kFindIndexed, {id}, [](const Row& row) { return row.boolean(0); }));
    if (!was_private) return ok();
    TRY(session.change(kChangeIndexed, {id, is_private, gated}));
    if (*was_private != is_private) TRY(session.change(kCountUses, {id, is_private ? -1 : 1}));
    return ok();
}

Result<void> index_deleted_repository(Session& session, RowId id) {
    const auto truth_or = load_truth(session, id);
    if (!truth_or.has_value() && truth_or.error().code == Code::kNotFound) return ok();
    TRY(const auto truth, truth_or);
    if (!truth.is_private) TRY(session.change(kCountUses, {id, -1}));
    TRY(session.change(kRemoveFacets, {id}));
    TRY(session.change(kDeleteIndexed, {id}));
    TRY(session.change(kDeleteParts, {id, static_cast<int>(truth.type)}));
    TRY(session.change(kDeleteText, {id}));
    return delete_wanted(session, id);
}

Result<void> index_owner(Session& session, const Owner& owner) {
    Parts parts;
    add_parts(parts, owner.name, 0, 1);
    add_parts(parts, owner.fullname, 3, 3);
    return put_parts(session, kOwnerKinds + static_cast<int>(owner.kind), owner.id, parts);
}

Result<void> index_deleted_owner(Session& session, RowId id) {
    for (const auto kind : {OwnerKind::kUser, OwnerKind::kOrganization})
        TRY(session.change(kDeleteParts, {id, kOwnerKinds + static_cast<int>(kind)}));
    return ok();
}

Result<std::optional<std::string>> find_weights_head(Session& session, const Sha256& sha256) {
    return find_row(session, kFindHead, {sha256}, [](const Row& row) { return row.string(0); });
}
Result<void> put_weights_head(Session& session, const Sha256& sha256, std::string_view json) {
    TRY(session.change(kPutHead, {sha256, json}));
    return ok();
}

Result<std::vector<RowId>> wanted_repositories(Session& session, int limit) {
    return list_rows(session, kWanted, {kWantedRepository, limit}, [](const Row& row) { return row.integer(0); });
}
Result<void> delete_wanted(Session& session, RowId repo) {
    TRY(session.change(kDeleteWanted, {kWantedRepository, repo}));
    return ok();
}
Result<bool> index_wanted_owners(Session& session, int limit) {
    TRY(const auto wanted, list_rows(session, kWanted, {kWantedOwner, limit}, [](const Row& row) { return row.integer(0); }));
    for (const auto id : wanted) {
        TRY(const auto owner, find_owner_by_id(session, id));
        if (owner && owner->kind != OwnerKind::kDeleted) TRY(index_owner(session, *owner));
        TRY(session.change(kDeleteWanted, {kWantedOwner, id}));
    }
    return static_cast<int>(wanted.size()) == limit;
}

}  // namespace mirfa::catalog
