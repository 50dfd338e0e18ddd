// SPDX-License-Identifier: Apache-2.0
#include "git/diff.h"

#include <algorithm>

#include "git/detail/content.h"
#include "git/detail/renames.h"

namespace mirfa::git {
namespace {

using Entries = std::vector<TreeEntry>;
/// Sees one name that differs; a side without it is null.
using VisitPair = std::function<Result<void>(const std::string& path, const TreeEntry* was, const TreeEntry* is)>;

bool by_name(const TreeEntry& a, const TreeEntry& b) { return a.name < b.name; }

/// Sorted by plain name, so that a file and the folder that took its place meet.
Result<Entries> entries_of(ObjectSource& source, const std::optional<ObjectId>& tree) {
    if (!tree) return Entries{};
    TRY(auto entries, load_tree(source, *tree));
    std::sort(entries.begin(), entries.end(), by_name);
    return entries;
}

std::optional<ObjectId> tree_in(const TreeEntry* entry) {
    return entry != nullptr && entry->is_tree() ? std::optional(entry->id) : std::nullopt;
}

Error too_deep() { return Error{Code::kCorrupt, "The folders of this repository are too deep."}; }

class Comparison {
public:
    Comparison(ObjectSource& source, const VisitPair& visit) : source_(source), visit_(visit) {}

    Result<void> run(const std::optional<ObjectId>& before, const std::optional<ObjectId>& after, const std::string& prefix,
                     int depth) {
        if (before == after) return ok();
        if (depth > detail::kMaxFolderDepth) return too_deep();
        TRY(const auto old_entries, entries_of(source_, before));
        TRY(const auto new_entries, entries_of(source_, after));
        auto was = old_entries.begin();
        auto is = new_entries.begin();
        while (was != old_entries.end() || is != new_entries.end()) {
            const bool take_old = is == new_entries.end() || (was != old_entries.end() && !by_name(*is, *was));
            const bool take_new = was == old_entries.end() || (is != new_entries.end() && !by_name(*was, *is));
            TRY(meet(take_old ? &*was : nullptr, take_new ? &*is : nullptr, prefix, depth));
            was += take_old ? 1 : 0;
            is += take_new ? 1 : 0;
        }
        return ok();
    }

private:
    Result<void> meet(const TreeEntry* was, const TreeEntry* is, const std::string& prefix, int depth) {
        if (was != nullptr && is != nullptr && was->mode == is->mode && was->id == is->id) return ok();
        const std::string path = prefix + (was != nullptr ? was : is)->name;
        if (path.size() > detail::kMaxPathOctets) return too_deep();
        TRY(visit_(path, was, is));
        const auto old_tree = tree_in(was);
        const auto new_tree = tree_in(is);
        if (!old_tree && !new_tree) return ok();
        return run(old_tree, new_tree, path + "/", depth + 1);
    }

    ObjectSource& source_;
    const VisitPair& visit_;
};

Change change_of(const std::string& path, const TreeEntry* was, const TreeEntry* is) {
    Change change{ChangeKind::kModified, path, path, 0, 0, {}, {}, 0};
    if (was != nullptr) {
        change.old_mode = was->mode;
        change.old_id = was->id;
    }
    if (is != nullptr) {
        change.new_mode = is->mode;
        change.new_id = is->id;
    }
    if (was == nullptr)
        change.kind = ChangeKind::kAdded;
    else if (is == nullptr)
        change.kind = ChangeKind::kDeleted;
    else if ((was->mode ^ is->mode) & 0170000)
        change.kind = ChangeKind::kTypeChanged;
    return change;
}

const TreeEntry* unless_tree(const TreeEntry* entry) { return entry != nullptr && entry->is_tree() ? nullptr : entry; }

}  // namespace

Result<PathChanges> changed_paths(ObjectSource& source, const std::optional<ObjectId>& before, const ObjectId& after,
                                  const PathLimits& limits) {
    PathChanges changes;
    TreeSum count(source, weigh_one);
    const auto check_room = [&](std::int64_t more) -> Result<void> {
        if (static_cast<std::uint64_t>(more) <= limits.paths - changes.paths.size() && changes.octets <= limits.octets)
            return ok();
        return Error{Code::kTooLarge, "Too many files and folders differ."};
    };
    const auto check_tree = [&](const std::optional<ObjectId>& tree) -> Result<void> {
        if (!tree) return ok();
        TRY(const auto inner, count.below(*tree));
        return check_room(inner);
    };
    const VisitPair visit = [&](const std::string& path, const TreeEntry* was, const TreeEntry* is) -> Result<void> {
        TRY(check_room(1));
        changes.paths.push_back(path);
        changes.octets += path.size();
        changes.growth += (is != nullptr ? 1 : 0) - (was != nullptr ? 1 : 0);
        if (tree_in(was).has_value() == tree_in(is).has_value()) return ok();
        TRY(check_tree(tree_in(was)));
        return check_tree(tree_in(is));
    };
    if (!before) TRY(check_tree(after));
    TRY(Comparison(source, visit).run(before, after, "", 0));
    TRY(check_room(0));
    return changes;
}

Result<std::vector<Change>> diff_trees(ObjectSource& source, const std::optional<ObjectId>& before,
                                       const std::optional<ObjectId>& after, Renames renames) {
    std::vector<Change> changes;
    const VisitPair visit = [&](const std::string& path, const TreeEntry* was, const TreeEntry* is) -> Result<void> {
        was = unless_tree(was);
        is = unless_tree(is);
        if (was != nullptr || is != nullptr) changes.push_back(change_of(path, was, is));
        return ok();
    };
    TRY(Comparison(source, visit).run(before, after, "", 0));
    if (renames == Renames::kDetect) TRY(detail::join_renames(source, changes));
    std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) { return a.new_path < b.new_path; });
    return changes;
}

}  // namespace mirfa::git
