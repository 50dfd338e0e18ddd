// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "git/object.h"

namespace mirfa::git::testing {

/// Objects in memory, for tests. Counts reads, so that a test can see what was looked at.
class MemoryObjects final : public ObjectSource, public ObjectSink {
public:
    Result<std::optional<Object>> find(const ObjectId& id) override {
        ++reads;
        const auto found = objects.find(id);
        if (found == objects.end()) return std::optional<Object>{};
        return std::optional(found->second);
    }
    Result<std::optional<ObjectInfo>> find_info(const ObjectId& id) override {
        const auto found = objects.find(id);
        if (found == objects.end()) return std::optional<ObjectInfo>{};
        return std::optional(ObjectInfo{found->second.type, found->second.data.size()});
    }
    Result<void> put(const ObjectId& id, ObjectType type, ByteView data) override {
        objects.insert_or_assign(id, Object{type, Bytes(data.begin(), data.end())});
        return ok();
    }

    std::unordered_map<ObjectId, Object> objects;
    std::size_t reads = 0;
};

}  // namespace mirfa::git::testing
