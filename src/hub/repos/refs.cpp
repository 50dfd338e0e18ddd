// SPDX-License-Identifier: Apache-2.0
// Branches and tags: each change of a ref goes through commit_changes, like commits and pushes.
#include "git/ref_name.h"
#include "git/tree.h"
#include "hub/access/permission.h"
#include "hub/commits/author.h"
#include "hub/commits/describe_commit.h"
#include "hub/repos/repositories.h"
#include "hub/repos/revisions.h"

namespace mirfa::hub {
namespace {

using catalog::Ref;
using catalog::Repository;
using catalog::Session;

Error exists_already(const std::string& name) { return Error{Code::kAlreadyExists, "Reference " + name + " already exists"}; }

Result<std::optional<Ref>> find_ref(Hub& hub, const Repository& repo, const std::string& name) {
    return hub.catalog.read([&](Session& s) { return catalog::find_ref(s, repo.id, name); });
}

Result<ObjectId> empty_commit(Hub& hub, NewObjects& objects, const Principal& who) {
    TRY(const auto author, author_of(hub, who));
    TRY(const auto tree, git::put_object(objects, git::ObjectType::kTree, {}));
    return add_commit(objects, tree, {}, author, "initial commit", "");
}

/// A ref that must not be there, or may be overwritten.
RefChange put_change(const std::optional<Ref>& before, Ref wanted) {
    return {wanted.name, before ? std::optional(before->target) : std::nullopt, wanted};
}

Result<void> delete_ref(Hub& hub, const Repository& repo, const std::string& name, std::string_view shown) {
    const RepositoryTurn turn(repo.id);
    TRY(const auto before, find_ref(hub, repo, name));
    if (!before) return revision_not_found(shown);
    Changes changes;
    changes.refs.push_back({name, before->target, std::nullopt});
    TRY(commit_changes(hub, repo, changes));
    return ok();
}

}  // namespace

Result<void> create_branch(Hub& hub, const Principal& who, const Repository& repo, const NewBranch& wanted) {
    TRY(git::check_branch_or_tag_name(wanted.name));
    const std::string name = branch_ref(wanted.name);
    const RepositoryTurn turn(repo.id);
    TRY(const auto before, find_ref(hub, repo, name));
    if (before && !wanted.overwrite) return exists_already(name);
    if (before && name == kMainRef)  // as a forced push would
        TRY(hub.catalog.read([&](Session& s) { return require(s, who, repo, Action::kAdminister); }));
    NewObjects objects(hub, repo.id);
    Changes changes{.objects = &objects};
    ObjectId commit;
    if (wanted.empty) {
        TRY(commit, empty_commit(hub, objects, who));
        TRY(auto described, describe_commit(objects, commit));
        changes.commits.push_back(std::move(described));
    } else {
        TRY(const auto from,
            hub.catalog.read([&](Session& s) { return resolve_revision(s, repo, wanted.from.value_or("main")); }));
        commit = from.commit;
    }
    changes.refs.push_back(put_change(before, {name, commit, commit}));
    TRY(commit_changes(hub, repo, changes));
    return ok();
}

Result<void> delete_branch(Hub& hub, const Principal&, const Repository& repo, std::string_view name) {
    if (name == "main") return Error{Code::kForbidden, "Cannot delete refs/heads/main"};
    return delete_ref(hub, repo, branch_ref(name), name);
}

Result<void> create_tag(Hub& hub, const Principal& who, const Repository& repo, std::string_view revision, std::string_view name,
                        std::string_view message) {
    TRY(git::check_branch_or_tag_name(name));
    const std::string ref = "refs/tags/" + std::string(name);
    const RepositoryTurn turn(repo.id);
    TRY(const auto at, hub.catalog.read([&](Session& s) { return resolve_revision(s, repo, revision); }));
    TRY(const auto before, find_ref(hub, repo, ref));
    if (before) return exists_already(ref);
    NewObjects objects(hub, repo.id);
    ObjectId target = at.commit;
    if (!message.empty()) {
        TRY(const auto author, author_of(hub, who));
        const git::Tag tag{at.commit, git::ObjectType::kCommit, std::string(name), author, std::string(message)};
        TRY(target, objects.add(git::ObjectType::kTag, as_bytes(git::write_tag(tag))));
    }
    Changes changes{.objects = &objects};
    changes.refs.push_back({ref, std::nullopt, Ref{ref, target, at.commit}});
    TRY(commit_changes(hub, repo, changes));
    return ok();
}

Result<void> delete_tag(Hub& hub, const Principal&, const Repository& repo, std::string_view name) {
    return delete_ref(hub, repo, "refs/tags/" + std::string(name), name);
}

}  // namespace mirfa::hub
