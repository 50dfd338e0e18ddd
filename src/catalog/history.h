// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

/// Where a commit stands. A line is a run of commits each of which is the first parent of the next, at positions
/// 1, 2, 3…; so "before this commit on its line" is a range of numbers and every question about a long history is an
/// indexed look-up.
struct CommitPlace {
    ObjectId oid;
    std::int64_t line = 0;
    std::int64_t position = 0;
    std::int64_t ancestors = 0;  ///< number of commits reachable, itself counted
    UnixMillis time = 0;
    std::vector<ObjectId> parents;
};

/// A commit's first parent, when it stands on another line.
struct LineStart {
    std::int64_t line = 0;
    std::int64_t position = 0;
};

Result<std::optional<CommitPlace>> find_place(Session&, RowId repo, const ObjectId& commit);
Result<std::optional<CommitPlace>> place_at(Session&, RowId repo, std::int64_t line, std::int64_t position);
/// Last commit of a line, if there is any.
Result<std::int64_t> line_length(Session&, RowId repo, std::int64_t line);
Result<void> insert_place(Session&, RowId repo, const CommitPlace& place);
Result<void> insert_line(Session&, RowId repo, std::int64_t line, const std::optional<LineStart>& parent);
Result<std::optional<LineStart>> line_start(Session&, RowId repo, std::int64_t line);
/// Commits of a line at positions <= `position`, newest first.
Result<std::vector<CommitPlace>> walk_line(Session&, RowId repo, std::int64_t line, std::int64_t position, int limit);
/// At most two commits whose id begins with the hex digits `prefix` (lower case, 4 to 40).
Result<std::vector<ObjectId>> commits_with_prefix(Session&, RowId repo, std::string_view prefix);

Result<void> insert_paths(Session&, RowId repo, std::int64_t line, std::int64_t position, const std::vector<std::string>& paths);
/// Position of the last commit at or before `position` on the line that changed the path.
Result<std::optional<std::int64_t>> last_change(Session&, RowId repo, std::string_view path, std::int64_t line,
                                                std::int64_t position);

}  // namespace mirfa::catalog
