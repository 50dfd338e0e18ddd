// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/fixed_bytes.h"

namespace mirfa::git {

/// Kinds of objects, by their numbers in packs.
enum class ObjectType { kCommit = 1, kTree = 2, kBlob = 3, kTag = 4 };
std::string_view name_of(ObjectType type);

struct Object {
    ObjectType type = ObjectType::kBlob;
    Bytes data;  ///< content, without git's header
};
struct ObjectInfo {
    ObjectType type = ObjectType::kBlob;
    std::uint64_t size = 0;
};

/// Where objects are read from.
class ObjectSource {
public:
    virtual ~ObjectSource() = default;
    virtual Result<std::optional<Object>> find(const ObjectId& id) = 0;
    virtual Result<std::optional<ObjectInfo>> find_info(const ObjectId& id) = 0;
};

/// Where new objects go. Putting one that is there already is fine.
class ObjectSink {
public:
    virtual ~ObjectSink() = default;
    virtual Result<void> put(const ObjectId& id, ObjectType type, ByteView data) = 0;
};

/// Name of an object, by the SHA-1 that detects collisions. Fails: kCorrupt for an input that was built to collide.
Result<ObjectId> hash_object(ObjectType type, ByteView data);
/// Hashes and puts.
Result<ObjectId> put_object(ObjectSink& sink, ObjectType type, ByteView data);
/// An object that must be there and of this type. Fails: kCorrupt.
Result<Bytes> need_object(ObjectSource& source, const ObjectId& id, ObjectType type);

}  // namespace mirfa::git
