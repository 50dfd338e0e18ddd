// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "catalog/session.h"

namespace mirfa::catalog {

enum class DiscussionStatus { kDraft = 1, kOpen = 2, kClosed = 3, kMerged = 4 };

/// A discussion or a pull request; both count in one sequence per repository.
struct Discussion {
    RowId id = 0;
    RowId repo = 0;
    std::int64_t num = 0;
    std::string title;
    DiscussionStatus status = DiscussionStatus::kOpen;
    bool is_pull_request = false;
    RowId author = 0;
    std::string author_name;  ///< "" when the account is gone
    std::string base;         ///< full ref a pull request is to be merged into
    std::optional<ObjectId> merge_commit;
    UnixMillis created = 0;
    std::int64_t comments = 0;
    bool pinned = false;
    UnixMillis updated = 0;  ///< when something happened in it last
};

/// What happened in a discussion. kind: comment, status-change, commit, title-change, pinning-change; data: JSON.
struct DiscussionEvent {
    RowId id = 0;
    RowId discussion = 0;
    std::string kind;
    RowId author = 0;
    std::string author_name;
    std::string data;
    UnixMillis created = 0;
};

enum class DiscussionSort { kNewest, kOldest, kUpdated, kMostComments };

struct DiscussionQuery {
    std::optional<bool> pull_requests;  ///< absent: both
    std::optional<bool> open;           ///< open and draft, or closed and merged
    std::string author;                 ///< "" for all
    std::optional<DiscussionStatus> status;
    std::string search;  ///< words of the title; "" for all
    DiscussionSort sort = DiscussionSort::kNewest;
    bool pinned_first = false;
    int skip = 0;
    int limit = 50;
};

Result<void> insert_discussion(Session&, const Discussion& made);
Result<std::optional<Discussion>> find_discussion(Session&, RowId repo, std::int64_t num);
Result<std::vector<Discussion>> list_discussions(Session&, RowId repo, const DiscussionQuery& query);
Result<std::int64_t> count_discussions(Session&, RowId repo, const DiscussionQuery& query);
Result<void> update_discussion_title(Session&, RowId id, std::string_view title);
Result<void> update_discussion_status(Session&, RowId id, DiscussionStatus status, const std::optional<ObjectId>& merge_commit);

Result<void> update_discussion_pin(Session&, RowId id, bool pinned);
/// With all of its events. Its number is not given again.
Result<void> delete_discussion(Session&, RowId id);

Result<void> insert_event(Session&, const DiscussionEvent& event);
/// Oldest first.
Result<std::vector<DiscussionEvent>> events_of(Session&, RowId discussion);
Result<std::optional<DiscussionEvent>> find_event(Session&, RowId discussion, RowId event);
Result<void> update_event(Session&, RowId event, std::string_view data);

}  // namespace mirfa::catalog
