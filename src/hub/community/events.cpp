// SPDX-License-Identifier: Apache-2.0
#include "hub/community/events.h"

#include "base/ascii.h"
#include "base/random.h"
#include "card/markdown.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::hub {
namespace {

using catalog::DiscussionStatus;
using format::find_string;
using format::JsonWriter;

Error damaged(const catalog::DiscussionEvent& row) {
    return Error{Code::kCorrupt, "An event of this discussion cannot be read.", Reason::kNone, "event " + std::to_string(row.id)};
}

std::string text_or_nothing(const boost::json::value& data, std::string_view key) {
    return std::string(find_string(data, key).value_or(""));
}

/// What is too long or too deep for the renderer is shown as it was written.
std::string as_plain_html(std::string_view text) {
    std::string html = "<pre>";
    for (const char c : text) {
        if (c == '<')
            html += "&lt;";
        else if (c == '&')
            html += "&amp;";
        else
            html += c;
    }
    return html + "</pre>";
}

std::string render(std::string_view raw) {
    auto html = card::markdown_to_html(raw);
    return html.has_value() ? std::move(html).value() : as_plain_html(raw);
}

std::optional<DiscussionStatus> status_of(std::string_view word) {
    for (const auto status :
         {DiscussionStatus::kDraft, DiscussionStatus::kOpen, DiscussionStatus::kClosed, DiscussionStatus::kMerged})
        if (name_of(status) == word) return status;
    return std::nullopt;
}

}  // namespace

std::string_view name_of(DiscussionStatus status) {
    switch (status) {
        case DiscussionStatus::kDraft: return "draft";
        case DiscussionStatus::kOpen: return "open";
        case DiscussionStatus::kClosed: return "closed";
        case DiscussionStatus::kMerged: return "merged";
    }
    return "open";
}

std::string data_of(const Comment& comment) {
    JsonWriter data;
    data.object().field("raw", comment.raw).field("edited", comment.edited).field("hidden", comment.hidden);
    data.field("updated", comment.updated).array("history");
    for (const auto& earlier : comment.history) data.object().field("raw", earlier.raw).field("written", earlier.written).end();
    return std::move(data).take();
}
std::string data_of(const StatusChange& change) {
    JsonWriter data;
    data.object().field("status", name_of(change.status));
    return std::move(data).take();
}
std::string data_of(const CommitAdded& commit) {
    JsonWriter data;
    data.object().field("subject", commit.subject).field("oid", commit.oid);
    return std::move(data).take();
}
std::string data_of(const TitleChange& change) {
    JsonWriter data;
    data.object().field("from", change.from).field("to", change.to);
    return std::move(data).take();
}
std::string data_of(const PinningChange& change) {
    JsonWriter data;
    data.object().field("pinned", change.pinned);
    return std::move(data).take();
}

Result<catalog::DiscussionEvent> insert_event(catalog::Session& session, Hub& hub, catalog::RowId discussion,
                                              const Principal& who, std::string_view kind, std::string data) {
    catalog::DiscussionEvent row{new_row_id(), discussion,      std::string(kind), who.user,
                                 who.name,     std::move(data), hub.clock.now()};
    TRY(catalog::insert_event(session, row));
    return row;
}

Result<catalog::DiscussionEvent> insert_comment(catalog::Session& session, Hub& hub, catalog::RowId discussion,
                                                const Principal& who, std::string_view text) {
    Comment comment;
    comment.raw = std::string(text);
    comment.updated = hub.clock.now();
    return insert_event(session, hub, discussion, who, kCommentKind, data_of(comment));
}

Result<void> check_comment(std::string_view text) {
    if (ascii_trim(text).empty()) return Error{Code::kInvalidArgument, "The comment is empty."};
    if (text.size() > kMaxComment)
        return Error{Code::kTooLarge,
                     "The comment is too long: " + std::to_string(text.size()) + " octets, at most 65536 are kept."};
    return ok();
}

Result<Comment> parse_comment(const catalog::DiscussionEvent& row) {
    const auto data = format::parse_json(row.data);
    if (!data.has_value()) return damaged(row);
    Comment comment;
    comment.raw = text_or_nothing(data.value(), "raw");
    comment.edited = format::find_bool(data.value(), "edited").value_or(false);
    comment.hidden = format::find_bool(data.value(), "hidden").value_or(false);
    comment.updated = format::find_int(data.value(), "updated").value_or(row.created);
    if (const auto* history = format::find_array(data.value(), "history"))
        for (const auto& earlier : *history)
            comment.history.push_back(
                {text_or_nothing(earlier, "raw"), format::find_int(earlier, "written").value_or(row.created)});
    return comment;
}

Result<CommunityEvent> to_event(const catalog::DiscussionEvent& row) {
    CommunityEvent event{row.id, row.author_name, row.created, {}};
    if (row.kind == kCommentKind) {
        TRY(auto comment, parse_comment(row));
        comment.html = render(comment.raw);
        event.what = std::move(comment);
        return event;
    }
    const auto data = format::parse_json(row.data);
    if (!data.has_value()) return damaged(row);
    if (row.kind == kStatusKind) {
        const auto status = status_of(text_or_nothing(data.value(), "status"));
        if (!status) return damaged(row);
        event.what = StatusChange{*status};
    } else if (row.kind == kCommitKind) {
        event.what = CommitAdded{text_or_nothing(data.value(), "subject"), text_or_nothing(data.value(), "oid")};
    } else if (row.kind == kTitleKind) {
        event.what = TitleChange{text_or_nothing(data.value(), "from"), text_or_nothing(data.value(), "to")};
    } else if (row.kind == kPinKind) {
        event.what = PinningChange{format::find_bool(data.value(), "pinned").value_or(false)};
    } else {
        return damaged(row);
    }
    return event;
}

}  // namespace mirfa::hub
