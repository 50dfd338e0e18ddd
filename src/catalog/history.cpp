// SPDX-License-Identifier: Apache-2.0
#include "catalog/history.h"

#include <algorithm>

namespace mirfa::catalog {
namespace {

#define MIRFA_PLACE "oid, line, position, ancestors, time, parents"

const Statement kFindPlace("SELECT " MIRFA_PLACE " FROM git_commit WHERE repo_id = $1 AND oid = $2");
const Statement kPlaceAt("SELECT " MIRFA_PLACE " FROM git_commit WHERE repo_id = $1 AND line = $2 AND position = $3");
const Statement kLineLength("SELECT COALESCE(MAX(position), 0) FROM git_commit WHERE repo_id = $1 AND line = $2");
const Statement kInsertPlace("INSERT INTO git_commit (repo_id, " MIRFA_PLACE ") VALUES ($1, $2, $3, $4, $5, $6, $7)");
const Statement kInsertLine("INSERT INTO git_line (repo_id, line, parent_line, parent_position) VALUES ($1, $2, $3, $4)");
const Statement kLineStart(
    "SELECT parent_line, parent_position FROM git_line WHERE repo_id = $1 AND line = $2 AND parent_line IS NOT NULL");
const Statement kWalkLine("SELECT " MIRFA_PLACE
                          " FROM git_commit WHERE repo_id = $1 AND line = $2 AND position <= $3 "
                          "ORDER BY position DESC LIMIT $4");
const Statement kWithPrefix("SELECT oid FROM git_commit WHERE repo_id = $1 AND oid >= $2 AND oid <= $3 ORDER BY oid LIMIT 2");
const Statement kInsertPath(
    "INSERT INTO commit_path (repo_id, path, line, position) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT DO NOTHING");
const Statement kLastChange(
    "SELECT position FROM commit_path WHERE repo_id = $1 AND path = $2 AND line = $3 AND position <= $4 "
    "ORDER BY position DESC LIMIT 1");

CommitPlace place_of(const Row& row) {
    CommitPlace place{row.fixed<ObjectId>(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4), {}};
    for (auto rest = row.blob(5); rest.size() >= ObjectId::kSize; rest = rest.subspan(ObjectId::kSize)) {
        place.parents.emplace_back();
        std::copy_n(rest.begin(), ObjectId::kSize, place.parents.back().octets.begin());
    }
    return place;
}

/// Hex digits filled up to a whole id with one digit.
Result<ObjectId> filled(std::string_view prefix, char digit) {
    std::string hex(prefix);
    hex.resize(2 * ObjectId::kSize, digit);
    return ObjectId::parse(hex);
}

}  // namespace

Result<std::optional<CommitPlace>> find_place(Session& session, RowId repo, const ObjectId& commit) {
    return find_row(session, kFindPlace, {repo, commit}, place_of);
}
Result<std::optional<CommitPlace>> place_at(Session& session, RowId repo, std::int64_t line, std::int64_t position) {
    return find_row(session, kPlaceAt, {repo, line, position}, place_of);
}
Result<std::int64_t> line_length(Session& session, RowId repo, std::int64_t line) {
    TRY(const auto found, find_row(session, kLineLength, {repo, line}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}
Result<void> insert_place(Session& session, RowId repo, const CommitPlace& place) {
    Bytes parents;
    for (const auto& parent : place.parents) parents.insert(parents.end(), parent.octets.begin(), parent.octets.end());
    TRY(session.change(kInsertPlace, {repo, place.oid, place.line, place.position, place.ancestors, place.time, parents}));
    return ok();
}
Result<void> insert_line(Session& session, RowId repo, std::int64_t line, const std::optional<LineStart>& parent) {
    const auto parent_line = parent ? std::optional(parent->line) : std::nullopt;
    const auto parent_position = parent ? std::optional(parent->position) : std::nullopt;
    TRY(session.change(kInsertLine, {repo, line, parent_line, parent_position}));
    return ok();
}
Result<std::optional<LineStart>> line_start(Session& session, RowId repo, std::int64_t line) {
    return find_row(session, kLineStart, {repo, line}, [](const Row& row) { return LineStart{row.integer(0), row.integer(1)}; });
}
Result<std::vector<CommitPlace>> walk_line(Session& session, RowId repo, std::int64_t line, std::int64_t position, int limit) {
    return list_rows(session, kWalkLine, {repo, line, position, limit}, place_of);
}
Result<std::vector<ObjectId>> commits_with_prefix(Session& session, RowId repo, std::string_view prefix) {
    TRY(const auto first, filled(prefix, '0'));
    TRY(const auto last, filled(prefix, 'f'));
    return list_rows(session, kWithPrefix, {repo, first, last}, [](const Row& row) { return row.fixed<ObjectId>(0); });
}
Result<void> insert_paths(Session& session, RowId repo, std::int64_t line, std::int64_t position,
                          const std::vector<std::string>& paths) {
    for (const auto& path : paths) TRY(session.change(kInsertPath, {repo, path, line, position}));
    return ok();
}
Result<std::optional<std::int64_t>> last_change(Session& session, RowId repo, std::string_view path, std::int64_t line,
                                                std::int64_t position) {
    return find_row(session, kLastChange, {repo, path, line, position}, [](const Row& row) { return row.integer(0); });
}

}  // namespace mirfa::catalog
