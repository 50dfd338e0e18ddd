// SPDX-License-Identifier: Apache-2.0
// R-69…R-78: discussions and pull requests.
#include "hub/community/discussions.h"

#include <algorithm>

#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/community/proposal_storage.h"

namespace mirfa::api {
namespace {

using catalog::Discussion;
using catalog::DiscussionStatus;
using format::JsonWriter;
using hub::CommunityEvent;

constexpr int kPage = 50;
constexpr std::size_t kMaxSearch = 500;  // octets
constexpr std::int64_t kMaxPage = 1'000'000;

Result<catalog::RowId> comment_of(const Call& call) {
    const auto id = row_id_of(call.value("event"));
    if (!id) return Error{Code::kNotFound, "There is no such comment in this discussion."};
    return *id;
}

/// Left out when the account is gone: clients read it as "deleted".
void write_author(JsonWriter& json, const Call& call, const std::string& name) {
    if (name.empty()) return;
    json.object("author").field("name", name).field("fullname", name).field("avatarUrl", avatar_url(call, name));
    json.field("type", "user").end();
}

/// The members every answer about a discussion has; the object stays open.
void write_facts(JsonWriter& json, const Call& call, const Discussion& discussion) {
    json.object().field("num", discussion.num).field("title", discussion.title).field("status", hub::name_of(discussion.status));
    json.field("isPullRequest", discussion.is_pull_request)
        .field("pinned", discussion.pinned)
        .field("createdAt", to_iso8601(discussion.created));
    json.field("numComments", discussion.comments)
        .field("updatedAt", to_iso8601(std::max(discussion.updated, discussion.created)));
    write_author(json, call, discussion.author_name);
    json.object("repo").field("name", call.repository().full_name()).field("type", singular_of(call.repository().type)).end();
}

void write_data(JsonWriter& json, const Call& call, const CommunityEvent& event, const hub::Comment& comment) {
    json.field("edited", comment.edited).field("hidden", comment.hidden).field("numEdits", comment.history.size());
    json.object("latest").field("raw", comment.raw).field("html", comment.html).field("updatedAt", to_iso8601(comment.updated));
    write_author(json, call, event.author);
    json.end().array("history");
    for (const auto& earlier : comment.history) {
        json.object().field("raw", earlier.raw).field("updatedAt", to_iso8601(earlier.written));
        write_author(json, call, event.author);
        json.end();
    }
    json.end();
}
void write_data(JsonWriter& json, const Call&, const CommunityEvent&, const hub::StatusChange& change) {
    json.field("status", hub::name_of(change.status));
}
void write_data(JsonWriter& json, const Call&, const CommunityEvent&, const hub::CommitAdded& commit) {
    json.field("subject", commit.subject).field("oid", commit.oid);
}
void write_data(JsonWriter& json, const Call&, const CommunityEvent&, const hub::TitleChange& change) {
    json.field("from", change.from).field("to", change.to);
}
void write_data(JsonWriter& json, const Call&, const CommunityEvent&, const hub::PinningChange& change) {
    json.field("pinned", change.pinned);
}

std::string_view type_of(const hub::Comment&) { return "comment"; }
std::string_view type_of(const hub::StatusChange&) { return "status-change"; }
std::string_view type_of(const hub::CommitAdded&) { return "commit"; }
std::string_view type_of(const hub::TitleChange&) { return "title-change"; }
std::string_view type_of(const hub::PinningChange&) { return "pinning-change"; }

/// The members of an event, into an object that is open.
void write_event(JsonWriter& json, const Call& call, const CommunityEvent& event) {
    json.field("id", public_id(event.id)).field("createdAt", to_iso8601(event.created));
    write_author(json, call, event.author);
    std::visit(
        [&](const auto& what) {
            json.field("type", type_of(what)).object("data");
            write_data(json, call, event, what);
            json.end();
        },
        event.what);
}

/// What a change answers: the event it made, under a name of its own.
http::Response event_response(const Call& call, std::string_view name, const CommunityEvent& event) {
    JsonWriter json;
    json.object().object(name);
    write_event(json, call, event);
    return json_response(std::move(json));
}

void write_pull_request(JsonWriter& json, const Discussion& discussion, const hub::PullRequest& pull_request) {
    json.object("changes").field("base", pull_request.base);
    if (discussion.merge_commit) json.field("mergeCommitId", discussion.merge_commit->hex());
    if (pull_request.head)
        json.field("head", pull_request.head->hex());
    else
        json.field("refDeleted", true);
    json.end();
    if (pull_request.base_missing || !pull_request.head) {
        json.field("filesWithConflicts", true);
    } else {
        json.array("filesWithConflicts");
        for (const auto& path : pull_request.conflicts) json.value(path);
        json.end();
    }
    json.field("diff", pull_request.diff);
}

std::string text_in(const boost::json::value& json, std::string_view key) {
    return std::string(format::find_string(json, key).value_or(""));
}

Result<void> read_order(const Call& call, catalog::DiscussionQuery& query) {
    const auto word = call.query.find("sort");
    if (!word) return ok();
    using Sort = catalog::DiscussionSort;
    query.pinned_first = true;
    if (*word == "recently-created")
        query.sort = Sort::kNewest;
    else if (*word == "oldest")
        query.sort = Sort::kOldest;
    else if (*word == "recently-updated")
        query.sort = Sort::kUpdated;
    else if (*word == "most-commented")
        query.sort = Sort::kMostComments;
    else
        return Error{Code::kInvalidArgument,
                     "\"sort\" must be one of recently-created, oldest, recently-updated, most-commented."};
    return ok();
}

Result<catalog::DiscussionQuery> query_of(const Call& call) {
    catalog::DiscussionQuery query;
    const auto type = call.query.find("type").value_or("all");
    if (type == "discussion" || type == "pull_request")
        query.pull_requests = type == "pull_request";
    else if (type != "all")
        return Error{Code::kInvalidArgument, "\"type\" must be one of all, discussion, pull_request."};
    const auto status = call.query.find("status").value_or("all");
    if (status == "open" || status == "closed")
        query.open = status == "open";
    else if (status == "merged")
        query.status = DiscussionStatus::kMerged;
    else if (status != "all")
        return Error{Code::kInvalidArgument, "\"status\" must be one of all, open, closed, merged."};
    query.author = call.query.find("author").value_or("");
    query.search = call.query.find("search").value_or("");
    if (query.search.size() > kMaxSearch) return Error{Code::kInvalidArgument, "\"search\" is longer than any title."};
    TRY(read_order(call, query));
    query.limit = kPage;
    query.skip = static_cast<int>(call.query.number("p", 0, 0, kMaxPage)) * kPage;
    return query;
}

}  // namespace

Result<std::int64_t> discussion_number(const Call& call) {
    const auto text = call.value("num");
    const auto number = find_integer(text);
    if (!number || *number < 1)
        return Error{Code::kNotFound, "Discussions have numbers, and \"" + std::string(text.substr(0, 100)) + "\" is none."};
    return *number;
}

Result<http::Response> discussions(Call& call) {
    TRY(const auto query, query_of(call));
    TRY(const auto page, hub::list_discussions(call.hub, call.repository(), query));
    JsonWriter json;
    json.object().field("count", page.count).field("start", query.skip).field("numClosedDiscussions", page.closed);
    json.field("numOpenDiscussions", page.open).field("numMergedDiscussions", page.merged);
    json.array("discussions");
    for (const auto& discussion : page.items) {
        write_facts(json, call, discussion);
        json.end();
    }
    return json_response(std::move(json));
}

Result<http::Response> discussion(Call& call) {
    TRY(const auto number, discussion_number(call));
    const auto diff = call.query.is_true("diff") ? hub::WithDiff::kYes : hub::WithDiff::kNo;
    TRY(const auto details, hub::load_discussion(call.hub, call.repository(), call.principal, number, diff));
    JsonWriter json;
    write_facts(json, call, details.facts);
    json.array("events");
    for (const auto& event : details.events) {
        json.object();
        write_event(json, call, event);
        json.end();
    }
    json.end();
    if (details.pull_request) write_pull_request(json, details.facts, *details.pull_request);
    return json_response(std::move(json));
}

Result<http::Response> discussion_create(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(auto title, format::need_string(json, "title"));
    const hub::NewDiscussion wanted{std::move(title), text_in(json, "description"),
                                    format::find_bool(json, "pullRequest").value_or(false)};
    TRY(const auto number, hub::create_discussion(call.hub, call.repository(), call.principal, wanted));
    JsonWriter answer;
    answer.object().field("num", number).field("pullRequest", wanted.is_pull_request);
    answer.field("url", call.url(web_path(call.repository()) + "/discussions/" + std::to_string(number)));
    return json_response(std::move(answer));
}

Result<http::Response> discussion_comment(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto json, json_body(call));
    TRY(const auto text, format::need_string(json, "comment"));
    TRY(const auto event, hub::add_comment(call.hub, call.repository(), call.principal, number, text));
    return event_response(call, "newMessage", event);
}

Result<http::Response> discussion_title(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto json, json_body(call));
    TRY(const auto title, format::need_string(json, "title"));
    TRY(const auto event, hub::change_title(call.hub, call.repository(), call.principal, number, title));
    return event_response(call, "newTitle", event);
}

Result<http::Response> discussion_status(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto json, json_body(call));
    TRY(const auto word, format::need_string(json, "status"));
    if (word != "open" && word != "closed") return Error{Code::kInvalidArgument, "\"status\" must be open or closed."};
    const auto status = word == "open" ? DiscussionStatus::kOpen : DiscussionStatus::kClosed;
    TRY(const auto event,
        hub::change_status(call.hub, call.repository(), call.principal, number, status, text_in(json, "comment")));
    return event_response(call, "newStatus", event);
}

Result<http::Response> discussion_merge(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto json, json_body(call));
    TRY(const auto commit,
        hub::merge_pull_request(call.hub, call.repository(), call.principal, number, text_in(json, "comment")));
    JsonWriter answer;
    answer.object().field("success", true).field("mergeCommitId", commit.hex());
    return json_response(std::move(answer));
}

Result<http::Response> discussion_pin(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto json, json_body(call));
    const bool pinned = format::find_bool(json, "pinned").value_or(true);
    TRY(const auto event, hub::change_pin(call.hub, call.repository(), call.principal, number, pinned));
    return event_response(call, "newPinning", event);
}

Result<http::Response> discussion_delete(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(hub::delete_discussion(call.hub, call.repository(), call.principal, number));
    return empty_json_response();
}

Result<http::Response> discussion_storage(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto storage, hub::load_proposal_storage(call.hub, call.repository(), call.principal, number));
    JsonWriter json;
    json.object().field("logical", storage.logical).field("objects", storage.objects);
    return json_response(std::move(json));
}

Result<http::Response> discussion_ref_delete(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(hub::delete_pull_request_ref(call.hub, call.repository(), call.principal, number));
    return empty_json_response();
}

Result<http::Response> discussion_comment_edit(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto comment, comment_of(call));
    TRY(const auto json, json_body(call));
    TRY(const auto text, format::need_string(json, "content"));
    TRY(const auto event, hub::edit_comment(call.hub, call.repository(), call.principal, number, comment, text));
    return event_response(call, "updatedComment", event);
}

Result<http::Response> discussion_comment_hide(Call& call) {
    TRY(const auto number, discussion_number(call));
    TRY(const auto comment, comment_of(call));
    TRY(const auto event, hub::hide_comment(call.hub, call.repository(), call.principal, number, comment));
    return event_response(call, "updatedComment", event);
}

}  // namespace mirfa::api
