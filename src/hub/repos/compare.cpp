// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/compare.h"

#include "catalog/history.h"
#include "git/diff.h"
#include "hub/commits/commit_graph.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"
#include "hub/repos/revisions.h"

namespace mirfa::hub {
namespace {

using catalog::Repository;
using catalog::Session;

constexpr std::size_t kMaxUnifiedFiles = 1'000;
constexpr std::size_t kMaxRawFiles = 10'000;

struct Sides {
    std::optional<ObjectId> before;
    ObjectId after;
};

Result<ObjectId> commit_of(Session& session, const Repository& repo, std::string_view revision) {
    TRY(const auto found, resolve_revision(session, repo, revision.empty() ? "main" : revision));
    return found.commit;
}

Result<Sides> sides_of(Session& session, const Repository& repo, std::string_view spec) {
    const auto dots = spec.find("..");
    if (dots == std::string_view::npos) {
        TRY(const auto commit, commit_of(session, repo, spec));
        CatalogCommits graph(session, repo.id);
        TRY(const auto node, graph.load(commit));
        return Sides{node.parents.empty() ? std::nullopt : std::optional(node.parents[0]), commit};
    }
    const bool from_base = spec.substr(dots).starts_with("...");
    TRY(const auto before, commit_of(session, repo, spec.substr(0, dots)));
    TRY(const auto after, commit_of(session, repo, spec.substr(dots + (from_base ? 3 : 2))));
    if (!from_base) return Sides{before, after};
    CatalogCommits graph(session, repo.id);
    TRY(const auto base, git::merge_base(graph, before, after));
    if (!base)
        return Error{Code::kInvalidArgument, "The two revisions have no history in common. Compare them with two dots: a..b."};
    return Sides{base, after};
}

/// Raw lists tell the size of a large file and that it is binary, as listings do.
git::FindLarge find_large(Session& session, const Repository& repo) {
    return [&session, &repo](const ObjectId& blob) -> Result<std::optional<git::LargeFile>> {
        TRY(const auto facts, catalog::find_object_facts(session, repo.id, blob));
        if (!facts || !facts->lfs_sha256) return std::optional<git::LargeFile>{};
        return std::optional(git::LargeFile{static_cast<std::uint64_t>(facts->lfs_size.value_or(0)), facts->lfs_sha256->hex()});
    };
}

}  // namespace

Result<std::string> diff_commits(Session& session, const Repository& repo, const std::optional<ObjectId>& before,
                                 const ObjectId& after, DiffForm form) {
    CatalogObjects objects(session, repo.id);
    std::optional<ObjectId> old_tree;
    if (before) {
        TRY(old_tree, tree_of(objects, *before));
    }
    TRY(const auto new_tree, tree_of(objects, after));
    TRY(auto changes, git::diff_trees(objects, old_tree, new_tree, git::Renames::kDetect));
    if (form == DiffForm::kRaw) {
        if (changes.size() > kMaxRawFiles)
            return Error{Code::kTooLarge, "More than 10,000 files differ. Compare revisions that are closer to each other."};
        git::DiffOptions options;
        options.find_large = find_large(session, repo);
        return git::raw_diff(objects, changes, options);
    }
    const std::size_t left_out = changes.size() > kMaxUnifiedFiles ? changes.size() - kMaxUnifiedFiles : 0;
    changes.resize(changes.size() - left_out);
    TRY(auto text, git::unified_diff(objects, changes));
    if (left_out > 0) text += std::to_string(left_out) + " more files differ; they are not shown here.\n";
    return text;
}

Result<std::string> compare_revisions(Hub& hub, const Repository& repo, std::string_view spec, DiffForm form) {
    return hub.catalog.read([&](Session& session) -> Result<std::string> {
        TRY(const auto sides, sides_of(session, repo, spec));
        return diff_commits(session, repo, sides.before, sides.after, form);
    });
}

}  // namespace mirfa::hub
