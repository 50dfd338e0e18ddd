// SPDX-License-Identifier: Apache-2.0
#include <mirfa/discussions.h>

#include "base/percent.h"
#include "client/failure.h"
#include "client/hub.h"
#include "client/tree.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

using boost::json::value;
using format::find_member;
using format::find_string;
using format::JsonWriter;

std::string route(const RepoId& repo, std::int64_t number, std::string_view rest = "") {
    return api_path(repo) + "/discussions/" + std::to_string(number) + std::string(rest);
}

std::string text_in(const value& json, std::string_view key) { return std::string(find_string(json, key).value_or("")); }

std::string author_of(const value& json) {
    const auto* author = find_member(json, "author");
    return author ? text_in(*author, "name") : "";
}

Discussion head_of(const value& json) {
    Discussion head;
    head.number = format::find_int(json, "num").value_or(0);
    head.title = text_in(json, "title");
    head.status = text_in(json, "status");
    head.is_pull_request = format::find_bool(json, "isPullRequest").value_or(false);
    head.author = author_of(json);
    head.created = text_in(json, "createdAt");
    return head;
}

std::string event_text(const std::string& type, const value& data) {
    if (type == "status-change") return text_in(data, "status");
    if (type == "commit") return text_in(data, "subject");
    if (type == "title-change") return text_in(data, "to");
    const auto* latest = find_member(data, "latest");
    return latest ? text_in(*latest, "raw") : "";
}

Result<std::vector<Discussion>> list(Hub& hub, const RepoId& repo, const DiscussionFilter& filter) {
    std::vector<Discussion> all;
    std::string query = "&status=" + percent_encode(filter.status) + "&type=" + percent_encode(filter.kind);
    if (!filter.author.empty()) query += "&author=" + percent_encode(filter.author);
    for (int page = 0; all.size() < filter.limit; ++page) {
        TRY(const auto json, hub.get_json(api_path(repo) + "/discussions?p=" + std::to_string(page) + query, title_of(repo)));
        TRY(const auto count, format::need_int(json, "count"));
        TRY(const auto* items, format::need_array(json, "discussions"));
        for (const auto& item : *items)
            if (all.size() < filter.limit) all.push_back(head_of(item));
        if (items->empty() || static_cast<std::int64_t>(all.size()) >= count) break;
    }
    return all;
}

Result<DiscussionDetails> show(Hub& hub, const RepoId& repo, std::int64_t number) {
    TRY(const auto json, hub.get_json(route(repo, number, "?diff=1"), title_of(repo)));
    DiscussionDetails details{head_of(json), {}, text_in(json, "diff")};
    if (const auto* events = format::find_array(json, "events"))
        for (const auto& event : *events) {
            DiscussionEvent one{text_in(event, "type"), author_of(event), text_in(event, "createdAt"), ""};
            if (const auto* data = find_member(event, "data")) one.text = event_text(one.type, *data);
            details.events.push_back(std::move(one));
        }
    return details;
}

Result<std::int64_t> create(Hub& hub, const RepoId& repo, const std::string& title, const std::string& description,
                            bool pull_request) {
    JsonWriter json;
    json.object().field("title", title).field("description", description).field("pullRequest", pull_request);
    TRY(const auto answer, hub.send_json("POST", api_path(repo) + "/discussions", std::move(json).take(), title_of(repo)));
    return format::need_int(answer, "num");
}

Result<void> act(Hub& hub, const RepoId& repo, std::int64_t number, std::string_view what, std::string body) {
    TRY(hub.send_json("POST", route(repo, number, what), std::move(body), title_of(repo) + " #" + std::to_string(number)));
    return ok();
}

std::string comment_json(std::string_view status, const std::string& comment) {
    JsonWriter json;
    json.object();
    if (!status.empty()) json.field("status", status);
    if (!comment.empty()) json.field("comment", comment);
    return std::move(json).take();
}

}  // namespace

Outcome<std::vector<Discussion>> list_discussions(const Client& client, const RepoId& repo, const DiscussionFilter& filter) {
    return to_outcome(list(client.hub(), repo, filter));
}
Outcome<DiscussionDetails> show_discussion(const Client& client, const RepoId& repo, std::int64_t number) {
    return to_outcome(show(client.hub(), repo, number));
}
Outcome<std::int64_t> create_discussion(const Client& client, const RepoId& repo, const std::string& title,
                                        const std::string& description, bool pull_request) {
    return to_outcome(create(client.hub(), repo, title, description, pull_request));
}
Outcome<void> comment_discussion(const Client& client, const RepoId& repo, std::int64_t number, const std::string& text) {
    return to_outcome(act(client.hub(), repo, number, "/comment", comment_json("", text)));
}
Outcome<void> set_discussion_status(const Client& client, const RepoId& repo, std::int64_t number, const std::string& status,
                                    const std::string& comment) {
    return to_outcome(act(client.hub(), repo, number, "/status", comment_json(status, comment)));
}
Outcome<void> merge_pull_request(const Client& client, const RepoId& repo, std::int64_t number, const std::string& comment) {
    return to_outcome(act(client.hub(), repo, number, "/merge", comment_json("", comment)));
}

}  // namespace mirfa::client
