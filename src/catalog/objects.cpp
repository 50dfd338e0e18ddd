// SPDX-License-Identifier: Apache-2.0
#include "catalog/objects.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_FACTS "type, size, lfs_sha256, lfs_size"

const Statement kFindFacts("SELECT " MIRFA_FACTS " FROM git_object WHERE repo_id = $1 AND oid = $2");
const Statement kFind("SELECT " MIRFA_FACTS ", oid, data FROM git_object WHERE repo_id = $1 AND oid = $2");
const Statement kInsert(
    "INSERT INTO git_object (repo_id, oid, type, size, sequence, lfs_sha256, lfs_size, data) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING");
const Statement kAfter("SELECT " MIRFA_FACTS
                       ", oid, data, sequence FROM git_object "
                       "WHERE repo_id = $1 AND sequence > $2 AND sequence <= $3 ORDER BY sequence");
const Statement kCountAfter("SELECT COUNT(*) FROM git_object WHERE repo_id = $1 AND sequence > $2 AND sequence <= $3");
const Statement kInsertStaged(
    "INSERT INTO staged_object (push_id, oid, type, size, lfs_sha256, lfs_size, data) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING");
const Statement kFindStaged("SELECT " MIRFA_FACTS ", oid, data FROM staged_object WHERE push_id = $1 AND oid = $2");
const Statement kAdopt(
    "INSERT INTO git_object (repo_id, oid, type, size, sequence, lfs_sha256, lfs_size, data) "
    "SELECT $2, oid, type, size, $3 - 1 + ROW_NUMBER() OVER (ORDER BY oid), lfs_sha256, lfs_size, data "
    "FROM staged_object WHERE push_id = $1 ON CONFLICT DO NOTHING");
const Statement kDeleteStaged("DELETE FROM staged_object WHERE push_id = $1");
const Statement kDeleteStagedBefore("DELETE FROM staged_object WHERE push_id < $1");
const Statement kStagedPointers(
    "SELECT lfs_sha256, lfs_size, oid FROM staged_object WHERE push_id = $1 AND lfs_sha256 IS NOT NULL");
const Statement kFindRef("SELECT name, target, commit_oid FROM git_ref WHERE repo_id = $1 AND name = $2");
const Statement kListRefs(
    "SELECT name, target, commit_oid FROM git_ref WHERE repo_id = $1 AND name >= $2 AND name < $3 ORDER BY name");
const Statement kPutRef(
    "INSERT INTO git_ref (repo_id, name, target, commit_oid) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (repo_id, name) DO UPDATE SET target = excluded.target, commit_oid = excluded.commit_oid");
const Statement kDeleteRef("DELETE FROM git_ref WHERE repo_id = $1 AND name = $2");

ObjectFacts facts_of(const Row& row) {
    return {static_cast<int>(row.integer(0)), row.integer(1), row.optional_fixed<Sha256>(2), row.optional_integer(3)};
}
StoredObject object_of(const Row& row) {
    const auto data = row.blob(5);
    return {row.fixed<ObjectId>(4), facts_of(row), Bytes(data.begin(), data.end())};
}
Ref ref_of(const Row& row) { return {row.string(0), row.fixed<ObjectId>(1), row.fixed<ObjectId>(2)}; }

}  // namespace

Result<std::optional<ObjectFacts>> find_object_facts(Session& session, RowId repo, const ObjectId& oid) {
    return find_row(session, kFindFacts, {repo, oid}, facts_of);
}
Result<std::optional<StoredObject>> find_object(Session& session, RowId repo, const ObjectId& oid) {
    return find_row(session, kFind, {repo, oid}, object_of);
}
Result<bool> insert_object(Session& session, RowId repo, const StoredObject& object, std::int64_t sequence) {
    TRY(const auto changed, session.change(kInsert, {repo, object.oid, object.facts.type, object.facts.size, sequence,
                                                     object.facts.lfs_sha256, object.facts.lfs_size, object.deflated}));
    return changed > 0;
}
Result<void> each_object_after(Session& session, RowId repo, std::int64_t after, std::int64_t until,
                               const std::function<Result<void>(const StoredObject&, std::int64_t)>& visit) {
    return session.each(kAfter, {repo, after, until}, [&](const Row& row) { return visit(object_of(row), row.integer(6)); });
}

Result<std::int64_t> count_objects_after(Session& session, RowId repo, std::int64_t after, std::int64_t until) {
    TRY(const auto found, find_row(session, kCountAfter, {repo, after, until}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}

Result<bool> insert_staged(Session& session, RowId push, const StoredObject& object) {
    TRY(const auto changed, session.change(kInsertStaged, {push, object.oid, object.facts.type, object.facts.size,
                                                           object.facts.lfs_sha256, object.facts.lfs_size, object.deflated}));
    return changed > 0;
}
Result<std::optional<StoredObject>> find_staged(Session& session, RowId push, const ObjectId& oid) {
    return find_row(session, kFindStaged, {push, oid}, object_of);
}
Result<std::int64_t> adopt_staged(Session& session, RowId push, RowId repo, std::int64_t first_sequence) {
    TRY(session.change(kAdopt, {push, repo, first_sequence}));
    return delete_staged(session, push);
}
Result<std::int64_t> delete_staged(Session& session, RowId push) { return session.change(kDeleteStaged, {push}); }
Result<void> delete_staged_before(Session& session, RowId push_before) {
    TRY(session.change(kDeleteStagedBefore, {push_before}));
    return ok();
}
Result<std::vector<PointerTarget>> staged_pointers(Session& session, RowId push) {
    return list_rows(session, kStagedPointers, {push}, [](const Row& row) {
        return PointerTarget{row.fixed<Sha256>(0), row.integer(1), row.fixed<ObjectId>(2)};
    });
}

Result<std::optional<Ref>> find_ref(Session& session, RowId repo, std::string_view name) {
    return find_row(session, kFindRef, {repo, name}, ref_of);
}
Result<std::vector<Ref>> list_refs(Session& session, RowId repo, std::string_view prefix) {
    std::string beyond(prefix);
    beyond += "\xF4\x8F\xBF\xBF";  // the last code point there is: every name with the prefix sorts before it
    return list_rows(session, kListRefs, {repo, prefix, beyond}, ref_of);
}
Result<void> put_ref(Session& session, RowId repo, const Ref& ref) {
    TRY(session.change(kPutRef, {repo, ref.name, ref.target, ref.commit}));
    return ok();
}
Result<bool> delete_ref(Session& session, RowId repo, std::string_view name) {
    TRY(const auto changed, session.change(kDeleteRef, {repo, name}));
    return changed > 0;
}

}  // namespace mirfa::catalog
