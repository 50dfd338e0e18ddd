// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "catalog/history.h"
#include "git/commit.h"
#include "hub/hub.h"
#include "hub/repos/revisions.h"

namespace mirfa::hub {

struct CommitSummary {
    ObjectId id;
    std::string title;
    std::string description;
    UnixMillis date = 0;
    std::vector<std::string> authors;  ///< user names where the e-mail address is a user's, else git's names
    std::vector<ObjectId> parents;
};

Result<CommitSummary> load_commit(catalog::Session&, const catalog::Repository&, const ObjectId& commit);

struct HistoryPage {
    std::vector<CommitSummary> commits;  ///< newest first, every commit before its parents
    std::int64_t total = 0;              ///< of the whole history; not counted for that of one path
    std::string next;                    ///< cursor, "" at the end
};
/// Fails: kNotFound/kRevisionNotFound; kInvalidArgument for a cursor that is none.
Result<HistoryPage> list_history(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& revision,
                                 std::string_view cursor, int limit);

/// Commits that changed a file or folder, as `git log -- path` finds them: where a merge has it just as one of its
/// parents has it, only that parent is followed. Costs an indexed look-up for each commit listed and each line of
/// history, however many commits did not touch the path.
/// Fails: as list_history; kNotFound/kEntryNotFound when no commit changed the path.
Result<HistoryPage> list_path_history(Hub& hub, const catalog::Repository& repo, const std::vector<std::string>& revision,
                                      const std::string& path, std::string_view cursor, int limit);

/// The last commit that changed a path, as seen from one commit: one indexed look-up per line of history.
/// Merges are followed as git follows them: when a merge has the path as its second parent has it, the change is that
/// parent's. Threads: that of the session.
class LastCommits {
public:
    LastCommits(catalog::Session& session, const catalog::Repository& repo, const ObjectId& from);
    /// Nothing for a path that no commit changed (it is not in the tree).
    Result<std::optional<CommitSummary>> of(const std::string& path);
    /// The same, seen from any commit; where it stands.
    Result<std::optional<catalog::CommitPlace>> place_behind(const catalog::CommitPlace& from, const std::string& path) {
        return find(path, from.line, from.position, 0);
    }

private:
    /// What a tree has under a name; zeros when it has nothing.
    struct Entry {
        std::uint32_t mode = 0;
        ObjectId id;
        bool operator==(const Entry&) const = default;
    };
    Result<std::optional<catalog::CommitPlace>> find(const std::string& path, std::int64_t line, std::int64_t position,
                                                     int depth);
    Result<std::optional<ObjectId>> through_merge(const std::string& path, const catalog::CommitPlace& merge);
    Result<Entry> entry_at(const ObjectId& commit, const std::string& path);

    catalog::Session& session_;
    const catalog::Repository& repo_;
    const ObjectId from_;
    std::unordered_map<ObjectId, CommitSummary> loaded_;
};

}  // namespace mirfa::hub
