// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/commit_details.h"

#include "catalog/objects.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"

namespace mirfa::hub {
namespace {

using catalog::Repository;
using catalog::Session;

constexpr std::size_t kMaxFiles = 3'000;
constexpr std::size_t kMaxTextFiles = 1'000;
constexpr std::size_t kMaxText = 4u << 20;
constexpr std::uint64_t kMaxFile = 1u << 20;

class Collector {
public:
    Collector(Session& session, const Repository& repo, WithText text)
        : session_(session), repo_(repo), objects_(session, repo.id), text_(text) {}

    Result<CommitDetails> collect(const ObjectId& commit) {
        CommitDetails details;
        TRY(details.commit, load_commit(session_, repo_, commit));
        TRY(auto changes, changes_of(details.commit));
        details.file_count = changes.size();
        if (text_ == WithText::kYes) details.diff.emplace();
        if (changes.size() > kMaxFiles) {
            changes.resize(kMaxFiles);
            details.truncated = true;
        }
        for (const auto& change : changes) TRY(add(details, change));
        return details;
    }

private:
    Result<std::vector<git::Change>> changes_of(const CommitSummary& commit) {
        std::optional<ObjectId> before;
        if (!commit.parents.empty()) {
            TRY(before, tree_of(objects_, commit.parents[0]));
        }
        TRY(const auto after, tree_of(objects_, commit.id));
        return git::diff_trees(objects_, before, after, git::Renames::kDetect);
    }

    Result<std::optional<LargeSide>> large_side(std::uint32_t mode, const ObjectId& blob) {
        if (mode == 0 || mode == git::kModeSubmodule) return std::optional<LargeSide>{};
        TRY(const auto facts, catalog::find_object_facts(session_, repo_.id, blob));
        if (!facts || !facts->lfs_sha256) return std::optional<LargeSide>{};
        return std::optional(LargeSide{facts->lfs_sha256->hex(), facts->lfs_size.value_or(0)});
    }

    Result<void> add(CommitDetails& details, const git::Change& change) {
        ChangedFile file{change.kind, change.new_path, change.old_path, {}, {}, false, {}, {}};
        TRY(file.old_large, large_side(change.old_mode, change.old_id));
        TRY(file.new_large, large_side(change.new_mode, change.new_id));
        file.is_binary = file.old_large || file.new_large;
        if (details.diff) TRY(add_text(details, change, file));
        details.files.push_back(std::move(file));
        return ok();
    }

    Result<void> add_text(CommitDetails& details, const git::Change& change, ChangedFile& file) {
        if (details.files.size() >= kMaxTextFiles || details.diff->size() >= kMaxText) {
            details.truncated = true;
            return ok();
        }
        git::DiffOptions options;
        options.max_file_octets = file.is_binary ? 0 : kMaxFile;  // a pointer is not what people changed
        TRY(const auto one, git::file_diff(objects_, change, options));
        file.is_binary = file.is_binary || one.is_binary;
        if (!file.is_binary) {
            file.added = one.added;
            file.removed = one.removed;
        }
        if (details.diff->size() + one.text.size() > kMaxText)
            details.truncated = true;
        else
            *details.diff += one.text;
        return ok();
    }

    Session& session_;
    const Repository& repo_;
    CatalogObjects objects_;
    const WithText text_;
};

}  // namespace

Result<CommitDetails> load_commit_details(Hub& hub, const Repository& repo, const std::vector<std::string>& revision,
                                          WithText text) {
    return hub.catalog.read([&](Session& session) -> Result<CommitDetails> {
        TRY(const auto at, resolve_revision_segments(session, repo, revision));
        return Collector(session, repo, text).collect(at.commit);
    });
}

}  // namespace mirfa::hub
