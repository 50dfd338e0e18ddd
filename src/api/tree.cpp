// SPDX-License-Identifier: Apache-2.0
// R-42…R-44: listings of folders, and facts of named paths.
#include "api/operations.h"
#include "api/repo_json.h"
#include "base/ascii.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

constexpr std::size_t kMaxPaths = 1'000;
constexpr std::int64_t kPage = 10'000;  // llama.cpp reads the first page only
constexpr std::int64_t kExpandedPage = 1'000;

Result<std::vector<std::string>> paths_in_form(const Call& call, bool& expand) {
    TRY(const auto form, form_body(call));
    expand = form.is_true("expand");
    return form.list("paths", false);
}

Result<std::vector<std::string>> paths_in_json(const Call& call, bool& expand) {
    TRY(const auto json, json_body(call));
    expand = format::find_bool(json, "expand").value_or(false);
    std::vector<std::string> paths;
    TRY(const auto* items, format::need_array(json, "paths"));
    for (const auto& item : *items)
        if (item.is_string()) paths.emplace_back(item.get_string());
    return paths;
}

Result<http::Response> answer_paths(const Call& call, const std::vector<std::string>& paths, bool expand) {
    if (paths.size() > kMaxPaths) return Error{Code::kTooLarge, "At most 1000 paths can be asked for at once."};
    TRY(const auto entries, hub::find_entries(call.hub, call.repository(), call.path.rest, paths, expand));
    JsonWriter json;
    json.array();
    for (const auto& entry : entries) write_entry(json, entry, expand);
    return json_response(std::move(json));
}

}  // namespace

Result<http::Response> tree(Call& call) {
    hub::TreeQuery query;
    query.recursive = call.query.is_true("recursive");
    query.with_last_commit = call.query.is_true("expand");
    query.with_security = call.query.is_true("securityStatus");
    query.cursor = call.query.find("cursor").value_or("");
    const std::int64_t most = query.with_last_commit ? kExpandedPage : kPage;
    query.limit = static_cast<std::size_t>(call.query.number("limit", most, 1, most));
    TRY(const auto page, hub::list_tree(call.hub, call.repository(), call.path.rest, query));
    JsonWriter json;
    json.array();
    for (const auto& entry : page.entries) write_entry(json, entry, query.with_last_commit);
    auto response = json_response(std::move(json));
    response.headers.set("X-Repo-Commit", page.commit.hex());
    if (!page.next.empty()) add_next_link(response, call, page.next);
    return response;
}

Result<http::Response> paths_info(Call& call) {
    bool expand = false;
    const bool form = call.request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded");
    TRY(const auto paths, form ? paths_in_form(call, expand) : paths_in_json(call, expand));
    return answer_paths(call, paths, expand);
}

/// The same by GET, `?paths=a&paths=b&expand=true`, so that a page can bring the answer along.
Result<http::Response> paths_info_by_query(Call& call) {
    return answer_paths(call, call.query.list("paths", false), call.query.is_true("expand"));
}

Result<http::Response> tree_size(Call& call) {
    TRY(const auto size, hub::tree_size(call.hub, call.repository(), call.path.rest));
    std::string path = "/";
    for (std::size_t i = 1; i < call.path.rest.size(); ++i) path += (i == 1 ? "" : "/") + call.path.rest[i];
    JsonWriter json;
    json.object().field("path", path).field("size", size);
    return json_response(std::move(json));
}

}  // namespace mirfa::api
