// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/session.h"

namespace mirfa::catalog {

/// What is known of a git object without reading it. `type` is git's pack number (1 commit, 2 tree, 3 blob, 4 tag).
struct ObjectFacts {
    int type = 0;
    std::int64_t size = 0;
    std::optional<Sha256> lfs_sha256;  ///< set when the blob is an LFS pointer
    std::optional<std::int64_t> lfs_size;
};

/// A git object as stored: `deflated` is the zlib stream of its content, ready for a pack.
struct StoredObject {
    ObjectId oid;
    ObjectFacts facts;
    Bytes deflated;
};

Result<std::optional<ObjectFacts>> find_object_facts(Session&, RowId repo, const ObjectId& oid);
Result<std::optional<StoredObject>> find_object(Session&, RowId repo, const ObjectId& oid);
/// Keeps the one that is there when it exists already. Gives whether it was new.
Result<bool> insert_object(Session&, RowId repo, const StoredObject& object, std::int64_t sequence);
/// Objects with a sequence number in (after, until], in order.
Result<void> each_object_after(Session&, RowId repo, std::int64_t after, std::int64_t until,
                               const std::function<Result<void>(const StoredObject&, std::int64_t sequence)>& visit);

Result<std::int64_t> count_objects_after(Session&, RowId repo, std::int64_t after, std::int64_t until);

/// Objects of a push that is not accepted yet; nothing but the push itself reads them. Gives whether it was new.
Result<bool> insert_staged(Session&, RowId push, const StoredObject& object);
Result<std::optional<StoredObject>> find_staged(Session&, RowId push, const ObjectId& oid);
/// Makes the staged objects the repository's, under sequence numbers from `first_sequence` on. Gives how many there were.
Result<std::int64_t> adopt_staged(Session&, RowId push, RowId repo, std::int64_t first_sequence);
/// Gives how many there were.
Result<std::int64_t> delete_staged(Session&, RowId push);
/// Of pushes that ended without cleaning up: row ids below that of the given time.
Result<void> delete_staged_before(Session&, RowId push_before);
/// What an LFS pointer names.
struct PointerTarget {
    Sha256 sha256;
    std::int64_t size = 0;
    ObjectId blob;  ///< the pointer itself
};
/// Targets of the LFS pointers among the staged objects.
Result<std::vector<PointerTarget>> staged_pointers(Session&, RowId push);

struct Ref {
    std::string name;  ///< full: refs/heads/main
    ObjectId target;   ///< a commit or an annotated tag
    ObjectId commit;   ///< the commit behind it
};
Result<std::optional<Ref>> find_ref(Session&, RowId repo, std::string_view name);
/// All whose name begins with `prefix`, by name.
Result<std::vector<Ref>> list_refs(Session&, RowId repo, std::string_view prefix);
Result<void> put_ref(Session&, RowId repo, const Ref& ref);
Result<bool> delete_ref(Session&, RowId repo, std::string_view name);

}  // namespace mirfa::catalog
