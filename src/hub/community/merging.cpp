// SPDX-License-Identifier: Apache-2.0
#include "hub/community/merging.h"

#include "base/ascii.h"
#include "catalog/accounts.h"
#include "git/merge.h"
#include "hub/access/permission.h"
#include "hub/commits/author.h"
#include "hub/commits/commit_graph.h"
#include "hub/commits/describe_commit.h"
#include "hub/commits/transaction.h"
#include "hub/commits/tree_of.h"
#include "hub/community/events.h"
#include "hub/community/pull_requests.h"
#include "hub/repos/compare.h"

namespace mirfa::hub {
namespace {

using catalog::Discussion;
using catalog::DiscussionStatus;
using catalog::Ref;
using catalog::Repository;
using catalog::Session;

constexpr int kAttempts = 20;  // against other processes; within this one writers take turns

/// For a merge that is only tried.
class NoSink final : public git::ObjectSink {
public:
    Result<void> put(const ObjectId&, git::ObjectType, ByteView) override { return ok(); }
};

Result<std::optional<ObjectId>> common_commit(Session& session, const Repository& repo, const Discussion& discussion,
                                              const ObjectId& base, const ObjectId& head) {
    CatalogCommits graph(session, repo.id);
    TRY(auto common, git::merge_base(graph, base, head));
    if (common) return common;
    TRY(const auto rows, catalog::events_of(session, discussion.id));
    for (const auto& row : rows) {
        if (row.kind != kCommitKind) continue;
        TRY(const auto event, to_event(row));
        const auto commit = ObjectId::parse(std::get<CommitAdded>(event.what).oid);
        if (!commit.has_value()) continue;
        TRY(common, git::merge_base(graph, base, commit.value()));
        if (common) return common;
    }
    return std::optional<ObjectId>{};
}

Result<git::MergeResult> merge_sides(git::ObjectSource& source, git::ObjectSink& sink, const PullRequestSides& sides) {
    std::optional<ObjectId> common;
    if (sides.common) {
        TRY(common, tree_of(source, *sides.common));
    }
    TRY(const auto ours, tree_of(source, sides.base->commit));
    TRY(const auto theirs, tree_of(source, sides.head->commit));
    return git::merge_trees(source, sink, common, ours, theirs);
}

Result<std::string> diff_of(Session& session, const Repository& repo, const Discussion& discussion,
                            const PullRequestSides& sides) {
    if (discussion.merge_commit) {
        CatalogCommits graph(session, repo.id);
        TRY(const auto node, graph.load(*discussion.merge_commit));
        const auto before = node.parents.empty() ? std::nullopt : std::optional(node.parents[0]);
        return diff_commits(session, repo, before, *discussion.merge_commit, DiffForm::kUnified);
    }
    if (!sides.base || !sides.head) return std::string{};
    return diff_commits(session, repo, sides.common ? *sides.common : sides.base->commit, sides.head->commit, DiffForm::kUnified);
}

Result<Discussion> need_pull_request(Session& session, const Repository& repo, std::int64_t number) {
    TRY(auto found, need_discussion(session, repo, number));
    if (!found.is_pull_request)
        return Error{Code::kInvalidArgument,
                     "Number " + std::to_string(number) + " is a discussion; only pull requests can be merged."};
    return found;
}

Error conflicting(const std::vector<std::string>& files) {
    constexpr std::size_t kNamed = 20;
    std::string names;
    for (std::size_t i = 0; i < files.size() && i < kNamed; ++i) names += (i == 0 ? "" : ", ") + files[i];
    if (files.size() > kNamed) names += " and " + std::to_string(files.size() - kNamed) + " more";
    return Error{Code::kConflict, "The pull request cannot be merged: " + names +
                                      " changed on both sides. Bring the base into the pull request first, then merge again."};
}

Error not_open(const Discussion& discussion) {
    if (discussion.status == DiscussionStatus::kDraft)
        return Error{Code::kInvalidArgument, "The pull request is a draft. Publish it (open it), then merge."};
    return Error{Code::kConflict,
                 "The pull request is " + std::string(name_of(discussion.status)) + "; only an open one can be merged."};
}

/// One merge into a base that may move meanwhile.
class Merge {
public:
    Merge(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number, std::string_view comment)
        : hub_(hub), repo_(repo), who_(who), number_(number), comment_(ascii_trim(comment)) {}

    /// Nothing when a side moved before the result was stored.
    Result<std::optional<ObjectId>> attempt() {
        TRY(load());
        NewObjects objects(hub_, repo_.id);
        TRY(const auto merged, merge_sides(objects, objects, sides_));
        if (!merged.tree) return conflicting(merged.conflicts);
        TRY(const auto before, tree_of(objects, sides_.base->commit));
        if (*merged.tree == before)
            return Error{Code::kInvalidArgument, "There is nothing to merge: the base has all that the pull request changes."};
        TRY(const auto commit, write_commit(objects, *merged.tree));
        TRY(const bool stored, store(objects, commit));
        return stored ? std::optional(commit) : std::nullopt;
    }

private:
    Result<void> load() {
        TRY(const auto committer, author_of(hub_, who_));
        commit_ = git::Commit{};
        commit_.author = commit_.committer = committer;
        return hub_.catalog.read([&](Session& s) -> Result<void> {
            TRY(require(s, who_, repo_, Action::kWrite));
            TRY(discussion_, need_pull_request(s, repo_, number_));
            if (discussion_.status != DiscussionStatus::kOpen) return not_open(discussion_);
            TRY(sides_, load_sides(s, repo_, discussion_));
            if (!sides_.head) return Error{Code::kConflict, "The commits of this pull request were removed."};
            if (!sides_.base)
                return Error{Code::kConflict,
                             "The pull request cannot be merged: " + discussion_.base + " does not exist any more."};
            TRY(const auto author, catalog::find_user_by_id(s, discussion_.author));
            if (author) commit_.author = {author->owner.name, author->email, commit_.committer.time, 0};
            return describe(s);
        });
    }

    /// As the hosted hub writes them: title with the number, then the commits that went in.
    Result<void> describe(Session& session) {
        commit_.message = discussion_.title + " (#" + std::to_string(number_) + ")\n";
        TRY(const auto rows, catalog::events_of(session, discussion_.id));
        for (const auto& row : rows) {
            if (row.kind != kCommitKind) continue;
            TRY(const auto event, to_event(row));
            const auto& added = std::get<CommitAdded>(event.what);
            commit_.message += "\n- " + added.subject + " (" + added.oid + ")";
        }
        return ok();
    }

    Result<ObjectId> write_commit(NewObjects& objects, const ObjectId& tree) {
        commit_.tree = tree;
        commit_.parents = {sides_.base->commit};
        return objects.add(git::ObjectType::kCommit, as_bytes(git::write_commit(commit_)));
    }

    Result<bool> store(NewObjects& objects, const ObjectId& commit) {
        TRY(auto described, describe_commit(objects, commit));
        Changes changes{.objects = &objects, .commits = {std::move(described)}};
        const auto& base = *sides_.base;
        changes.refs.push_back({base.name, base.target, Ref{base.name, commit, commit}});
        changes.refs.push_back({sides_.head->name, sides_.head->target, sides_.head});  // what was merged is what it still is
        changes.last = [&](Session& session) -> Result<void> {
            TRY(require(session, who_, repo_, Action::kWrite));
            TRY(const auto now, need_pull_request(session, repo_, number_));
            if (now.status != DiscussionStatus::kOpen) return not_open(now);
            if (!comment_.empty()) TRY(insert_comment(session, hub_, now.id, who_, comment_));
            TRY(catalog::update_discussion_status(session, now.id, DiscussionStatus::kMerged, commit));
            TRY(insert_event(session, hub_, now.id, who_, kStatusKind, data_of(StatusChange{DiscussionStatus::kMerged})));
            return ok();
        };
        const auto generation = commit_changes(hub_, repo_, changes);
        if (generation.has_value()) return true;
        if (generation.error().code == Code::kConflict) return false;
        return generation.error();
    }

    Hub& hub_;
    const Repository& repo_;
    const Principal& who_;
    const std::int64_t number_;
    const std::string_view comment_;
    Discussion discussion_;
    PullRequestSides sides_;
    git::Commit commit_;
};

}  // namespace

Result<PullRequestSides> load_sides(Session& session, const Repository& repo, const Discussion& discussion) {
    PullRequestSides sides;
    TRY(sides.base, catalog::find_ref(session, repo.id, discussion.base));
    TRY(sides.head, catalog::find_ref(session, repo.id, pull_request_ref(discussion.num)));
    if (!sides.base || !sides.head) return sides;
    TRY(sides.common, common_commit(session, repo, discussion, sides.base->commit, sides.head->commit));
    return sides;
}

Result<PullRequest> load_pull_request(Session& session, const Repository& repo, const Discussion& discussion, WithDiff diff) {
    TRY(const auto sides, load_sides(session, repo, discussion));
    PullRequest shown;
    shown.base = discussion.base;
    if (sides.head) shown.head = sides.head->commit;
    shown.base_missing = !sides.base.has_value();
    const bool undecided = discussion.status == DiscussionStatus::kOpen || discussion.status == DiscussionStatus::kDraft;
    if (undecided && sides.base && sides.head) {
        CatalogObjects objects(session, repo.id);
        NoSink nowhere;
        TRY(auto merged, merge_sides(objects, nowhere, sides));
        shown.conflicts = std::move(merged.conflicts);
    }
    if (diff == WithDiff::kYes) {
        TRY(shown.diff, diff_of(session, repo, discussion, sides));
    }
    return shown;
}

Result<ObjectId> merge_pull_request(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                    std::string_view comment) {
    if (!ascii_trim(comment).empty()) TRY(check_comment(comment));
    const RepositoryTurn turn(repo.id);
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
        TRY(const auto commit, Merge(hub, repo, who, number, comment).attempt());
        if (commit) return *commit;
    }
    return Error{Code::kConflict, "The branch changed again and again while the pull request was merged. Try once more."};
}

}  // namespace mirfa::hub
