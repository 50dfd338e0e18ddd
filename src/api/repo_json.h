// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "api/call.h"
#include "hub/repos/history.h"
#include "hub/repos/security.h"
#include "hub/repos/trees.h"

namespace mirfa::api {

/// Which parts of a repository an answer holds (R-20…R-25).
class Fields {
public:
    /// Everything an info answer has without `expand`.
    static Fields info();
    /// A list item: the short form, with what `full`, `cardData` and `config` add.
    static Fields list_item(const Parameters& query);
    /// Only what is asked for by name; unknown names are ignored.
    static Fields named(const std::vector<std::string>& names);
    bool has(std::string_view name) const { return names_.contains(std::string(name)); }
    void add(std::string name) { names_.insert(std::move(name)); }

private:
    std::set<std::string> names_;
};

/// What the caller may do with a repository, as the permission function says it: pages offer that and no more.
struct Rights {
    bool propose = false;
    bool write = false;
    bool administer = false;
};
Result<Rights> load_rights(const Call& call);

/// What cannot be read off the catalog row.
struct InfoParts {
    std::optional<ObjectId> sha;
    UnixMillis last_modified = 0;
    const std::vector<hub::ListedEntry>* files = nullptr;
    bool with_blobs = false;
    const hub::RepoSecurity* security = nullptr;  ///< when it was asked for
    const Rights* rights = nullptr;               ///< when they were asked for
};

/// One repository object, into an open array or at the top.
void write_repository(format::JsonWriter& json, const catalog::Repository& repo, const Fields& fields, const InfoParts& parts);

/// `scansDone` and `filesWithIssues`, and the end of the object that is open.
void write_security(format::JsonWriter& json, const hub::RepoSecurity& security);

/// One entry of a tree.
void write_entry(format::JsonWriter& json, const hub::ListedEntry& entry, bool expanded);

/// The members of a commit, into an object that is open.
void write_commit(format::JsonWriter& json, const Call& call, const hub::CommitSummary& commit);

}  // namespace mirfa::api
