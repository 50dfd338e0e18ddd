// SPDX-License-Identifier: Apache-2.0
// Discussions and pull requests (R-69…R-78). Whoever may see a repository may read them; what a reader may do to which
// is decided here, through hub::require. The commits of pull requests come through the commit API and git.
#pragma once

#include <variant>

#include "catalog/community.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// A comment. The first event of every discussion is one: its description, possibly empty.
struct Comment {
    std::string raw;   ///< Markdown as it was written; of a hidden one a sentence that says so
    std::string html;  ///< the same, safe to stand in a page
    bool edited = false;
    bool hidden = false;
    UnixMillis updated = 0;
    struct Earlier {
        std::string raw;
        UnixMillis written = 0;
    };
    std::vector<Earlier> history;  ///< earlier texts, oldest first; none of a hidden comment
};
struct StatusChange {
    catalog::DiscussionStatus status = catalog::DiscussionStatus::kOpen;
};
struct CommitAdded {
    std::string subject;
    std::string oid;
};
struct TitleChange {
    std::string from;
    std::string to;
};

struct PinningChange {
    bool pinned = false;
};

struct CommunityEvent {
    catalog::RowId id = 0;
    std::string author;  ///< "" when the account is gone
    UnixMillis created = 0;
    std::variant<Comment, StatusChange, CommitAdded, TitleChange, PinningChange> what;
};

/// What a pull request proposes.
struct PullRequest {
    std::string base;                    ///< full ref it is to be merged into
    std::optional<ObjectId> head;        ///< where refs/pr/N stands; nothing when it was deleted
    bool base_missing = false;           ///< the branch was deleted: it can be neither compared nor merged
    std::vector<std::string> conflicts;  ///< while it is open: files that cannot be merged, sorted
    std::string diff;                    ///< unified; "" unless asked for, or when the reader may not see contents
};

struct DiscussionDetails {
    catalog::Discussion facts;
    std::vector<CommunityEvent> events;  ///< oldest first
    std::optional<PullRequest> pull_request;
};

struct DiscussionPage {
    std::vector<catalog::Discussion> items;
    std::int64_t count = 0;  ///< of all that match
    // Of those that match but for the wanted state:
    std::int64_t open = 0;    ///< open and drafts
    std::int64_t closed = 0;  ///< closed or merged
    std::int64_t merged = 0;
};
Result<DiscussionPage> list_discussions(Hub& hub, const catalog::Repository& repo, const catalog::DiscussionQuery& query);

enum class WithDiff { kNo, kYes };
/// Fails: kNotFound for a number that there is not.
Result<DiscussionDetails> load_discussion(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                          WithDiff diff);

struct NewDiscussion {
    std::string title;
    std::string description;
    bool is_pull_request = false;  ///< a draft against main, at main's head
};
/// Gives its number. Needs Action::kPropose.
/// Fails: kForbidden, also where discussions are disabled; kInvalidArgument for a title that is blank or too long;
/// kTooLarge for the text.
Result<std::int64_t> create_discussion(Hub& hub, const catalog::Repository& repo, const Principal& who,
                                       const NewDiscussion& wanted);

/// Needs Action::kPropose. Fails: as create_discussion; kNotFound.
Result<CommunityEvent> add_comment(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                   std::string_view text);

/// Whoever began the discussion and those who may write to the repository change its title and status.
Result<CommunityEvent> change_title(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                    std::string_view title);
/// To open (which also publishes a draft) or closed; `comment`, if not blank, comes before it.
/// Fails: kConflict when it stands so already or is merged.
Result<CommunityEvent> change_status(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                     catalog::DiscussionStatus status, std::string_view comment);

/// Pinned ones stand first in lists. Needs Action::kWrite. Fails: kConflict when it stands so already.
Result<CommunityEvent> change_pin(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                  bool pinned);

/// Removes it with all that was said, for good; of a pull request refs/pr/N too. Needs Action::kAdminister.
Result<void> delete_discussion(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number);
/// Removes refs/pr/N of a pull request that is closed or merged, so that its commits are not fetched with the others.
/// Needs Action::kWrite. Fails: kConflict for one that is still open; kNotFound/kRevisionNotFound when it was removed
/// before; kInvalidArgument for a discussion.
Result<void> delete_pull_request_ref(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number);

/// Brings what an open pull request changed into its base as one commit by its author; gives that commit. A base that
/// moves meanwhile is merged anew. Needs Action::kWrite.
/// Fails: kConflict naming the files, or when it is not open; kInvalidArgument for a draft or when nothing would change.
Result<ObjectId> merge_pull_request(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                    std::string_view comment);

/// Authors edit their own comments. Fails: kForbidden; kConflict for a hidden one; kNotFound.
Result<CommunityEvent> edit_comment(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                    catalog::RowId event, std::string_view text);
/// Its author, or who may write to the repository. The text and the earlier ones are removed for good.
Result<CommunityEvent> hide_comment(Hub& hub, const catalog::Repository& repo, const Principal& who, std::int64_t number,
                                    catalog::RowId event);

/// draft, open, closed, merged
std::string_view name_of(catalog::DiscussionStatus status);

}  // namespace mirfa::hub
