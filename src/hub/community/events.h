// SPDX-License-Identifier: Apache-2.0
// Events as the catalog keeps them: a kind and a JSON object.
#pragma once

#include "hub/community/discussions.h"

namespace mirfa::hub {

inline constexpr std::string_view kCommentKind = "comment";
inline constexpr std::string_view kStatusKind = "status-change";
inline constexpr std::string_view kCommitKind = "commit";
inline constexpr std::string_view kTitleKind = "title-change";
inline constexpr std::string_view kPinKind = "pinning-change";

inline constexpr std::size_t kMaxTitle = 500;          // octets; the first line of a commit is often one
inline constexpr std::size_t kMaxComment = 64u << 10;  // octets

/// What `data` of an event holds; `html` of a comment is not kept.
std::string data_of(const Comment& comment);
std::string data_of(const StatusChange& change);
std::string data_of(const CommitAdded& commit);
std::string data_of(const TitleChange& change);
std::string data_of(const PinningChange& change);

/// Inserts an event of now by this principal.
Result<catalog::DiscussionEvent> insert_event(catalog::Session& session, Hub& hub, catalog::RowId discussion,
                                              const Principal& who, std::string_view kind, std::string data);

/// A comment with nothing but its text. The discussion must be there.
Result<catalog::DiscussionEvent> insert_comment(catalog::Session& session, Hub& hub, catalog::RowId discussion,
                                                const Principal& who, std::string_view text);
/// Fails: kInvalidArgument for a blank one; kTooLarge.
Result<void> check_comment(std::string_view text);

/// Comments are not rendered yet. Fails: kCorrupt.
Result<Comment> parse_comment(const catalog::DiscussionEvent& row);
/// Comments are rendered, which takes time: not inside a transaction. Fails: kCorrupt.
Result<CommunityEvent> to_event(const catalog::DiscussionEvent& row);

/// Fails: kNotFound.
Result<catalog::Discussion> need_discussion(catalog::Session& session, const catalog::Repository& repo, std::int64_t number);

}  // namespace mirfa::hub
