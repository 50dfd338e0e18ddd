// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/objects.h"

#include "base/fault.h"
#include "base/random.h"
#include "catalog/repos.h"
#include "format/lfs_pointer.h"
#include "git/deflate.h"

namespace mirfa::hub {
namespace {

const FaultPoint kObjectsStaged("commit-objects-staged");

constexpr std::size_t kMemoryLimit = 8u << 20;

git::ObjectInfo info_of(const catalog::ObjectFacts& facts) {
    return {static_cast<git::ObjectType>(facts.type), static_cast<std::uint64_t>(facts.size)};
}

Result<git::Object> inflated(const catalog::StoredObject& stored) {
    TRY(auto content, git::inflate(stored.deflated, static_cast<std::uint64_t>(stored.facts.size)));
    return git::Object{static_cast<git::ObjectType>(stored.facts.type), std::move(content)};
}

Result<std::optional<git::Object>> inflated(const std::optional<catalog::StoredObject>& stored) {
    if (!stored) return std::optional<git::Object>{};
    TRY(auto object, inflated(*stored));
    return std::optional(std::move(object));
}

}  // namespace

Result<std::optional<git::Object>> CatalogObjects::find(const ObjectId& oid) {
    TRY(const auto stored, catalog::find_object(session_, repo_, oid));
    return inflated(stored);
}

Result<std::optional<git::ObjectInfo>> CatalogObjects::find_info(const ObjectId& oid) {
    TRY(const auto facts, catalog::find_object_facts(session_, repo_, oid));
    if (!facts) return std::optional<git::ObjectInfo>{};
    return std::optional(info_of(*facts));
}

Result<Bytes> read_object(git::ObjectSource& source, const ObjectId& oid, git::ObjectType type) {
    TRY(auto object, source.find(oid));
    if (!object || object->type != type)
        return Error{Code::kCorrupt, "An object of the repository is missing.", Reason::kNone, oid.hex()};
    return std::move(object->data);
}

catalog::StoredObject to_stored(const ObjectId& oid, git::ObjectType type, ByteView content) {
    catalog::StoredObject stored{oid, {static_cast<int>(type), static_cast<std::int64_t>(content.size()), {}, {}}, {}};
    if (type == git::ObjectType::kBlob && content.size() <= format::kMaxLfsPointerBytes) {
        const auto pointer = format::parse_lfs_pointer(as_text(content));
        if (pointer.has_value()) {
            stored.facts.lfs_sha256 = pointer.value().oid;
            stored.facts.lfs_size = static_cast<std::int64_t>(pointer.value().size);
        }
    }
    stored.deflated = git::deflate(content);
    return stored;
}

NewObjects::NewObjects(Hub& hub, catalog::RowId repo) : hub_(hub), repo_(repo), push_(new_row_id()) {}

NewObjects::~NewObjects() {
    if (staged_ == 0) return;
    (void)hub_.catalog.write([&](catalog::Session& s) { return catalog::delete_staged(s, push_); });
}

Result<std::optional<git::Object>> NewObjects::find(const ObjectId& oid) {
    if (const auto found = index_.find(oid); found != index_.end()) {
        TRY(auto object, inflated(memory_[found->second]));
        return std::optional(std::move(object));
    }
    return hub_.catalog.read([&](catalog::Session& s) { return find_stored(s, oid); });
}

Result<std::optional<git::Object>> NewObjects::find_on(catalog::Session& session, const ObjectId& oid) {
    if (index_.contains(oid)) return find(oid);
    return find_stored(session, oid);
}

Result<std::optional<git::Object>> NewObjects::find_stored(catalog::Session& session, const ObjectId& oid) {
    if (staged_ > 0) {
        TRY(const auto staged, catalog::find_staged(session, push_, oid));
        if (staged) return inflated(staged);
    }
    TRY(const auto stored, catalog::find_object(session, repo_, oid));
    return inflated(stored);
}

Result<std::optional<git::Object>> HistoryReader::find(const ObjectId& oid) {
    if (const auto found = kept_.find(oid); found != kept_.end()) return std::optional(found->second);
    TRY(auto object, objects_.find_on(session_, oid));
    if (!object || object->type == git::ObjectType::kBlob) return object;
    if (kept_octets_ > kMemoryLimit) {
        kept_.clear();
        kept_octets_ = 0;
    }
    kept_octets_ += object->data.size() + 100;
    kept_.emplace(oid, *object);
    return object;
}

Result<std::optional<git::ObjectInfo>> HistoryReader::find_info(const ObjectId& oid) {
    TRY(const auto object, find(oid));
    if (!object) return std::optional<git::ObjectInfo>{};
    return std::optional(git::ObjectInfo{object->type, object->data.size()});
}

Result<std::optional<git::ObjectInfo>> NewObjects::find_info(const ObjectId& oid) {
    TRY(const auto object, find(oid));
    if (!object) return std::optional<git::ObjectInfo>{};
    return std::optional(git::ObjectInfo{object->type, object->data.size()});
}

Result<void> NewObjects::put(const ObjectId& oid, git::ObjectType type, ByteView content) {
    if (index_.contains(oid)) return ok();
    memory_.push_back(to_stored(oid, type, content));
    index_.emplace(oid, memory_.size() - 1);
    memory_octets_ += memory_.back().deflated.size() + 100;
    if (memory_octets_ > kMemoryLimit) return spill();
    return ok();
}

Result<ObjectId> NewObjects::add(git::ObjectType type, ByteView content) {
    TRY(const auto oid, git::hash_object(type, content));
    TRY(put(oid, type, content));
    return oid;
}

Result<void> NewObjects::spill() {
    TRY(const auto staged, hub_.catalog.write([&](catalog::Session& s) -> Result<std::int64_t> {
        std::int64_t count = 0;  // an object may have been staged before: memory_ only knows those put since then
        for (const auto& object : memory_) {
            TRY(const bool is_new, catalog::insert_staged(s, push_, object));
            count += is_new ? 1 : 0;
        }
        return count;
    }));
    kObjectsStaged.reach();
    staged_ += staged;
    memory_.clear();
    index_.clear();
    memory_octets_ = 0;
    return ok();
}

Result<std::vector<catalog::PointerTarget>> NewObjects::pointers() {
    std::vector<catalog::PointerTarget> found;
    if (staged_ > 0) {
        TRY(found, hub_.catalog.read([&](catalog::Session& s) { return catalog::staged_pointers(s, push_); }));
    }
    for (const auto& object : memory_)
        if (object.facts.lfs_sha256) found.push_back({*object.facts.lfs_sha256, object.facts.lfs_size.value_or(0), object.oid});
    return found;
}

Result<void> NewObjects::adopt(catalog::Session& session) {
    TRY(auto sequence, catalog::reserve_sequence(session, repo_, count()));
    if (staged_ > 0) {
        TRY(const auto adopted, catalog::adopt_staged(session, push_, repo_, sequence));
        // They are dropped by their age (server/hub_parts.cpp), which a clock that is put forward makes up.
        if (adopted != staged_)
            return Error{Code::kUnavailable, "What was sent so far has been dropped meanwhile. Send it again.", Reason::kNone,
                         std::to_string(adopted) + " staged objects instead of " + std::to_string(staged_)};
        sequence += staged_;
    }
    for (const auto& object : memory_) TRY(catalog::insert_object(session, repo_, object, sequence++));
    return ok();
}

}  // namespace mirfa::hub
