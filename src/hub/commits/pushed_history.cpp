// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/pushed_history.h"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "git/commit.h"
#include "hub/commits/objects.h"

namespace mirfa::hub {
namespace {

using git::CommitNode;

constexpr std::size_t kMaxParents = 1'000;  // the largest merge in the wild is said to have 66

Error too_many_merges() {
    return Error{Code::kTooLarge,
                 "The merges of this history are too many to be counted at once. Push it in parts, an earlier commit first "
                 "(git push origin COMMIT:BRANCH)."};
}

/// Commits of both histories, newest first: by height, so that no commit comes before one that reaches it.
class TwoHistories {
public:
    static constexpr int kMine = 1;
    static constexpr int kTheirs = 2;

    TwoHistories(git::CommitGraph& graph, std::int64_t& steps_left) : graph_(graph), steps_left_(steps_left) {}
    Result<void> add(const ObjectId& oid, int history) {
        if (--steps_left_ < 0) return too_many_merges();
        TRY(auto node, graph_.load(oid));
        auto& item = open_[{node.height, oid}];
        only_mine_ -= item.histories == kMine ? 1 : 0;
        item.histories |= history;
        only_mine_ += item.histories == kMine ? 1 : 0;
        item.parents = std::move(node.parents);
        return ok();
    }
    /// How many of mine are not theirs; walks until only commits of theirs, or of both, are left.
    Result<std::int64_t> count_only_mine() {
        std::int64_t count = 0;
        while (only_mine_ > 0) {
            const auto item = open_.extract(open_.begin()).mapped();
            if (item.histories == kMine) ++count, --only_mine_;
            for (const auto& parent : item.parents) TRY(add(parent, item.histories));
        }
        return count;
    }

private:
    struct Item {
        int histories = 0;
        std::vector<ObjectId> parents;
    };
    git::CommitGraph& graph_;
    std::int64_t& steps_left_;
    std::map<std::pair<std::int64_t, ObjectId>, Item, std::greater<>> open_;
    int only_mine_ = 0;
};

}  // namespace

Result<std::optional<CommitNode>> PushedHistory::find(const ObjectId& commit) {
    if (const auto found = nodes_.find(commit); found != nodes_.end()) return std::optional(found->second);
    TRY(auto place, catalog::find_place(session_, repo_, commit));
    if (!place) return std::optional<CommitNode>{};
    const CommitNode node{std::move(place->parents), place->ancestors};
    nodes_.emplace(commit, node);
    return std::optional(node);
}

Result<CommitNode> PushedHistory::load(const ObjectId& commit) {
    TRY(auto node, find(commit));
    if (!node) return Error{Code::kCorrupt, "A parent commit is missing.", Reason::kNone, commit.hex()};
    return std::move(*node);
}

Result<void> PushedHistory::add(const ObjectId& tip) {
    struct Step {
        ObjectId commit;
        std::optional<std::vector<ObjectId>> parents;  ///< set when they are done
    };
    std::vector<Step> stack = {{tip, std::nullopt}};
    std::unordered_set<ObjectId> seen;
    while (!stack.empty()) {
        auto [commit, parents] = std::move(stack.back());
        stack.pop_back();
        if (parents) {
            TRY(place(commit, std::move(*parents)));
            continue;
        }
        if (!seen.insert(commit).second) continue;
        TRY(const auto known, find(commit));
        if (known) continue;
        TRY(const auto data, read_object(objects_, commit, git::ObjectType::kCommit));
        TRY(const auto parsed, git::parse_commit(as_text(data)));
        if (parsed.parents.size() > kMaxParents)
            return Error{Code::kInvalidArgument, "The commit " + commit.hex() + " has more than " + std::to_string(kMaxParents) +
                                                     " parents. Merge in steps."};
        stack.push_back({commit, parsed.parents});
        for (const auto& parent : parsed.parents) stack.push_back({parent, std::nullopt});
    }
    return ok();
}

Result<void> PushedHistory::place(const ObjectId& commit, std::vector<ObjectId> parents) {
    std::unordered_set<ObjectId> seen;
    std::erase_if(parents, [&](const auto& parent) { return !seen.insert(parent).second; });
    TRY(const auto height, count_history(parents));
    for (const auto& parent : parents)
        if (const auto count = children_.find(parent); count != children_.end()) ++count->second;
    children_.emplace(commit, 0);
    order_.push_back(commit);
    nodes_.emplace(commit, CommitNode{std::move(parents), height + 1});
    return ok();
}

/// Several parents may share some of their history: what the longest one lacks is counted.
Result<std::int64_t> PushedHistory::count_history(const std::vector<ObjectId>& parents) {
    ObjectId longest;
    std::int64_t height = 0;
    for (const auto& parent : parents) {
        TRY(const auto node, load(parent));
        if (node.height <= height) continue;
        height = node.height;
        longest = parent;
    }
    if (parents.size() < 2) return height;
    std::vector<ObjectId> tips;
    std::copy_if(parents.begin(), parents.end(), std::back_inserter(tips), [&](const auto& parent) { return parent != longest; });
    TRY(const auto alone, take_alone(tips, longest));
    if (tips.empty()) return height + alone;
    TwoHistories histories(*this, steps_left_);
    TRY(histories.add(longest, TwoHistories::kTheirs));
    for (const auto& tip : tips) TRY(histories.add(tip, TwoHistories::kMine));
    TRY(const auto beyond, histories.count_only_mine());
    return height + alone + beyond;
}

/// Counts new commits behind the tips that the longest parent cannot reach, since all that stands on them was counted
/// here too; `tips` becomes those where that is not plain. Without this each merge of something short into a long history
/// would walk down all of the long one to see that the short one is not in it.
Result<std::int64_t> PushedHistory::take_alone(std::vector<ObjectId>& tips, const ObjectId& longest) {
    std::map<std::pair<std::int64_t, ObjectId>, int, std::greater<>> open;  // to how many of their children were counted
    for (const auto& tip : tips) {
        TRY(const auto node, load(tip));
        open.emplace(std::pair(node.height, tip), 0);
    }
    tips.clear();
    std::int64_t count = 0;
    while (!open.empty()) {
        if (--steps_left_ < 0) return too_many_merges();
        const auto at = open.extract(open.begin());
        const auto& commit = at.key().second;
        const auto children = children_.find(commit);
        if (commit == longest || children == children_.end() || children->second != at.mapped()) {
            tips.push_back(commit);
            continue;
        }
        ++count;
        for (const auto& parent : nodes_.at(commit).parents) {
            TRY(const auto node, load(parent));
            ++open[{node.height, parent}];
        }
    }
    return count;
}

std::vector<ObjectId> PushedHistory::behind(const std::vector<ObjectId>& tips) const {
    std::unordered_set<ObjectId> reached(tips.begin(), tips.end());
    std::vector<ObjectId> found;
    for (auto commit = order_.rbegin(); commit != order_.rend(); ++commit) {
        if (!reached.contains(*commit)) continue;
        found.push_back(*commit);
        const auto& parents = nodes_.at(*commit).parents;
        reached.insert(parents.begin(), parents.end());
    }
    std::reverse(found.begin(), found.end());
    return found;
}

Result<std::int64_t> PushedHistory::merged_by(const ObjectId& commit) {
    TRY(const auto node, load(commit));
    if (node.parents.empty()) return std::int64_t{0};
    TRY(const auto first, load(node.parents[0]));
    return node.height - first.height - 1;
}

}  // namespace mirfa::hub
