// SPDX-License-Identifier: Apache-2.0
#include "git/diff.h"

#include <map>

namespace mirfa::git {
namespace {

using Entries = std::map<std::string, TreeEntry>;

Result<Entries> entries_of(ObjectSource& source, const std::optional<ObjectId>& tree) {
    Entries entries;
    if (!tree) return entries;
    TRY(auto list, load_tree(source, *tree));
    for (auto& entry : list) entries.emplace(entry.name, std::move(entry));
    return entries;
}

std::optional<ObjectId> tree_in(const Entries& entries, const std::string& name) {
    const auto found = entries.find(name);
    if (found == entries.end() || !found->second.is_tree()) return std::nullopt;
    return found->second.id;
}

Result<void> collect(ObjectSource& source, const std::optional<ObjectId>& before, const std::optional<ObjectId>& after,
                     const std::string& prefix, std::vector<std::string>& paths) {
    TRY(const auto old_entries, entries_of(source, before));
    TRY(const auto new_entries, entries_of(source, after));
    Entries all = old_entries;
    all.insert(new_entries.begin(), new_entries.end());
    for (const auto& [name, entry] : all) {
        const auto was = old_entries.find(name);
        const auto is = new_entries.find(name);
        if (was != old_entries.end() && is != new_entries.end() && was->second == is->second) continue;
        paths.push_back(prefix + name);
        const auto old_tree = tree_in(old_entries, name);
        const auto new_tree = tree_in(new_entries, name);
        if (old_tree || new_tree) TRY(collect(source, old_tree, new_tree, prefix + name + "/", paths));
    }
    return ok();
}

}  // namespace

Result<std::vector<std::string>> changed_paths(ObjectSource& source, const std::optional<ObjectId>& before,
                                               const ObjectId& after) {
    std::vector<std::string> paths;
    if (before == after) return paths;
    TRY(collect(source, before, after, "", paths));
    return paths;
}

}  // namespace mirfa::git
