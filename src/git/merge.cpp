// SPDX-License-Identifier: Apache-2.0
// The walk over three trees is our own: libgit2's needs a repository on disk or a stand-in for one, and reads every
// subtree that differs from the base even when one side alone has changed it. Texts are merged by libgit2.
#include "git/merge.h"

#include <git2.h>

#include <algorithm>
#include <map>
#include <queue>
#include <unordered_map>
#include <unordered_set>

#include "git/detail/content.h"
#include "git/detail/libgit2.h"

namespace mirfa::git {
namespace {

constexpr std::size_t kMaxMergedText = 8u << 20;  // more is left to a person
using Side = std::optional<TreeEntry>;

/// One name in the three trees.
struct Three {
    Side base, ours, theirs;
};

bool is_plain_file(const Side& side) { return side && (side->mode == kModeFile || side->mode == kModeExecutable); }
std::optional<ObjectId> tree_of(const Side& side) { return side && side->is_tree() ? std::optional(side->id) : std::nullopt; }

class Merger {
public:
    Merger(ObjectSource& source, ObjectSink& sink) : source_(source), sink_(sink) {}
    std::vector<std::string> conflicts;

    /// Nothing when the merged folder has no files.
    Result<std::optional<ObjectId>> merge(const std::optional<ObjectId>& base, const std::optional<ObjectId>& ours,
                                          const std::optional<ObjectId>& theirs, const std::string& prefix, int depth) {
        if (depth > detail::kMaxFolderDepth) return Error{Code::kCorrupt, "The folders of this repository are too deep."};
        TRY(auto names, gather(base, ours, theirs));
        std::vector<TreeEntry> merged;
        for (auto& [name, three] : names) {
            TRY(auto entry, decide(three, prefix + name, depth));
            if (!entry) continue;
            entry->name = name;
            merged.push_back(std::move(*entry));
        }
        if (merged.empty()) return std::optional<ObjectId>{};
        TRY(const auto id, put_object(sink_, ObjectType::kTree, write_tree(std::move(merged))));
        return std::optional(id);
    }

private:
    Result<std::map<std::string, Three>> gather(const std::optional<ObjectId>& base, const std::optional<ObjectId>& ours,
                                                const std::optional<ObjectId>& theirs) {
        std::map<std::string, Three> names;
        TRY(add(names, base, &Three::base));
        TRY(add(names, ours, &Three::ours));
        TRY(add(names, theirs, &Three::theirs));
        return names;
    }

    Result<void> add(std::map<std::string, Three>& names, const std::optional<ObjectId>& tree, Side Three::*side) {
        if (!tree) return ok();
        TRY(auto entries, load_tree(source_, *tree));
        for (auto& entry : entries) names[entry.name].*side = std::move(entry);
        return ok();
    }

    Result<Side> decide(const Three& three, const std::string& path, int depth) {
        if (three.ours == three.theirs || three.theirs == three.base) return three.ours;
        if (three.ours == three.base) return three.theirs;
        // A folder on both sides, or gone on one: what is in it decides. A file in its place is a conflict.
        const bool ours_fits = !three.ours || three.ours->is_tree();
        const bool theirs_fits = !three.theirs || three.theirs->is_tree();
        if (ours_fits && theirs_fits && (tree_of(three.ours) || tree_of(three.theirs))) return decide_folder(three, path, depth);
        if (is_plain_file(three.ours) && is_plain_file(three.theirs)) return merge_files(three, path);
        return conflict(path);
    }

    Result<Side> decide_folder(const Three& three, const std::string& path, int depth) {
        TRY(const auto id, merge(tree_of(three.base), tree_of(three.ours), tree_of(three.theirs), path + "/", depth + 1));
        if (!id) return Side{};
        return Side(TreeEntry{kModeTree, {}, *id});
    }

    Result<Side> merge_files(const Three& three, const std::string& path) {
        const std::uint32_t base_mode = is_plain_file(three.base) ? three.base->mode : kModeFile;
        const std::uint32_t mode = three.ours->mode == base_mode ? three.theirs->mode : three.ours->mode;
        if (three.ours->id == three.theirs->id) return Side(TreeEntry{mode, {}, three.ours->id});
        if (!is_plain_file(three.base)) return conflict(path);  // added on both sides, differently
        if (three.ours->id == three.base->id) return Side(TreeEntry{mode, {}, three.theirs->id});
        if (three.theirs->id == three.base->id) return Side(TreeEntry{mode, {}, three.ours->id});
        TRY(const auto text, merge_texts(three));
        if (!text) return conflict(path);
        TRY(const auto id, put_object(sink_, ObjectType::kBlob, *text));
        return Side(TreeEntry{mode, {}, id});
    }

    /// Nothing when lines changed on both sides touch.
    Result<std::optional<Bytes>> merge_texts(const Three& three) {
        git_merge_file_input inputs[3] = {GIT_MERGE_FILE_INPUT_INIT, GIT_MERGE_FILE_INPUT_INIT, GIT_MERGE_FILE_INPUT_INIT};
        Bytes contents[3];
        const Side* sides[3] = {&three.base, &three.ours, &three.theirs};
        for (int i = 0; i < 3; ++i) {
            TRY(contents[i], need_object(source_, (*sides[i])->id, ObjectType::kBlob));
            if (detail::is_binary(contents[i]) || contents[i].size() > kMaxMergedText) return std::optional<Bytes>{};
            inputs[i].ptr = reinterpret_cast<const char*>(contents[i].data());
            inputs[i].size = contents[i].size();
        }
        detail::start_libgit2();
        git_merge_file_result result{};
        if (git_merge_file(&result, &inputs[0], &inputs[1], &inputs[2], nullptr) != 0)
            return detail::libgit2_error("git_merge_file");
        std::optional<Bytes> text;
        if (result.automergeable != 0) text.emplace(result.ptr, result.ptr + result.len);
        git_merge_file_result_free(&result);
        return text;
    }

    Result<Side> conflict(const std::string& path) {
        conflicts.push_back(path);
        return Side{};
    }

    ObjectSource& source_;
    ObjectSink& sink_;
};

/// Commits still to visit, highest first, so that none comes before a descendant of it. Bits say from where it was
/// seen.
class Frontier {
public:
    explicit Frontier(CommitGraph& graph) : graph_(graph) {}

    Result<void> add(const ObjectId& commit, int from) {
        auto [at, is_new] = seen_.try_emplace(commit);
        at->second.from |= from;
        if (!is_new) return ok();
        TRY(at->second.node, graph_.load(commit));
        queue_.push({at->second.node.height, commit});
        return ok();
    }
    bool empty() const { return queue_.empty(); }
    struct Visit {
        ObjectId commit;
        CommitNode node;
        int from = 0;
    };
    Visit take() {
        const auto commit = queue_.top().second;
        queue_.pop();
        const auto& mark = seen_.at(commit);
        return {commit, mark.node, mark.from};
    }

private:
    struct Mark {
        CommitNode node;
        int from = 0;
    };
    CommitGraph& graph_;
    std::unordered_map<ObjectId, Mark> seen_;
    std::priority_queue<std::pair<std::int64_t, ObjectId>> queue_;
};

}  // namespace

Result<MergeResult> merge_trees(ObjectSource& source, ObjectSink& sink, const std::optional<ObjectId>& base, const ObjectId& ours,
                                const ObjectId& theirs) {
    if (ours == theirs || base == theirs) return MergeResult{ours, {}};
    if (base == ours) return MergeResult{theirs, {}};
    Merger merger(source, sink);
    TRY(auto tree, merger.merge(base, ours, theirs, "", 0));
    std::sort(merger.conflicts.begin(), merger.conflicts.end());
    if (!merger.conflicts.empty()) return MergeResult{std::nullopt, std::move(merger.conflicts)};
    if (!tree) {
        TRY(tree, put_object(sink, ObjectType::kTree, {}));
    }
    return MergeResult{tree, {}};
}

Result<std::optional<ObjectId>> merge_base(CommitGraph& graph, const ObjectId& a, const ObjectId& b) {
    Frontier frontier(graph);
    TRY(frontier.add(a, 1));
    TRY(frontier.add(b, 2));
    while (!frontier.empty()) {
        const auto visit = frontier.take();
        if (visit.from == 3) return std::optional(visit.commit);
        for (const auto& parent : visit.node.parents) TRY(frontier.add(parent, visit.from));
    }
    return std::optional<ObjectId>{};
}

Result<bool> is_ancestor(CommitGraph& graph, const ObjectId& older, const ObjectId& newer) {
    TRY(const auto goal, graph.load(older));
    Frontier frontier(graph);
    TRY(frontier.add(newer, 1));
    while (!frontier.empty()) {
        const auto visit = frontier.take();
        if (visit.commit == older) return true;
        if (visit.node.height <= goal.height) continue;
        for (const auto& parent : visit.node.parents) TRY(frontier.add(parent, 1));
    }
    return false;
}

}  // namespace mirfa::git
