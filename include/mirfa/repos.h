// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>
#include <mirfa/repo_id.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mirfa::client {

struct CreateOptions {
    std::optional<bool> is_private;  ///< the hub's own default when nothing is said
    bool exist_ok = false;           ///< one that exists is as good; its settings stay
    std::string sdk;                 ///< of a space
};
/// A name without owner is one's own. Gives: the address of its page. Fails: kAlreadyExists, kForbidden.
Outcome<std::string> create_repo(const Client& client, const RepoId& repo, const CreateOptions& options = {});
/// Fails: kNotFound unless `missing_ok`.
Outcome<void> delete_repo(const Client& client, const RepoId& repo, bool missing_ok = false);
/// The old name leads to the new one until somebody takes it.
Outcome<void> move_repo(const Client& client, const RepoId& from, const RepoId& to);

struct RepoChanges {
    std::optional<bool> is_private;
    std::optional<std::string> gated;  ///< auto, manual, false
    std::optional<std::string> description;
};
Outcome<void> change_repo(const Client& client, const RepoId& repo, const RepoChanges& changes);

/// From the head of main when `from` is empty. Fails: kAlreadyExists unless `exist_ok`.
Outcome<void> create_branch(const Client& client, const RepoId& repo, const std::string& branch, const std::string& from = "",
                            bool exist_ok = false);
Outcome<void> delete_branch(const Client& client, const RepoId& repo, const std::string& branch);
Outcome<void> create_tag(const Client& client, const RepoId& repo, const std::string& tag, const std::string& revision = "main",
                         const std::string& message = "", bool exist_ok = false);
Outcome<void> delete_tag(const Client& client, const RepoId& repo, const std::string& tag);

struct NamedRef {
    std::string name;
    std::string ref;
    std::string commit;
};
struct Refs {
    std::vector<NamedRef> branches, tags, pull_requests;
};
Outcome<Refs> list_refs(const Client& client, const RepoId& repo);
/// The commit that a revision stands at. Fails: kNotFound.
Outcome<std::string> resolve_revision(const Client& client, const RepoId& repo, const std::string& revision);

struct SearchOptions {
    std::string query;
    std::string author;
    std::vector<std::string> tags;
    std::string sort;  ///< trendingScore, lastModified, createdAt, downloads, likes
    std::size_t limit = 20;
};
struct FoundRepo {
    RepoId repo;
    bool is_private = false;
    std::uint64_t downloads = 0;
    std::uint64_t likes = 0;
    std::string last_modified;
    std::vector<std::string> tags;
};
Outcome<std::vector<FoundRepo>> search_repos(const Client& client, RepoType type, const SearchOptions& options);

}  // namespace mirfa::client
