// SPDX-License-Identifier: Apache-2.0
// R-35…R-40: branches, tags and the history behind them.
#include "api/operations.h"
#include "api/repo_json.h"
#include "hub/repos/history.h"
#include "hub/repos/repositories.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

void write_refs(JsonWriter& json, std::string_view key, const std::vector<catalog::Ref>& refs, std::string_view prefix) {
    json.array(key);
    for (const auto& ref : refs) {
        if (!ref.name.starts_with(prefix)) continue;
        json.object().field("name", std::string_view(ref.name).substr(prefix.size())).field("ref", ref.name);
        json.field("targetCommit", ref.commit.hex()).end();
    }
    json.end();
}

std::string rest_as_text(const Call& call) {
    std::string text;
    for (const auto& part : call.path.rest) text += (text.empty() ? "" : "/") + part;
    return text;
}

}  // namespace

Result<http::Response> refs(Call& call) {
    TRY(const auto all,
        call.hub.catalog.read([&](catalog::Session& s) { return catalog::list_refs(s, call.repository().id, "refs/"); }));
    JsonWriter json;
    json.object();
    write_refs(json, "branches", all, "refs/heads/");
    write_refs(json, "converts", all, "refs/convert/");
    write_refs(json, "tags", all, "refs/tags/");
    if (call.query.is_true("include_prs")) write_refs(json, "pullRequests", all, "refs/pr/");
    return json_response(std::move(json));
}

Result<http::Response> branch_create(Call& call) {
    TRY(const auto json, json_body(call));
    hub::NewBranch wanted{rest_as_text(call), std::nullopt, format::find_bool(json, "overwrite").value_or(false),
                          format::find_bool(json, "emptyBranch").value_or(false)};
    if (const auto from = format::find_string(json, "startingPoint")) wanted.from = std::string(*from);
    TRY(hub::create_branch(call.hub, call.principal, call.repository(), wanted));
    return empty_json_response();
}

Result<http::Response> branch_delete(Call& call) {
    TRY(hub::delete_branch(call.hub, call.principal, call.repository(), rest_as_text(call)));
    return empty_json_response();
}

Result<http::Response> tag_create(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(const auto name, format::need_string(json, "tag"));
    const std::string message(format::find_string(json, "message").value_or(""));
    TRY(hub::create_tag(call.hub, call.principal, call.repository(), rest_as_text(call), name, message));
    return empty_json_response();
}

Result<http::Response> tag_delete(Call& call) {
    TRY(hub::delete_tag(call.hub, call.principal, call.repository(), rest_as_text(call)));
    return empty_json_response();
}

Result<http::Response> commits(Call& call) {
    const auto limit = static_cast<int>(call.query.number("limit", 1'000, 1, 1'000));
    const auto cursor = call.query.find("cursor").value_or("");
    const auto path = call.query.find("path").value_or("");
    TRY(const auto page, path.empty() ? hub::list_history(call.hub, call.repository(), call.path.rest, cursor, limit)
                                      : hub::list_path_history(call.hub, call.repository(), call.path.rest, path, cursor, limit));
    bool formatted = false;
    for (const auto& name : call.query.list("expand")) formatted = formatted || name == "formatted";
    JsonWriter json;
    json.array();
    for (const auto& commit : page.commits) {
        json.object();
        write_commit(json, call, commit);
        if (formatted)
            json.object("formatted")
                .field("title", escape_html(commit.title))
                .field("message", escape_html(commit.description))
                .end();
        json.end();
    }
    auto response = json_response(std::move(json));
    if (path.empty()) response.headers.set("X-Total-Count", std::to_string(page.total));
    if (!page.next.empty()) add_next_link(response, call, page.next);
    return response;
}

}  // namespace mirfa::api
