// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "git/tree.h"

namespace mirfa::git::testing {

/// A folder of ten entries that are all the same folder, `levels` deep, with ten empty files at the end of each path: few
/// small objects, 10^levels files.
inline ObjectId put_tree_bomb(ObjectSink& sink, int levels) {
    auto id = put_object(sink, ObjectType::kBlob, {}).value();
    for (int level = 0; level < levels; ++level) {
        std::vector<TreeEntry> entries;
        for (char name = 'a'; name < 'k'; ++name)
            entries.push_back({level == 0 ? kModeFile : kModeTree, std::string(1, name), id});
        id = put_object(sink, ObjectType::kTree, write_tree(std::move(entries))).value();
    }
    return id;
}

}  // namespace mirfa::git::testing
