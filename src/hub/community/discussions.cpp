// SPDX-License-Identifier: Apache-2.0
#include "hub/community/discussions.h"

#include <functional>

#include "base/ascii.h"
#include "base/random.h"
#include "hub/access/permission.h"
#include "hub/commits/transaction.h"
#include "hub/community/events.h"
#include "hub/community/merging.h"
#include "hub/community/pull_requests.h"

namespace mirfa::hub {
namespace {

using catalog::Discussion;
using catalog::DiscussionStatus;
using catalog::Repository;
using catalog::Session;

constexpr std::size_t kMaxHistory = 50;  // earlier texts of a comment that are kept
constexpr const char* kHiddenText = "This comment has been hidden";

Result<std::string> checked_title(std::string_view title) {
    std::string trimmed(ascii_trim(title));
    if (trimmed.empty()) return Error{Code::kInvalidArgument, "The title is empty. Say in a few words what it is about."};
    if (trimmed.size() > kMaxTitle) return Error{Code::kInvalidArgument, "The title is too long; put the details into the text."};
    for (const char c : trimmed)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return Error{Code::kInvalidArgument, "The title must be one line without control characters."};
    return trimmed;
}

/// Whoever began it, as far as the token lets him propose, or who may write.
Result<void> require_author_or_writer(Session& session, const Principal& who, const Repository& repo, catalog::RowId author) {
    return require(session, who, repo, author == who.user ? Action::kPropose : Action::kWrite);
}

/// Runs `change(session, discussion)` (gives a row) in a transaction and gives the event it made.
template <class Change>
Result<CommunityEvent> change_discussion(Hub& hub, const Repository& repo, std::int64_t number, Change&& change) {
    TRY(const auto row, hub.catalog.write([&](Session& s) -> Result<catalog::DiscussionEvent> {
        TRY(const auto discussion, need_discussion(s, repo, number));
        return change(s, discussion);
    }));
    return to_event(row);
}

Result<std::int64_t> open_draft(Hub& hub, const Repository& repo, const Principal& who, const NewDiscussion& wanted) {
    TRY(const auto main, hub.catalog.read([&](Session& s) -> Result<std::optional<catalog::Ref>> {
        TRY(require(s, who, repo, Action::kPropose));
        return catalog::find_ref(s, repo.id, kMainRef);
    }));
    if (!main) return Error{Code::kConflict, "The repository has no branch main to propose changes to."};
    TRY(const auto number, reserve_pull_request(hub, repo));
    const std::string ref = pull_request_ref(number);
    Changes changes;
    changes.refs.push_back({ref, std::nullopt, catalog::Ref{ref, main->commit, main->commit}});
    changes.last = [&](Session& s) -> Result<void> {
        TRY(require(s, who, repo, Action::kPropose));
        return insert_pull_request(s, hub, repo, {number, wanted.title, wanted.description, std::string(kMainRef), false}, who);
    };
    TRY(commit_changes(hub, repo, changes));
    return number;
}

Result<std::int64_t> open_discussion(Hub& hub, const Repository& repo, const Principal& who, const NewDiscussion& wanted) {
    return hub.catalog.write([&](Session& s) -> Result<std::int64_t> {
        TRY(require(s, who, repo, Action::kPropose));
        TRY(const auto number, catalog::reserve_discussion_number(s, repo.id));
        Discussion made;
        made.id = new_row_id();
        made.repo = repo.id;
        made.num = number;
        made.title = wanted.title;
        made.author = who.user;
        made.created = hub.clock.now();
        TRY(catalog::insert_discussion(s, made));
        TRY(insert_comment(s, hub, made.id, who, wanted.description));
        return number;
    });
}

Result<catalog::DiscussionEvent> need_comment(Session& session, const Discussion& discussion, catalog::RowId event) {
    TRY(auto row, catalog::find_event(session, discussion.id, event));
    if (!row || row->kind != kCommentKind) return Error{Code::kNotFound, "There is no such comment in this discussion."};
    return std::move(*row);
}

Result<catalog::DiscussionEvent> store_comment(Session& session, catalog::DiscussionEvent row, const Comment& comment) {
    row.data = data_of(comment);
    TRY(catalog::update_event(session, row.id, row.data));
    return row;
}

/// A pull request without its commits cannot be opened again.
Result<void> require_ref(Session& session, const Repository& repo, std::int64_t number) {
    TRY(const auto ref, catalog::find_ref(session, repo.id, pull_request_ref(number)));
    if (ref) return ok();
    return Error{Code::kConflict, "The commits of this pull request were removed. Propose the change anew."};
}

/// Runs `last` at the end of a transaction that removes refs/pr/N, if it is there. Gives whether it was.
Result<bool> remove_ref(Hub& hub, const Repository& repo, std::int64_t number,
                        const std::function<Result<void>(Session&)>& last) {
    const RepositoryTurn turn(repo.id);
    const std::string name = pull_request_ref(number);
    TRY(const auto before, hub.catalog.read([&](Session& s) { return catalog::find_ref(s, repo.id, name); }));
    Changes changes;
    if (before) changes.refs.push_back({name, before->target, std::nullopt});
    changes.last = last;
    TRY(commit_changes(hub, repo, changes));
    return before.has_value();
}

Error stands_already(const Discussion& discussion) {
    const std::string kind = discussion.is_pull_request ? "pull request" : "discussion";
    return Error{Code::kConflict, "The " + kind + " is " + std::string(name_of(discussion.status)) + " already."};
}

}  // namespace

Result<Discussion> need_discussion(Session& session, const Repository& repo, std::int64_t number) {
    TRY(auto found, catalog::find_discussion(session, repo.id, number));
    if (!found)
        return Error{Code::kNotFound,
                     "There is no discussion or pull request " + std::to_string(number) + " in " + repo.full_name() + "."};
    return std::move(*found);
}

Result<DiscussionPage> list_discussions(Hub& hub, const Repository& repo, const catalog::DiscussionQuery& query) {
    return hub.catalog.read([&](Session& s) -> Result<DiscussionPage> {
        DiscussionPage page;
        TRY(page.items, catalog::list_discussions(s, repo.id, query));
        TRY(page.count, catalog::count_discussions(s, repo.id, query));
        auto others = query;
        others.status = std::nullopt;
        others.open = true;
        TRY(page.open, catalog::count_discussions(s, repo.id, others));
        others.open = false;
        TRY(page.closed, catalog::count_discussions(s, repo.id, others));
        others.status = DiscussionStatus::kMerged;
        TRY(page.merged, catalog::count_discussions(s, repo.id, others));
        return page;
    });
}

Result<DiscussionDetails> load_discussion(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                          WithDiff diff) {
    std::vector<catalog::DiscussionEvent> rows;
    TRY(auto details, hub.catalog.read([&](Session& s) -> Result<DiscussionDetails> {
        DiscussionDetails loaded;
        TRY(loaded.facts, need_discussion(s, repo, number));
        TRY(rows, catalog::events_of(s, loaded.facts.id));
        if (!loaded.facts.is_pull_request) return loaded;
        TRY(const auto standing, load_standing(s, who, repo));
        const bool may_read = decide(who, repo, standing, Action::kReadContent) == Verdict::kYes;
        TRY(loaded.pull_request, load_pull_request(s, repo, loaded.facts, may_read ? diff : WithDiff::kNo));
        return loaded;
    }));
    for (const auto& row : rows) {
        TRY(auto event, to_event(row));
        details.events.push_back(std::move(event));
    }
    return details;
}

Result<std::int64_t> create_discussion(Hub& hub, const Repository& repo, const Principal& who, const NewDiscussion& wanted) {
    TRY(require_discussions(repo));
    NewDiscussion checked = wanted;
    TRY(checked.title, checked_title(wanted.title));
    if (!ascii_trim(wanted.description).empty()) TRY(check_comment(wanted.description));
    return wanted.is_pull_request ? open_draft(hub, repo, who, checked) : open_discussion(hub, repo, who, checked);
}

Result<CommunityEvent> add_comment(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                   std::string_view text) {
    TRY(require_discussions(repo));
    TRY(check_comment(text));
    return change_discussion(hub, repo, number,
                             [&](Session& s, const Discussion& discussion) -> Result<catalog::DiscussionEvent> {
                                 TRY(require(s, who, repo, Action::kPropose));
                                 return insert_comment(s, hub, discussion.id, who, text);
                             });
}

Result<CommunityEvent> change_title(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                    std::string_view title) {
    TRY(const auto wanted, checked_title(title));
    return change_discussion(
        hub, repo, number, [&](Session& s, const Discussion& discussion) -> Result<catalog::DiscussionEvent> {
            TRY(require_author_or_writer(s, who, repo, discussion.author));
            TRY(catalog::update_discussion_title(s, discussion.id, wanted));
            return insert_event(s, hub, discussion.id, who, kTitleKind, data_of(TitleChange{discussion.title, wanted}));
        });
}

Result<CommunityEvent> change_status(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                     DiscussionStatus status, std::string_view comment) {
    if (status != DiscussionStatus::kOpen && status != DiscussionStatus::kClosed)
        return Error{Code::kInvalidArgument, "The status can be changed to open or closed."};
    const auto text = ascii_trim(comment);
    if (!text.empty()) TRY(check_comment(text));
    return change_discussion(hub, repo, number,
                             [&](Session& s, const Discussion& discussion) -> Result<catalog::DiscussionEvent> {
                                 TRY(require_author_or_writer(s, who, repo, discussion.author));
                                 if (discussion.status == status || discussion.status == DiscussionStatus::kMerged)
                                     return stands_already(discussion);
                                 if (discussion.is_pull_request && status == DiscussionStatus::kOpen)
                                     TRY(require_ref(s, repo, number));
                                 if (!text.empty()) TRY(insert_comment(s, hub, discussion.id, who, text));
                                 TRY(catalog::update_discussion_status(s, discussion.id, status, std::nullopt));
                                 return insert_event(s, hub, discussion.id, who, kStatusKind, data_of(StatusChange{status}));
                             });
}

Result<CommunityEvent> change_pin(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number, bool pinned) {
    return change_discussion(hub, repo, number,
                             [&](Session& s, const Discussion& discussion) -> Result<catalog::DiscussionEvent> {
                                 TRY(require(s, who, repo, Action::kWrite));
                                 if (discussion.pinned == pinned)
                                     return Error{Code::kConflict, pinned ? "It is pinned already." : "It is not pinned."};
                                 TRY(catalog::update_discussion_pin(s, discussion.id, pinned));
                                 return insert_event(s, hub, discussion.id, who, kPinKind, data_of(PinningChange{pinned}));
                             });
}

Result<void> delete_discussion(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number) {
    const auto remove = [&](Session& s) -> Result<void> {
        TRY(require(s, who, repo, Action::kAdminister));
        TRY(const auto discussion, need_discussion(s, repo, number));
        return catalog::delete_discussion(s, discussion.id);
    };
    TRY(const auto found, hub.catalog.read([&](Session& s) { return need_discussion(s, repo, number); }));
    if (!found.is_pull_request) return hub.catalog.write(remove);
    TRY(remove_ref(hub, repo, number, remove));
    return ok();
}

Result<void> delete_pull_request_ref(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number) {
    const auto check = [&](Session& s) -> Result<void> {
        TRY(require(s, who, repo, Action::kWrite));
        TRY(const auto discussion, need_discussion(s, repo, number));
        if (!discussion.is_pull_request)
            return Error{Code::kInvalidArgument, "Number " + std::to_string(number) + " is a discussion; it has no commits."};
        if (discussion.status != DiscussionStatus::kClosed && discussion.status != DiscussionStatus::kMerged)
            return Error{Code::kConflict, "The pull request is still open. Close it, then its commits can be removed."};
        return ok();
    };
    TRY(hub.catalog.read(check));
    TRY(const bool removed, remove_ref(hub, repo, number, check));
    if (!removed)
        return Error{Code::kNotFound, "The commits of this pull request were removed before.", Reason::kRevisionNotFound};
    return ok();
}

Result<CommunityEvent> edit_comment(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                    catalog::RowId event, std::string_view text) {
    TRY(check_comment(text));
    return change_discussion(hub, repo, number,
                             [&](Session& s, const Discussion& discussion) -> Result<catalog::DiscussionEvent> {
                                 TRY(require(s, who, repo, Action::kPropose));
                                 TRY(auto row, need_comment(s, discussion, event));
                                 if (row.author != who.user)
                                     return Error{Code::kForbidden, "Only its author can edit a comment."};
                                 TRY(auto comment, parse_comment(row));
                                 if (comment.hidden)
                                     return Error{Code::kConflict, "The comment was hidden; it cannot be edited any more."};
                                 comment.history.push_back({std::move(comment.raw), comment.updated});
                                 if (comment.history.size() > kMaxHistory) comment.history.erase(comment.history.begin());
                                 comment.raw = std::string(text);
                                 comment.edited = true;
                                 comment.updated = hub.clock.now();
                                 return store_comment(s, std::move(row), comment);
                             });
}

Result<CommunityEvent> hide_comment(Hub& hub, const Repository& repo, const Principal& who, std::int64_t number,
                                    catalog::RowId event) {
    return change_discussion(hub, repo, number,
                             [&](Session& s, const Discussion& discussion) -> Result<catalog::DiscussionEvent> {
                                 TRY(auto row, need_comment(s, discussion, event));
                                 TRY(require_author_or_writer(s, who, repo, row.author));
                                 TRY(auto comment, parse_comment(row));
                                 if (comment.hidden) return row;
                                 comment.hidden = true;
                                 comment.raw = kHiddenText;
                                 comment.history.clear();
                                 comment.updated = hub.clock.now();
                                 return store_comment(s, std::move(row), comment);
                             });
}

}  // namespace mirfa::hub
