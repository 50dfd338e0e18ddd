// SPDX-License-Identifier: Apache-2.0
// The body is parsed as it arrives: contents become blobs (or large objects) at once, operations are only collected.
// When it is complete the operations are applied to the head of the branch, under the repository's turn so that this
// process does not race with itself; a race with another process shows as kConflict and the tree is built anew.
#include "hub/commits/commit.h"

#include <algorithm>
#include <unordered_set>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/random.h"
#include "blob/store.h"
#include "catalog/large.h"
#include "format/gitattributes.h"
#include "format/lfs_pointer.h"
#include "git/path_rules.h"
#include "git/ref_name.h"
#include "git/tree.h"
#include "hub/access/permission.h"
#include "hub/commits/author.h"
#include "hub/commits/describe_commit.h"
#include "hub/commits/preupload.h"
#include "hub/commits/tree_of.h"
#include "hub/community/pull_requests.h"
#include "hub/large/large_objects.h"
#include "hub/repos/revisions.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using git::ObjectType;
using git::TreeEdit;

constexpr int kAttempts = 20;  // against other processes; within this one writers take turns

std::string full_message(std::string_view title, std::string_view description) {
    std::string message(title);
    if (!description.empty()) message.append("\n\n").append(description);
    return message;
}

Error stale_parent() {
    return Error{Code::kConflict, "The branch was updated since you opened this page. Please refresh and try again.",
                 Reason::kStaleParent};
}

Error no_such_branch(std::string_view revision) {
    return Error{Code::kNotFound, "The branch " + std::string(revision) + " does not exist in this repository. Create it first.",
                 Reason::kRevisionNotFound};
}

Result<std::string> text_at(git::ObjectSource& source, const ObjectId& tree, std::string_view path) {
    TRY(const auto entry, git::find_path(source, tree, path));
    if (!entry || entry->mode == git::kModeTree) return std::string{};
    TRY(const auto data, read_object(source, entry->id, ObjectType::kBlob));
    return std::string(as_text(data));
}

/// An operation whose content is a blob already.
struct Put {
    std::string path;
    ObjectId blob;
    std::optional<std::string> old_path;
    bool large = false;  ///< an LFS pointer: .gitattributes must cover it
};
struct Delete {
    std::string path;
    bool folder = false;
};
struct Copy {
    format::CommitCopy copy;
    bool large = false;  ///< as in Put; known when the source has been looked up
};
using Operation = std::variant<Put, Delete, Copy>;

/// Where an operation puts a large file, or nothing.
const std::string* large_path_of(const Operation& operation) {
    if (const auto* put = std::get_if<Put>(&operation)) return put->large ? &put->path : nullptr;
    if (const auto* copy = std::get_if<Copy>(&operation)) return copy->large ? &copy->copy.path : nullptr;
    return nullptr;
}

/// The body of a commit may take hours; rights and the pull request may be gone when it is complete.
Result<void> require_still_allowed(Session& session, catalog::RowId id, const Principal& who, std::string_view revision,
                                   bool create_pr) {
    TRY(const auto repo, catalog::find_repository_by_id(session, id));
    if (!repo) return repo_not_found(who);
    if (create_pr) return require(session, who, *repo, Action::kPropose);
    if (const auto number = pull_request_number(revision)) return require_pull_request_writer(session, *repo, who, *number);
    return require(session, who, *repo, Action::kWrite);
}

}  // namespace

class CommitRequest::Builder final : public format::CommitSink {
public:
    Builder(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string revision, bool create_pr)
        : hub_(hub), repo_(repo), who_(who), revision_(std::move(revision)), create_pr_(create_pr), objects_(hub, repo.id) {}

    Result<void> header(format::CommitHeader header) override {
        if (ascii_trim(header.summary).empty())
            return Error{Code::kInvalidArgument, "The commit has no summary. Give it a title."};
        header_ = std::move(header);
        return ok();
    }
    void propose_with(std::string text) { text_ = std::move(text); }
    Result<void> begin_content() override {
        content_.clear();
        large_.reset();
        return ok();
    }
    Result<void> content(ByteView bytes) override {
        if (large_) return large_->write(bytes);
        content_.insert(content_.end(), bytes.begin(), bytes.end());
        if (content_.size() <= hub_.options.inline_limit) return ok();
        TRY(large_, LargeUpload::begin(hub_, repo_.id, who_.user, catalog::Door::kInline));
        TRY(large_->write(content_));
        content_.clear();
        return ok();
    }
    Result<void> file(format::CommitFile file) override {
        TRY(git::check_path(file.path));
        Put put{std::move(file.path), {}, std::move(file.old_path), large_ != nullptr};
        if (large_) {
            TRY(const auto stored, large_->finish());
            TRY(put.blob, add_pointer(stored.sha256, static_cast<std::uint64_t>(stored.size)));
            large_.reset();
        } else {
            TRY(put.blob, objects_.add(ObjectType::kBlob, content_));
            if (put.path == ".gitattributes") attributes_ = std::string(as_text(content_));
        }
        content_.clear();
        operations_.emplace_back(std::move(put));
        return ok();
    }
    Result<void> lfs_file(format::CommitLfsFile file) override {
        TRY(git::check_path(file.path));
        TRY(const auto held, hub_.catalog.read([&](Session& s) { return catalog::find_repo_object(s, repo_.id, file.oid); }));
        if (!held) return content_missing(file.path + " (SHA-256 " + file.oid.hex() + ")");
        if (file.size && static_cast<std::int64_t>(*file.size) != held->size)
            return Error{Code::kInvalidArgument, "The large file " + file.path + " has " + std::to_string(held->size) +
                                                     " octets, the commit says " + std::to_string(*file.size) + "."};
        TRY(const auto blob, add_pointer(file.oid, static_cast<std::uint64_t>(held->size)));
        operations_.emplace_back(Put{std::move(file.path), blob, std::move(file.old_path), true});
        return ok();
    }
    Result<void> deleted_file(std::string path) override {
        operations_.emplace_back(Delete{std::move(path), false});
        return ok();
    }
    Result<void> deleted_folder(std::string path) override {
        operations_.emplace_back(Delete{std::move(path), true});
        return ok();
    }
    Result<void> copy_file(format::CommitCopy copy) override {
        TRY(git::check_path(copy.path));
        operations_.emplace_back(Copy{std::move(copy)});
        return ok();
    }

    Result<CommitOutcome> finish() {
        TRY(author_, author_of(hub_, who_));
        const RepositoryTurn turn(repo_.id);
        for (int attempt = 1;; ++attempt) {
            auto outcome = attempt_once();
            const bool raced =
                !outcome.has_value() && outcome.error().code == Code::kConflict && outcome.error().reason == Reason::kNone;
            if (!raced || attempt == kAttempts) return outcome;
        }
    }

private:
    Result<ObjectId> add_pointer(const Sha256& sha256, std::uint64_t size) {
        return objects_.add(ObjectType::kBlob, as_bytes(format::write_lfs_pointer({sha256, size})));
    }

    std::string ref_name() const { return revision_.starts_with("refs/") ? revision_ : branch_ref(revision_); }

    Result<catalog::Ref> base() {
        TRY(const auto ref, hub_.catalog.read([&](Session& s) { return catalog::find_ref(s, repo_.id, ref_name()); }));
        if (!ref) return no_such_branch(revision_);
        if (!header_.parent_commit) return *ref;
        if (!ref->commit.hex().starts_with(*header_.parent_commit)) return stale_parent();
        return *ref;
    }

    Result<CommitOutcome> attempt_once() {
        TRY(const auto base_ref, base());
        TRY(const auto old_tree, tree_of(objects_, base_ref.commit));
        TRY(const auto new_tree, apply(old_tree));
        const bool empty_commit = operations_.empty();
        if (new_tree == old_tree && !create_pr_ && !empty_commit) return CommitOutcome{base_ref.commit, std::nullopt};
        TRY(const auto commit, add_commit(objects_, new_tree, {base_ref.commit}, author_, header_.summary, header_.description));
        TRY(auto described, describe_commit(objects_, commit));
        if (create_pr_) return open_pull_request_with(base_ref, std::move(described));
        Changes changes{.first = still_allowed(), .objects = &objects_, .commits = {std::move(described)}};
        changes.refs.push_back({base_ref.name, base_ref.target, catalog::Ref{base_ref.name, commit, commit}});
        changes.last = [&](Session& session) {
            return note_commit_on_pull_request(session, hub_, repo_, base_ref.name, commit, header_.summary, who_);
        };
        TRY(commit_changes(hub_, repo_, changes));
        return CommitOutcome{commit, std::nullopt};
    }

    Result<CommitOutcome> open_pull_request_with(const catalog::Ref& base_ref, NewCommit commit) {
        TRY(const auto number, reserve_pull_request(hub_, repo_));
        const ObjectId oid = commit.oid;
        const std::string name = pull_request_ref(number);
        Changes changes{.first = still_allowed(), .objects = &objects_, .commits = {std::move(commit)}};
        changes.refs.push_back({name, std::nullopt, catalog::Ref{name, oid, oid}});
        const NewPullRequest made{number, header_.summary, text_.value_or(header_.description), base_ref.name, true};
        changes.last = [&](Session& session) -> Result<void> {
            TRY(insert_pull_request(session, hub_, repo_, made, who_));
            return note_commit_on_pull_request(session, hub_, repo_, name, oid, header_.summary, who_);
        };
        TRY(commit_changes(hub_, repo_, changes));
        return CommitOutcome{oid, number};
    }

    std::function<Result<void>(Session&)> still_allowed() const {
        return [this](Session& session) { return require_still_allowed(session, repo_.id, who_, revision_, create_pr_); };
    }

    Result<ObjectId> apply(const ObjectId& old_tree) {
        std::vector<TreeEdit> edits;
        for (auto& operation : operations_) TRY(add_edits(edits, operation));
        TRY(add_attributes_edit(edits, old_tree));
        return git::apply_edits(objects_, objects_, old_tree, edits);
    }

    Result<void> add_edits(std::vector<TreeEdit>& edits, Operation& operation) {
        if (auto* put = std::get_if<Put>(&operation)) {
            if (put->old_path && *put->old_path != put->path) edits.push_back(TreeEdit::remove_file(*put->old_path));
            edits.push_back(TreeEdit::put(put->path, git::kModeFile, put->blob));
        } else if (auto* gone = std::get_if<Delete>(&operation)) {
            edits.push_back(gone->folder ? TreeEdit::remove_folder(gone->path) : TreeEdit::remove_file(gone->path));
        } else {
            TRY(auto edit, copy_edit(std::get<Copy>(operation)));
            edits.push_back(std::move(edit));
        }
        return ok();
    }

    Result<TreeEdit> copy_edit(Copy& operation) {
        const auto& copy = operation.copy;
        TRY(const auto from,
            hub_.catalog.read([&](Session& s) { return resolve_revision(s, repo_, copy.source_revision.value_or(revision_)); }));
        TRY(const auto tree, tree_of(objects_, from.commit));
        TRY(const auto entry, git::find_path(objects_, tree, copy.source_path));
        if (!entry || entry->mode == git::kModeTree)
            return Error{Code::kNotFound, "A file with this name doesn't exist: " + copy.source_path, Reason::kEntryNotFound};
        TRY(const auto facts, hub_.catalog.read([&](Session& s) { return catalog::find_object_facts(s, repo_.id, entry->id); }));
        operation.large = facts && facts->lfs_sha256.has_value();
        return TreeEdit::put(copy.path, entry->mode, entry->id);
    }

    /// git-lfs treats a path as large only when a rule says so; so every large path must be covered.
    Result<void> add_attributes_edit(std::vector<TreeEdit>& edits, const ObjectId& old_tree) {
        const auto is_large = [](const Operation& operation) { return large_path_of(operation) != nullptr; };
        if (std::none_of(operations_.begin(), operations_.end(), is_large)) return ok();
        std::string text;
        if (attributes_) {
            text = *attributes_;
        } else {
            TRY(text, text_at(objects_, old_tree, ".gitattributes"));
        }
        TRY(const auto uncovered, uncovered_paths(text));
        if (uncovered.empty()) return ok();
        TRY(const auto blob, objects_.add(ObjectType::kBlob, as_bytes(format::with_lfs_lines(text, uncovered))));
        edits.push_back(TreeEdit::put(".gitattributes", git::kModeFile, blob));
        return ok();
    }

    /// Paths of large files that no rule of the text makes large, each once.
    Result<std::vector<std::string_view>> uncovered_paths(std::string_view attributes) const {
        const format::GitAttributes rules(attributes);
        format::MatchBudget budget{kMaxMatchSteps};
        std::unordered_set<std::string_view> seen;
        std::vector<std::string_view> uncovered;
        for (const auto& operation : operations_) {
            const auto* path = large_path_of(operation);
            if (path == nullptr || !seen.insert(*path).second || rules.is_lfs(*path, budget)) continue;
            uncovered.push_back(*path);
        }
        if (budget.spent()) return too_many_rules();
        return uncovered;
    }

    Hub& hub_;
    const catalog::Repository repo_;
    const Principal who_;
    const std::string revision_;
    const bool create_pr_;
    NewObjects objects_;
    format::CommitHeader header_;
    git::Identity author_;
    Bytes content_;
    std::unique_ptr<LargeUpload> large_;
    std::optional<std::string> attributes_;
    std::optional<std::string> text_;  ///< of the pull request
    std::vector<Operation> operations_;
};

Result<ObjectId> tree_of(git::ObjectSource& source, const ObjectId& commit) {
    TRY(const auto data, read_object(source, commit, ObjectType::kCommit));
    TRY(const auto parsed, git::parse_commit(as_text(data)));
    return parsed.tree;
}

/// Commits go to branches and pull requests: a tag or a commit id is no place to add to.
Result<void> check_commit_target(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string_view revision,
                                 bool create_pr) {
    if (create_pr) TRY(require_discussions(repo));
    if (const auto number = pull_request_number(revision)) return require_pull_request_writer(hub, repo, who, *number);
    const std::string name = revision.starts_with("refs/") ? std::string(revision) : branch_ref(revision);
    if (!name.starts_with("refs/heads/"))
        return Error{Code::kInvalidArgument, "Commits can be added to a branch or a pull request, not to " + name + "."};
    return hub.catalog.read([&](Session& s) -> Result<void> {
        TRY(const auto branch, catalog::find_ref(s, repo.id, name));
        if (branch) return ok();
        TRY(const auto tag, catalog::find_ref(s, repo.id, "refs/tags/" + std::string(revision)));
        const bool commit_id = git::is_commit_id(revision);
        if (!create_pr && (tag || commit_id))
            return Error{Code::kInvalidArgument, "Commits can be added to a branch, and " + std::string(revision) + " is none."};
        return no_such_branch(revision);
    });
}

CommitRequest::CommitRequest(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string revision,
                             bool create_pr)
    : builder_(std::make_unique<Builder>(hub, repo, who, std::move(revision), create_pr)),
      parser_(*builder_, {hub.options.commit_body_limit, 25'000}) {}
CommitRequest::~CommitRequest() = default;

Result<void> CommitRequest::feed(ByteView bytes) { return parser_.feed(bytes); }

void CommitRequest::propose_with(std::string text) { builder_->propose_with(std::move(text)); }

Result<CommitOutcome> CommitRequest::finish() {
    TRY(parser_.finish());
    return builder_->finish();
}

Result<ObjectId> add_commit(NewObjects& objects, const ObjectId& tree, const std::vector<ObjectId>& parents,
                            const git::Identity& author, std::string_view title, std::string_view description) {
    git::Commit commit;
    commit.tree = tree;
    commit.parents = parents;
    commit.author = author;
    commit.committer = author;
    commit.message = full_message(title, description);
    return objects.add(ObjectType::kCommit, as_bytes(git::write_commit(commit)));
}

Result<ObjectId> super_squash(Hub& hub, const catalog::Repository& repo, const Principal& who, std::string_view revision,
                              std::string_view message) {
    TRY(check_commit_target(hub, repo, who, revision, false));
    const std::string name = revision.starts_with("refs/") ? std::string(revision) : branch_ref(revision);
    const std::string title(message.empty() ? "Super-squash" : message);
    TRY(const auto author, author_of(hub, who));
    const RepositoryTurn turn(repo.id);
    TRY(const auto ref, hub.catalog.read([&](Session& s) { return catalog::find_ref(s, repo.id, name); }));
    if (!ref) return no_such_branch(revision);
    NewObjects objects(hub, repo.id);
    TRY(const auto tree, tree_of(objects, ref->commit));
    TRY(const auto commit, add_commit(objects, tree, {}, author, title, ""));
    TRY(auto described, describe_commit(objects, commit));
    Changes changes{.objects = &objects, .commits = {std::move(described)}};
    changes.refs.push_back({name, ref->target, catalog::Ref{name, commit, commit}});
    changes.last = [&](Session& session) { return note_commit_on_pull_request(session, hub, repo, name, commit, title, who); };
    TRY(commit_changes(hub, repo, changes));
    return commit;
}

Result<ObjectId> create_with_first_commit(Hub& hub, const catalog::Repository& repo, const Principal& who,
                                          const std::vector<InitialFile>& files) {
    const auto kind = repo.type == catalog::RepoType::kModel     ? format::AttributesFor::kModel
                      : repo.type == catalog::RepoType::kDataset ? format::AttributesFor::kDataset
                                                                 : format::AttributesFor::kSpace;
    NewObjects objects(hub, repo.id);
    std::vector<TreeEdit> edits;
    TRY(const auto attributes, objects.add(ObjectType::kBlob, as_bytes(format::default_gitattributes(kind))));
    edits.push_back(TreeEdit::put(".gitattributes", git::kModeFile, attributes));
    for (const auto& file : files) {
        TRY(git::check_path(file.path));
        TRY(const auto blob, objects.add(ObjectType::kBlob, as_bytes(file.content)));
        edits.push_back(TreeEdit::put(file.path, git::kModeFile, blob));
    }
    TRY(const auto tree, git::apply_edits(objects, objects, std::nullopt, edits));
    TRY(const auto author, author_of(hub, who));
    TRY(const auto commit, add_commit(objects, tree, {}, author, "initial commit", ""));
    TRY(auto described, describe_commit(objects, commit));
    const std::string name(kMainRef);
    Changes changes{.objects = &objects, .commits = {std::move(described)}};
    changes.refs.push_back({name, std::nullopt, catalog::Ref{name, commit, commit}});
    changes.first = [&](Session& session) { return catalog::insert_repository(session, repo); };
    TRY(commit_changes(hub, repo, changes));
    return commit;
}

}  // namespace mirfa::hub
