// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "catalog/objects.h"
#include "git/object.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// A repository's git objects, read from one snapshot of the catalog. Threads: that of the session.
class CatalogObjects final : public git::ObjectSource {
public:
    CatalogObjects(catalog::Session& session, catalog::RowId repo) : session_(session), repo_(repo) {}
    Result<std::optional<git::Object>> find(const ObjectId& oid) override;
    Result<std::optional<git::ObjectInfo>> find_info(const ObjectId& oid) override;

private:
    catalog::Session& session_;
    const catalog::RowId repo_;
};

/// An object of the repository that must be there. Fails: kCorrupt when it is missing or of another type.
Result<Bytes> read_object(git::ObjectSource& source, const ObjectId& oid, git::ObjectType type);

/// Packs content as the catalog stores it: deflated, and looked at for being an LFS pointer.
catalog::StoredObject to_stored(const ObjectId& oid, git::ObjectType type, ByteView content);

class NewObjects;

/// Reads what NewObjects reads, on one snapshot, and keeps what it read last: for going over a long history, in which
/// each commit and tree is asked for as what comes and again as what was. Nothing may be put meanwhile.
/// Threads: that of the session.
class HistoryReader final : public git::ObjectSource {
public:
    HistoryReader(NewObjects& objects, catalog::Session& session) : objects_(objects), session_(session) {}
    Result<std::optional<git::Object>> find(const ObjectId& oid) override;
    Result<std::optional<git::ObjectInfo>> find_info(const ObjectId& oid) override;

private:
    NewObjects& objects_;
    catalog::Session& session_;
    std::unordered_map<ObjectId, git::Object> kept_;
    std::size_t kept_octets_ = 0;
};

/// New objects of a commit or push that is being built: kept in memory up to a limit, then staged in the catalog under
/// a push id where nobody else reads them. Reads see the new objects and those of the base behind them.
class NewObjects final : public git::ObjectSource, public git::ObjectSink {
public:
    /// `base` is where objects are looked for that are not new; it must outlive this.
    NewObjects(Hub& hub, catalog::RowId repo);
    ~NewObjects() override;
    NewObjects(const NewObjects&) = delete;
    NewObjects& operator=(const NewObjects&) = delete;

    Result<std::optional<git::Object>> find(const ObjectId& oid) override;
    /// The same on a snapshot that is open already.
    Result<std::optional<git::Object>> find_on(catalog::Session& session, const ObjectId& oid);
    Result<std::optional<git::ObjectInfo>> find_info(const ObjectId& oid) override;
    Result<void> put(const ObjectId& oid, git::ObjectType type, ByteView content) override;
    /// Hashes and puts.
    Result<ObjectId> add(git::ObjectType type, ByteView content);

    /// Targets of the LFS pointers among the new blobs.
    Result<std::vector<catalog::PointerTarget>> pointers();
    /// Inside the deciding transaction: makes everything the repository's. Fails: kUnavailable when staged objects are gone.
    Result<void> adopt(catalog::Session& session);
    std::int64_t count() const { return staged_ + static_cast<std::int64_t>(memory_.size()); }

private:
    Result<std::optional<git::Object>> find_stored(catalog::Session& session, const ObjectId& oid);
    Result<void> spill();

    Hub& hub_;
    const catalog::RowId repo_;
    const catalog::RowId push_;
    std::vector<catalog::StoredObject> memory_;
    std::unordered_map<ObjectId, std::size_t> index_;  ///< into memory_
    std::size_t memory_octets_ = 0;
    std::int64_t staged_ = 0;  ///< different ones
};

}  // namespace mirfa::hub
