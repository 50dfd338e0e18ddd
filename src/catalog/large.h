// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"
#include "format/xet_hash.h"

namespace mirfa::catalog {

using format::XetHash;

/// Large content that the server has hashed itself, in one or both of its forms.
struct LargeObject {
    Sha256 sha256;
    std::int64_t size = 0;
    bool raw = false;                 ///< stored as one blob
    std::optional<XetHash> xet_file;  ///< can be rebuilt from xorbs
    UnixMillis created = 0;
};

enum class Door { kLfs = 1, kXet = 2, kInline = 3, kCopy = 4, kGit = 5 };

/// Gives the content only if this repository holds it: the row in repo_object is the permission to read.
Result<std::optional<LargeObject>> find_repo_object(Session&, RowId repo, const Sha256& sha256);
/// Whatever repository holds it. Never answer a client from this.
Result<std::optional<LargeObject>> find_large_object(Session&, const Sha256& sha256);
/// Adds the form that is new; what is known of the other form stays.
Result<void> put_large_object(Session&, const LargeObject& object);
/// Lets a repository read the content: until `held_until` while no commit names it (a later time wins).
/// Fails: kNotFound/kRepoNotFound for a repository that was deleted while the content came in.
Result<void> hold_object(Session&, RowId repo, const Sha256& sha256, RowId user, Door door, UnixMillis now,
                         UnixMillis held_until);
/// A commit names it: the hold has no end any more. Gives false when the repository does not hold it.
Result<bool> make_hold_firm(Session&, RowId repo, const Sha256& sha256);
/// The content of a repository's commits, for listings of what it stores: by sha256, after `after`.
struct HeldObject {
    LargeObject object;
    UnixMillis created = 0;
    bool firm = false;
};
Result<std::vector<HeldObject>> held_objects(Session&, RowId repo, const std::optional<Sha256>& after, int limit);
/// Octets of the large files that commits of the repository name.
Result<std::int64_t> firm_size(Session&, RowId repo);

/// What the whole hub keeps, in octets and numbers.
struct StorageTotals {
    std::int64_t logical = 0;  ///< large files as the commits of all repositories name them
    std::int64_t stored = 0;   ///< blobs that hold them, each once
    std::int64_t objects = 0;  ///< different large files
    std::int64_t xorbs = 0;
};
Result<StorageTotals> storage_totals(Session&);

/// A piece of a file: chunks [first, last) of a xorb, `raw_size` octets.
struct Term {
    XetHash xorb;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t raw_size = 0;
    bool operator==(const Term&) const = default;
};
struct XetFile {
    XetHash hash;
    std::int64_t size = 0;
    Sha256 sha256;
    std::vector<Term> terms;
    UnixMillis created = 0;
};
/// The xorbs that its terms name, each once.
std::vector<XetHash> xorbs_of(const XetFile& file);
Result<std::optional<XetFile>> find_xet_file(Session&, const XetHash& hash);
/// Only when the repository holds content with this file id.
Result<std::optional<XetFile>> find_repo_xet_file(Session&, RowId repo, const XetHash& hash);
/// The first registration of a file id stays. Gives whether this was it.
Result<bool> insert_xet_file(Session&, const XetFile& file);

struct Xorb {
    XetHash hash;
    std::int64_t stored_size = 0;  ///< with the footer
    std::int64_t raw_size = 0;
    std::int64_t chunks = 0;
    UnixMillis created = 0;
};
Result<std::optional<Xorb>> find_xorb(Session&, const XetHash& hash);
Result<bool> insert_xorb(Session&, const Xorb& xorb);
/// Who uploaded or referred to it: it may be offered to them for deduplication.
Result<void> own_xorb(Session&, const XetHash& xorb, RowId repo, RowId user);
Result<bool> may_offer_xorb(Session&, const XetHash& xorb, RowId repo, RowId user);
Result<void> touch_xorb(Session&, const XetHash& xorb, UnixMillis now);
Result<void> insert_dedup_chunk(Session&, const XetHash& chunk, const XetHash& xorb, std::int64_t index);
/// A xorb that holds the chunk and may be offered to this user or repository.
struct OfferedXorb {
    XetHash hash;
    UnixMillis last_handed_out = 0;
};
Result<std::optional<OfferedXorb>> find_dedup_xorb(Session&, const XetHash& chunk, RowId repo, RowId user);

struct MultipartUpload {
    std::string id;
    RowId repo = 0;
    RowId user = 0;
    Sha256 sha256;
    std::int64_t size = 0;
    std::int64_t part_size = 0;
    UnixMillis created = 0;
};
Result<void> insert_multipart(Session&, const MultipartUpload& upload);
Result<std::optional<MultipartUpload>> find_multipart(Session&, std::string_view id);
/// The newest one of this user, repository and content that has not been completed.
Result<std::optional<MultipartUpload>> find_begun_multipart(Session&, RowId repo, RowId user, const Sha256& sha256,
                                                            std::int64_t size);
/// It counts as begun `now`, and is not yet forgotten. Gives whether there is one.
Result<bool> renew_multipart(Session&, std::string_view id, UnixMillis now);
Result<bool> delete_multipart(Session&, std::string_view id);
Result<std::vector<std::string>> multiparts_before(Session&, UnixMillis created_before);

/// What the commits of one repository name, in octets and numbers.
struct RepoStorage {
    std::int64_t logical = 0;  ///< different large files, each once
    std::int64_t stored = 0;   ///< blobs and xorbs that hold them, each once; other repositories may need some of them too
    std::int64_t objects = 0;
};
Result<RepoStorage> repo_storage(Session&, RowId repo);

}  // namespace mirfa::catalog
