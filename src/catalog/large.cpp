// SPDX-License-Identifier: Apache-2.0
#include "catalog/large.h"

#include <algorithm>

namespace mirfa::catalog {
namespace {

#define MIRFA_LARGE "l.sha256, l.size, l.raw, l.xet_file, l.created"
#define MIRFA_XET_FILE "f.hash, f.size, f.sha256, f.terms, f.created"

const Statement kFindRepoObject("SELECT " MIRFA_LARGE
                                " FROM repo_object p JOIN large_object l ON l.sha256 = p.sha256 "
                                "WHERE p.repo_id = $1 AND p.sha256 = $2");
const Statement kFindLarge("SELECT " MIRFA_LARGE " FROM large_object l WHERE l.sha256 = $1");
const Statement kPutLarge(
    "INSERT INTO large_object (sha256, size, raw, xet_file, created) VALUES ($1, $2, $3, $4, $5) "
    "ON CONFLICT (sha256) DO UPDATE SET "
    "raw = CASE WHEN excluded.raw = 1 THEN 1 ELSE large_object.raw END, "
    "xet_file = COALESCE(large_object.xet_file, excluded.xet_file)");
const Statement kIsThere("SELECT 1 FROM repository WHERE id = $1");
const Statement kHold(
    "INSERT INTO repo_object (repo_id, sha256, user_id, door, created, held_until) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT (repo_id, sha256) DO UPDATE SET held_until = "
    "CASE WHEN repo_object.held_until IS NULL THEN NULL "
    "WHEN repo_object.held_until > excluded.held_until THEN repo_object.held_until ELSE excluded.held_until END");
const Statement kMakeFirm("UPDATE repo_object SET held_until = NULL WHERE repo_id = $1 AND sha256 = $2");
const Statement kHeld("SELECT " MIRFA_LARGE
                      ", p.created, p.held_until FROM repo_object p JOIN large_object l ON l.sha256 = p.sha256 "
                      "WHERE p.repo_id = $1 AND p.sha256 > $2 ORDER BY p.sha256 LIMIT $3");
const Statement kLogicalSize("SELECT CAST(COALESCE(SUM(used_storage), 0) AS BIGINT) FROM repository");
const Statement kObjectTotals(
    "SELECT CAST(COALESCE(SUM(CASE WHEN raw = 1 THEN size ELSE 0 END), 0) AS BIGINT), COUNT(*) FROM large_object");
const Statement kXorbTotals("SELECT CAST(COALESCE(SUM(stored_size), 0) AS BIGINT), COUNT(*) FROM xorb");
const Statement kFirmSize(
    "SELECT COALESCE(SUM(l.size), 0) FROM repo_object p JOIN large_object l ON l.sha256 = p.sha256 "
    "WHERE p.repo_id = $1 AND p.held_until IS NULL");
const Statement kFindFile("SELECT " MIRFA_XET_FILE " FROM xet_file f WHERE f.hash = $1");
const Statement kFindRepoFile("SELECT " MIRFA_XET_FILE
                              " FROM xet_file f JOIN repo_object p ON p.sha256 = f.sha256 "
                              "WHERE f.hash = $1 AND p.repo_id = $2");
const Statement kInsertFile(
    "INSERT INTO xet_file (hash, size, sha256, terms, created) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING");
const Statement kInsertFileXorb("INSERT INTO xet_file_xorb (file_hash, xorb_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const Statement kFindXorb("SELECT hash, stored_size, raw_size, chunks, created FROM xorb WHERE hash = $1");
const Statement kInsertXorb(
    "INSERT INTO xorb (hash, stored_size, raw_size, chunks, created, last_handed_out) VALUES ($1, $2, $3, $4, $5, $5) "
    "ON CONFLICT DO NOTHING");
const Statement kOwnXorb("INSERT INTO xorb_owner (xorb_hash, repo_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
const Statement kMayOffer("SELECT 1 FROM xorb_owner WHERE xorb_hash = $1 AND (repo_id = $2 OR user_id = $3) LIMIT 1");
const Statement kTouchXorb("UPDATE xorb SET last_handed_out = $2 WHERE hash = $1 AND last_handed_out < $2");
const Statement kInsertChunk(
    "INSERT INTO dedup_chunk (chunk_hash, xorb_hash, chunk_index) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
const Statement kFindDedup(
    "SELECT d.xorb_hash, b.last_handed_out FROM dedup_chunk d JOIN xorb b ON b.hash = d.xorb_hash "
    "WHERE d.chunk_hash = $1 AND EXISTS (SELECT 1 FROM xorb_owner x "
    "WHERE x.xorb_hash = d.xorb_hash AND (x.repo_id = $2 OR x.user_id = $3)) LIMIT 1");
const Statement kInsertMultipart(
    "INSERT INTO multipart_upload (id, repo_id, user_id, sha256, size, part_size, created) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)");
#define MIRFA_MULTIPART "id, repo_id, user_id, sha256, size, part_size, created"
const Statement kFindMultipart("SELECT " MIRFA_MULTIPART " FROM multipart_upload WHERE id = $1");
const Statement kFindBegunMultipart("SELECT " MIRFA_MULTIPART
                                    " FROM multipart_upload WHERE repo_id = $1 AND user_id = $2 AND sha256 = $3 AND size = $4 "
                                    "ORDER BY created DESC, id LIMIT 1");
const Statement kRenewMultipart("UPDATE multipart_upload SET created = $2 WHERE id = $1");
const Statement kDeleteMultipart("DELETE FROM multipart_upload WHERE id = $1");
const Statement kMultipartsBefore("SELECT id FROM multipart_upload WHERE created < $1");
const Statement kRepoObjects(
    "SELECT CAST(COALESCE(SUM(l.size), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(CASE WHEN l.raw = 1 THEN l.size ELSE 0 END), 0) AS BIGINT), COUNT(*) "
    "FROM repo_object p JOIN large_object l ON l.sha256 = p.sha256 WHERE p.repo_id = $1 AND p.held_until IS NULL");
const Statement kRepoXorbs(
    "SELECT CAST(COALESCE(SUM(b.stored_size), 0) AS BIGINT) FROM xorb b WHERE b.hash IN (SELECT x.xorb_hash "
    "FROM repo_object p JOIN large_object l ON l.sha256 = p.sha256 JOIN xet_file_xorb x ON x.file_hash = l.xet_file "
    "WHERE p.repo_id = $1 AND p.held_until IS NULL)");

constexpr std::size_t kTermOctets = 44;

MultipartUpload to_multipart(const Row& row) {
    return {row.string(0), row.integer(1), row.integer(2), row.fixed<Sha256>(3), row.integer(4), row.integer(5), row.integer(6)};
}

void append_u32(Bytes& bytes, std::uint32_t value) {
    for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<Byte>(value >> shift));
}
std::uint32_t u32_at(ByteView bytes, std::size_t offset) {
    return std::uint32_t{bytes[offset]} | std::uint32_t{bytes[offset + 1]} << 8 | std::uint32_t{bytes[offset + 2]} << 16 |
           std::uint32_t{bytes[offset + 3]} << 24;
}

Bytes pack_terms(const std::vector<Term>& terms) {
    Bytes packed;
    packed.reserve(terms.size() * kTermOctets);
    for (const auto& term : terms) {
        packed.insert(packed.end(), term.xorb.octets.begin(), term.xorb.octets.end());
        append_u32(packed, term.first);
        append_u32(packed, term.last);
        append_u32(packed, term.raw_size);
    }
    return packed;
}

std::vector<Term> unpack_terms(ByteView packed) {
    std::vector<Term> terms;
    terms.reserve(packed.size() / kTermOctets);
    for (; packed.size() >= kTermOctets; packed = packed.subspan(kTermOctets)) {
        Term term{{}, u32_at(packed, 32), u32_at(packed, 36), u32_at(packed, 40)};
        std::copy_n(packed.begin(), XetHash::kSize, term.xorb.octets.begin());
        terms.push_back(term);
    }
    return terms;
}

LargeObject large_of(const Row& row) {
    return {row.fixed<Sha256>(0), row.integer(1), row.boolean(2), row.optional_fixed<XetHash>(3), row.integer(4)};
}
XetFile file_of(const Row& row) {
    return {row.fixed<XetHash>(0), row.integer(1), row.fixed<Sha256>(2), unpack_terms(row.blob(3)), row.integer(4)};
}

}  // namespace

Result<std::optional<LargeObject>> find_repo_object(Session& session, RowId repo, const Sha256& sha256) {
    return find_row(session, kFindRepoObject, {repo, sha256}, large_of);
}
Result<std::optional<LargeObject>> find_large_object(Session& session, const Sha256& sha256) {
    return find_row(session, kFindLarge, {sha256}, large_of);
}
Result<void> put_large_object(Session& session, const LargeObject& object) {
    TRY(session.change(kPutLarge, {object.sha256, object.size, object.raw, object.xet_file, object.created}));
    return ok();
}
Result<void> hold_object(Session& session, RowId repo, const Sha256& sha256, RowId user, Door door, UnixMillis now,
                         UnixMillis held_until) {
    TRY(const auto there, find_row(session, kIsThere, {repo}, [](const Row&) { return true; }));
    if (!there) return Error{Code::kNotFound, "The repository does not exist any more.", Reason::kRepoNotFound};
    TRY(session.change(kHold, {repo, sha256, user, static_cast<int>(door), now, held_until}));
    return ok();
}
Result<bool> make_hold_firm(Session& session, RowId repo, const Sha256& sha256) {
    TRY(const auto changed, session.change(kMakeFirm, {repo, sha256}));
    return changed > 0;
}
Result<std::vector<HeldObject>> held_objects(Session& session, RowId repo, const std::optional<Sha256>& after, int limit) {
    const ByteView from = after ? after->view() : ByteView{};
    return list_rows(session, kHeld, {repo, from, limit}, [](const Row& row) {
        return HeldObject{large_of(row), row.integer(5), row.is_null(6)};
    });
}
Result<StorageTotals> storage_totals(Session& session) {
    StorageTotals totals;
    TRY(session.each(kLogicalSize, {}, [&](const Row& row) -> Result<void> {
        totals.logical = row.integer(0);
        return ok();
    }));
    TRY(session.each(kObjectTotals, {}, [&](const Row& row) -> Result<void> {
        totals.stored = row.integer(0);
        totals.objects = row.integer(1);
        return ok();
    }));
    TRY(session.each(kXorbTotals, {}, [&](const Row& row) -> Result<void> {
        totals.stored += row.integer(0);
        totals.xorbs = row.integer(1);
        return ok();
    }));
    return totals;
}
Result<std::int64_t> firm_size(Session& session, RowId repo) {
    TRY(const auto found, find_row(session, kFirmSize, {repo}, [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}

Result<std::optional<XetFile>> find_xet_file(Session& session, const XetHash& hash) {
    return find_row(session, kFindFile, {hash}, file_of);
}
Result<std::optional<XetFile>> find_repo_xet_file(Session& session, RowId repo, const XetHash& hash) {
    return find_row(session, kFindRepoFile, {hash, repo}, file_of);
}
Result<bool> insert_xet_file(Session& session, const XetFile& file) {
    TRY(const auto changed,
        session.change(kInsertFile, {file.hash, file.size, file.sha256, pack_terms(file.terms), file.created}));
    if (changed == 0) return false;
    for (const auto& xorb : xorbs_of(file)) TRY(session.change(kInsertFileXorb, {file.hash, xorb}));
    return true;
}

std::vector<XetHash> xorbs_of(const XetFile& file) {
    std::vector<XetHash> xorbs;
    xorbs.reserve(file.terms.size());
    for (const auto& term : file.terms)
        if (xorbs.empty() || xorbs.back() != term.xorb) xorbs.push_back(term.xorb);
    std::sort(xorbs.begin(), xorbs.end());
    xorbs.erase(std::unique(xorbs.begin(), xorbs.end()), xorbs.end());
    return xorbs;
}

Result<std::optional<Xorb>> find_xorb(Session& session, const XetHash& hash) {
    return find_row(session, kFindXorb, {hash}, [](const Row& row) {
        return Xorb{row.fixed<XetHash>(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
    });
}
Result<bool> insert_xorb(Session& session, const Xorb& xorb) {
    TRY(const auto changed, session.change(kInsertXorb, {xorb.hash, xorb.stored_size, xorb.raw_size, xorb.chunks, xorb.created}));
    return changed > 0;
}
Result<void> own_xorb(Session& session, const XetHash& xorb, RowId repo, RowId user) {
    TRY(session.change(kOwnXorb, {xorb, repo, user}));
    return ok();
}
Result<bool> may_offer_xorb(Session& session, const XetHash& xorb, RowId repo, RowId user) {
    TRY(const auto found, find_row(session, kMayOffer, {xorb, repo, user}, [](const Row&) { return true; }));
    return found.has_value();
}
Result<void> touch_xorb(Session& session, const XetHash& xorb, UnixMillis now) {
    TRY(session.change(kTouchXorb, {xorb, now}));
    return ok();
}
Result<void> insert_dedup_chunk(Session& session, const XetHash& chunk, const XetHash& xorb, std::int64_t index) {
    TRY(session.change(kInsertChunk, {chunk, xorb, index}));
    return ok();
}
Result<std::optional<OfferedXorb>> find_dedup_xorb(Session& session, const XetHash& chunk, RowId repo, RowId user) {
    return find_row(session, kFindDedup, {chunk, repo, user}, [](const Row& row) {
        return OfferedXorb{row.fixed<XetHash>(0), row.integer(1)};
    });
}

Result<void> insert_multipart(Session& session, const MultipartUpload& upload) {
    TRY(session.change(kInsertMultipart,
                       {upload.id, upload.repo, upload.user, upload.sha256, upload.size, upload.part_size, upload.created}));
    return ok();
}
Result<std::optional<MultipartUpload>> find_multipart(Session& session, std::string_view id) {
    return find_row(session, kFindMultipart, {id}, to_multipart);
}
Result<std::optional<MultipartUpload>> find_begun_multipart(Session& session, RowId repo, RowId user, const Sha256& sha256,
                                                            std::int64_t size) {
    return find_row(session, kFindBegunMultipart, {repo, user, sha256, size}, to_multipart);
}
Result<bool> renew_multipart(Session& session, std::string_view id, UnixMillis now) {
    TRY(const auto changed, session.change(kRenewMultipart, {id, now}));
    return changed > 0;
}
Result<bool> delete_multipart(Session& session, std::string_view id) {
    TRY(const auto changed, session.change(kDeleteMultipart, {id}));
    return changed > 0;
}
Result<std::vector<std::string>> multiparts_before(Session& session, UnixMillis created_before) {
    return list_rows(session, kMultipartsBefore, {created_before}, [](const Row& row) { return row.string(0); });
}
Result<RepoStorage> repo_storage(Session& session, RowId repo) {
    RepoStorage storage;
    TRY(session.each(kRepoObjects, {repo}, [&](const Row& row) -> Result<void> {
        storage = {row.integer(0), row.integer(1), row.integer(2)};
        return ok();
    }));
    TRY(session.each(kRepoXorbs, {repo}, [&](const Row& row) -> Result<void> {
        storage.stored += row.integer(0);
        return ok();
    }));
    return storage;
}

}  // namespace mirfa::catalog
