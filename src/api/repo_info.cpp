// SPDX-License-Identifier: Apache-2.0
// …: one repository, lists of repositories, likes.
#include <algorithm>

#include "api/accounts_shared.h"
#include "api/operations.h"
#include "api/repo_json.h"
#include "api/repo_query.h"
#include "hub/repos/search.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

/// The commit an info answer is about, and the files it lists.
struct Loaded {
    ObjectId sha;
    UnixMillis date = 0;
    std::vector<hub::ListedEntry> files;
};

Result<Loaded> load(const Call& call, bool with_files, bool with_facts) {
    return call.hub.catalog.read([&](catalog::Session& s) -> Result<Loaded> {
        TRY(const auto at, hub::resolve_revision_segments(s, call.repository(), call.path.rest));
        TRY(const auto commit, hub::load_commit(s, call.repository(), at.commit));
        Loaded loaded{at.commit, commit.date, {}};
        if (with_files) {
            TRY(loaded.files, hub::list_files(s, call.repository(), at.commit, with_facts));
        }
        return loaded;
    });
}

/// Nothing is computed here, so no model is served by anybody, or made for an application.
bool asks_for_what_is_never_here(const Parameters& query, catalog::RepoType type) {
    if (type != catalog::RepoType::kModel) return false;
    const auto is_asked = [&](const char* name) { return !query.list(name).empty(); };
    return is_asked("inference") || is_asked("inference_provider") || is_asked("apps");
}

/// A list that is not narrowed as asked would be a wrong answer.
Result<void> check_answerable(const Parameters& query, catalog::RepoType type) {
    if (type != catalog::RepoType::kSpace) return ok();
    if (query.list("models").empty() && query.list("datasets").empty() && !query.is_true("linked")) return ok();
    return Error{Code::kUnsupported,
                 "This hub does not know which models and datasets a space uses: leave out `models`, `datasets` and `linked`."};
}

Result<http::Response> list(Call& call, catalog::RepoType type) {
    TRY(check_answerable(call.query, type));
    if (asks_for_what_is_never_here(call.query, type)) return text_response(200, "application/json; charset=utf-8", "[]");
    TRY(auto query, read_filters(call.query, type, call.hub.clock.now()));
    read_order(call.query, query);
    query.limit = static_cast<int>(call.query.number("limit", 1'000, 1, 1'000));
    const auto cursor = parse_cursor(call.query.find("cursor").value_or(""));
    if (query.sort == catalog::RepoSort::kRelevance)
        query.offset = static_cast<int>(cursor ? std::clamp<std::int64_t>(cursor->first, 0, INT32_MAX / 2) : 0);
    else
        query.after = cursor;
    const auto expand = call.query.list("expand");
    const Fields fields = expand.empty() ? Fields::list_item(call.query) : Fields::named(expand);
    TRY(const auto found,
        hub::search_repositories(call.hub, call.principal, std::move(query), call.query.find("author"), fields.has("siblings")));
    JsonWriter json;
    json.array();
    for (const auto& item : found.items) {
        InfoParts parts{item.repo.head, item.repo.modified, fields.has("siblings") ? &item.files : nullptr, false, nullptr};
        write_repository(json, item.repo, fields, parts);
    }
    auto response = json_response(std::move(json));
    if (found.next) add_next_link(response, call, std::to_string(found.next->first) + "_" + std::to_string(found.next->second));
    return response;
}

}  // namespace

Result<http::Response> repo_info(Call& call) {
    const auto expand = call.query.list("expand");
    const Fields fields = expand.empty() ? Fields::info() : Fields::named(expand);
    const bool with_blobs = call.query.is_true("blobs");
    TRY(const auto loaded, load(call, fields.has("siblings"), with_blobs));
    hub::RepoSecurity security;
    const bool with_security = call.query.is_true("securityStatus");
    if (with_security) {
        TRY(security, hub::security_of_commit(call.hub, call.repository(), loaded.sha));
    }
    Rights rights;
    const bool with_rights = fields.has("rights");
    if (with_rights) {
        TRY(rights, load_rights(call));
    }
    JsonWriter json;
    write_repository(json, call.repository(), fields,
                     {loaded.sha, loaded.date, fields.has("siblings") ? &loaded.files : nullptr, with_blobs,
                      with_security ? &security : nullptr, with_rights ? &rights : nullptr});
    return json_response(std::move(json));
}

Result<http::Response> repo_scan(Call& call) {
    TRY(const auto loaded, load(call, false, false));
    TRY(const auto security, hub::security_of_commit(call.hub, call.repository(), loaded.sha));
    JsonWriter json;
    write_security(json.object(), security);
    return json_response(std::move(json));
}

Result<http::Response> list_models(Call& call) { return list(call, catalog::RepoType::kModel); }
Result<http::Response> list_datasets(Call& call) { return list(call, catalog::RepoType::kDataset); }
Result<http::Response> list_spaces(Call& call) { return list(call, catalog::RepoType::kSpace); }

/// The route's access has checked all that is asked.
Result<http::Response> auth_check(Call&) { return empty_json_response(); }

/// Nobody who is not signed in likes anything.
Result<http::Response> like_show(Call& call) {
    TRY(const bool liked, hub::likes_repository(call.hub, call.principal, call.repository()));
    JsonWriter json;
    json.object().field("liked", liked);
    return json_response(std::move(json));
}

Result<http::Response> like(Call& call) {
    TRY(hub::like_repository(call.hub, call.principal, call.repository(), true));
    return empty_json_response();
}
Result<http::Response> unlike(Call& call) {
    TRY(hub::like_repository(call.hub, call.principal, call.repository(), false));
    return empty_json_response();
}

Result<http::Response> likers(Call& call) {
    TRY(const auto users, hub::list_likers(call.hub, call.repository()));
    JsonWriter json;
    json.array();
    for (const auto& user : users)
        json.object()
            .field("user", user.name)
            .field("fullname", user.fullname)
            .field("avatarUrl", avatar_url(call, user.name))
            .end();
    return json_response(std::move(json));
}

Result<http::Response> user_likes(Call& call) {
    const auto after = parse_cursor(call.query.find("cursor").value_or(""));
    const auto limit = static_cast<int>(call.query.number("limit", 1'000, 1, 1'000));
    TRY(const auto page, hub::list_likes(call.hub, call.principal, call.value("name"), after, limit));
    JsonWriter json;
    json.array();
    for (const auto& [repo, liked] : page.items) {
        json.object().field("createdAt", to_iso8601(liked));
        json.object("repo").field("name", repo.full_name()).field("type", singular_of(repo.type)).end().end();
    }
    auto response = json_response(std::move(json));
    if (page.next) add_next_link(response, call, std::to_string(page.next->first) + "_" + std::to_string(page.next->second));
    return response;
}

}  // namespace mirfa::api
