// SPDX-License-Identifier: Apache-2.0
#include "catalog/community.h"

#include "base/ascii.h"

namespace mirfa::catalog {
namespace {

#define MIRFA_DISCUSSION                                                                                                   \
    "d.id, d.repo_id, d.num, d.title, d.status, d.is_pull_request, d.author_id, CASE WHEN o.kind = 1 THEN o.name ELSE '' " \
    "END, d.base, d.merge_commit, d.created, (SELECT COUNT(*) FROM discussion_event e WHERE e.discussion_id = d.id AND "   \
    "e.kind = 'comment') AS comments, d.pinned, COALESCE((SELECT MAX(e.created) FROM discussion_event e WHERE "            \
    "e.discussion_id = d.id), d.created) AS updated FROM discussion d JOIN owner o ON o.id = d.author_id "
#define MIRFA_DISCUSSION_FILTER                                                                                          \
    "WHERE d.repo_id = $1 AND ($2 < 0 OR d.is_pull_request = $2) AND ($3 < 0 OR (CASE WHEN d.status <= 2 THEN 1 ELSE 0 " \
    "END) = $3) AND ($4 = '' OR o.name_key = $4) AND ($5 < 0 OR d.status = $5) AND ($6 = '' OR LOWER(d.title) LIKE "     \
    "LOWER($6) ESCAPE '!') "
#define MIRFA_DISCUSSION_PAGE(order)                                                                                       \
    "SELECT " MIRFA_DISCUSSION MIRFA_DISCUSSION_FILTER "ORDER BY (CASE WHEN $9 = 1 THEN d.pinned ELSE 0 END) DESC, " order \
    " LIMIT $7 OFFSET $8"
#define MIRFA_EVENT                                                                                                     \
    "e.id, e.discussion_id, e.kind, e.author_id, CASE WHEN o.kind = 1 THEN o.name ELSE '' END, e.data, e.created FROM " \
    "discussion_event e JOIN owner o ON o.id = e.author_id "

const Statement kInsert(
    "INSERT INTO discussion (id, repo_id, num, title, status, is_pull_request, author_id, base, created) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
const Statement kFind("SELECT " MIRFA_DISCUSSION "WHERE d.repo_id = $1 AND d.num = $2");
const Statement kListNewest(MIRFA_DISCUSSION_PAGE("d.num DESC"));
const Statement kListOldest(MIRFA_DISCUSSION_PAGE("d.num"));
const Statement kListUpdated(MIRFA_DISCUSSION_PAGE("updated DESC, d.num DESC"));
const Statement kListMostComments(MIRFA_DISCUSSION_PAGE("comments DESC, d.num DESC"));
const Statement kCount("SELECT COUNT(*) FROM discussion d JOIN owner o ON o.id = d.author_id " MIRFA_DISCUSSION_FILTER);
const Statement kUpdateTitle("UPDATE discussion SET title = $2 WHERE id = $1");
const Statement kUpdateStatus("UPDATE discussion SET status = $2, merge_commit = COALESCE($3, merge_commit) WHERE id = $1");
const Statement kUpdatePin("UPDATE discussion SET pinned = $2 WHERE id = $1");
const Statement kDelete("DELETE FROM discussion WHERE id = $1");
const Statement kDeleteEvents("DELETE FROM discussion_event WHERE discussion_id = $1");
const Statement kInsertEvent(
    "INSERT INTO discussion_event (id, discussion_id, kind, author_id, data, created) VALUES ($1, $2, $3, $4, $5, $6)");
const Statement kEvents("SELECT " MIRFA_EVENT "WHERE e.discussion_id = $1 ORDER BY e.id");
const Statement kFindEvent("SELECT " MIRFA_EVENT "WHERE e.discussion_id = $1 AND e.id = $2");
const Statement kUpdateEvent("UPDATE discussion_event SET data = $2 WHERE id = $1");

Discussion discussion_of(const Row& row) {
    return {row.integer(0),  row.integer(1),  row.integer(2),  row.string(3),  static_cast<DiscussionStatus>(row.integer(4)),
            row.boolean(5),  row.integer(6),  row.string(7),   row.string(8),  row.optional_fixed<ObjectId>(9),
            row.integer(10), row.integer(11), row.boolean(12), row.integer(13)};
}
DiscussionEvent event_of(const Row& row) {
    return {row.integer(0), row.integer(1), row.string(2), row.integer(3), row.string(4), row.string(5), row.integer(6)};
}
int flag(const std::optional<bool>& choice) { return choice ? (*choice ? 1 : 0) : -1; }
int number_of(const std::optional<DiscussionStatus>& status) { return status ? static_cast<int>(*status) : -1; }

/// `%words%` for LIKE; what the words hold of its signs stands for itself.
std::string pattern_of(std::string_view words) {
    if (words.empty()) return "";
    std::string pattern = "%";
    for (const char c : words) {
        if (c == '%' || c == '_' || c == '!') pattern += '!';
        pattern += c;
    }
    return pattern + "%";
}

const Statement& list_by(DiscussionSort sort) {
    switch (sort) {
        case DiscussionSort::kNewest: return kListNewest;
        case DiscussionSort::kOldest: return kListOldest;
        case DiscussionSort::kUpdated: return kListUpdated;
        case DiscussionSort::kMostComments: return kListMostComments;
    }
    return kListNewest;
}

}  // namespace

Result<void> insert_discussion(Session& session, const Discussion& d) {
    TRY(session.change(
        kInsert, {d.id, d.repo, d.num, d.title, static_cast<int>(d.status), d.is_pull_request, d.author, d.base, d.created}));
    return ok();
}
Result<std::optional<Discussion>> find_discussion(Session& session, RowId repo, std::int64_t num) {
    return find_row(session, kFind, {repo, num}, discussion_of);
}
Result<std::vector<Discussion>> list_discussions(Session& session, RowId repo, const DiscussionQuery& query) {
    return list_rows(session, list_by(query.sort),
                     {repo, flag(query.pull_requests), flag(query.open), ascii_lower(query.author), number_of(query.status),
                      pattern_of(query.search), query.limit, query.skip, query.pinned_first ? 1 : 0},
                     discussion_of);
}
Result<std::int64_t> count_discussions(Session& session, RowId repo, const DiscussionQuery& query) {
    TRY(const auto found, find_row(session, kCount,
                                   {repo, flag(query.pull_requests), flag(query.open), ascii_lower(query.author),
                                    number_of(query.status), pattern_of(query.search)},
                                   [](const Row& row) { return row.integer(0); }));
    return found.value_or(0);
}
Result<void> update_discussion_title(Session& session, RowId id, std::string_view title) {
    TRY(session.change(kUpdateTitle, {id, title}));
    return ok();
}
Result<void> update_discussion_status(Session& session, RowId id, DiscussionStatus status,
                                      const std::optional<ObjectId>& merge_commit) {
    TRY(session.change(kUpdateStatus, {id, static_cast<int>(status), merge_commit}));
    return ok();
}
Result<void> update_discussion_pin(Session& session, RowId id, bool pinned) {
    TRY(session.change(kUpdatePin, {id, pinned}));
    return ok();
}
Result<void> delete_discussion(Session& session, RowId id) {
    TRY(session.change(kDeleteEvents, {id}));
    TRY(session.change(kDelete, {id}));
    return ok();
}
Result<void> insert_event(Session& session, const DiscussionEvent& event) {
    TRY(session.change(kInsertEvent, {event.id, event.discussion, event.kind, event.author, event.data, event.created}));
    return ok();
}
Result<std::vector<DiscussionEvent>> events_of(Session& session, RowId discussion) {
    return list_rows(session, kEvents, {discussion}, event_of);
}
Result<std::optional<DiscussionEvent>> find_event(Session& session, RowId discussion, RowId event) {
    return find_row(session, kFindEvent, {discussion, event}, event_of);
}
Result<void> update_event(Session& session, RowId event, std::string_view data) {
    TRY(session.change(kUpdateEvent, {event, data}));
    return ok();
}

}  // namespace mirfa::catalog
