// SPDX-License-Identifier: Apache-2.0
#include "git/object.h"

#include <git2.h>

#include <algorithm>

#include "git/detail/libgit2.h"

namespace mirfa::git {
namespace {

git_object_t kind_of(ObjectType type) { return static_cast<git_object_t>(type); }

}  // namespace

std::string_view name_of(ObjectType type) {
    switch (type) {
        case ObjectType::kCommit: return "commit";
        case ObjectType::kTree: return "tree";
        case ObjectType::kBlob: return "blob";
        case ObjectType::kTag: return "tag";
    }
    return "blob";
}

Result<ObjectId> hash_object(ObjectType type, ByteView data) {
    detail::start_libgit2();
    git_oid oid;
    if (git_odb_hash(&oid, data.data(), data.size(), kind_of(type)) != 0)
        return Error{Code::kCorrupt, "The content was made to collide with another object."};
    ObjectId id;
    std::copy_n(oid.id, ObjectId::kSize, id.octets.begin());
    return id;
}

Result<ObjectId> put_object(ObjectSink& sink, ObjectType type, ByteView data) {
    TRY(const auto id, hash_object(type, data));
    TRY(sink.put(id, type, data));
    return id;
}

Result<Bytes> need_object(ObjectSource& source, const ObjectId& id, ObjectType type) {
    TRY(auto object, source.find(id));
    if (!object || object->type != type)
        return Error{Code::kCorrupt, "An object of the repository is missing.", Reason::kNone,
                     std::string(name_of(type)) + " " + id.hex()};
    return std::move(object->data);
}

}  // namespace mirfa::git
