// SPDX-License-Identifier: Apache-2.0
// R-16…R-19: create, delete, move, settings.
#include "api/operations.h"
#include "base/ascii.h"
#include "base/bytes.h"
#include "base/random.h"
#include "hub/repos/repositories.h"

namespace mirfa::api {
namespace {

using format::find_string;
using format::JsonWriter;

/// `visibility` (new clients) or `private` (old ones); nothing when neither is there.
Result<std::optional<bool>> private_of(const boost::json::value& json) {
    const auto visibility = find_string(json, "visibility");
    if (!visibility) return format::find_bool(json, "private");
    if (*visibility == "public") return std::optional(false);
    if (*visibility == "private" || *visibility == "protected") return std::optional(true);
    return Error{Code::kInvalidArgument, "\"visibility\" must be one of public, private, protected."};
}

Result<catalog::RepoType> type_of(const boost::json::value& json) {
    const auto word = find_string(json, "type").value_or("model");
    const auto type = type_of_singular(word);
    if (!type) return Error{Code::kInvalidArgument, "\"type\" must be one of model, dataset, space."};
    return *type;
}

Result<std::vector<hub::InitialFile>> files_of(const boost::json::value& json) {
    std::vector<hub::InitialFile> files;
    const auto* items = format::find_array(json, "files");
    if (items == nullptr) return files;
    for (const auto& item : *items) {
        hub::InitialFile file;
        TRY(file.path, format::need_string(item, "path"));
        TRY(file.content, format::need_string(item, "content"));
        if (find_string(item, "encoding").value_or("base64") == "base64") {
            TRY(const auto bytes, from_base64(file.content));
            file.content = std::string(as_text(bytes));
        }
        files.push_back(std::move(file));
    }
    return files;
}

/// Owner and name of a body: `{"name": "m", "organization": "acme"}` or `{"name": "acme/m"}`.
struct Named {
    std::string owner;
    std::string name;
};
Result<Named> named_in(const boost::json::value& json) {
    TRY(const auto name, format::need_string(json, "name"));
    const auto slash = name.find('/');
    if (slash != std::string::npos) return Named{name.substr(0, slash), name.substr(slash + 1)};
    return Named{std::string(find_string(json, "organization").value_or("")), name};
}

Result<Named> id_in(const boost::json::value& json, std::string_view key) {
    TRY(const auto id, format::need_string(json, key));
    const auto slash = id.find('/');
    if (slash == std::string::npos)
        return Error{Code::kInvalidArgument, "\"" + std::string(key) + "\" must be written as owner/name."};
    return Named{id.substr(0, slash), id.substr(slash + 1)};
}

http::Response settings_answer(const catalog::Repository& repo) {
    const auto settings = format::parse_json(repo.settings.empty() ? "{}" : repo.settings);
    JsonWriter json;
    json.object().field("private", repo.is_private).field("visibility", repo.is_private ? "private" : "public");
    if (repo.gated.empty())
        json.field("gated", false);
    else
        json.field("gated", repo.gated);
    json.field("discussionsDisabled",
               settings.has_value() && format::find_bool(settings.value(), "discussionsDisabled").value_or(false));
    return json_response(std::move(json));
}

}  // namespace

Result<http::Response> repo_create(Call& call) {
    TRY(const auto json, json_body(call));
    hub::NewRepository wanted;
    TRY(wanted.type, type_of(json));
    TRY(const auto named, named_in(json));
    wanted.owner = named.owner;
    wanted.name = named.name;
    TRY(const auto is_private, private_of(json));
    wanted.is_private = is_private.value_or(false);
    wanted.sdk = find_string(json, "sdk").value_or("");
    wanted.license = find_string(json, "license").value_or("");
    wanted.multipart_threshold = format::find_int(json, "lfsmultipartthresh").value_or(0);
    TRY(wanted.files, files_of(json));
    TRY(const auto outcome, hub::create_repository(call.hub, call.principal, wanted));
    JsonWriter answer;
    answer.object();
    const std::string name = outcome.repo.full_name();
    if (outcome.existed) {
        const std::string message = "You already created this " + std::string(singular_of(wanted.type)) + " repo: " + name;
        answer.field("error", message).field("reason", name_of(Reason::kNameTaken)).field("field", "name");
        answer.field("url", call.url(web_path(outcome.repo)));
        auto response = json_response(std::move(answer), 409);
        response.headers.set("X-Error-Message", message);
        return response;
    }
    answer.field("url", call.url(web_path(outcome.repo))).field("name", name).field("id", public_id(outcome.repo.id));
    return json_response(std::move(answer));
}

Result<http::Response> repo_delete(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(call.path.type, type_of(json));
    TRY(const auto named, named_in(json));
    call.path.owner = named.owner.empty() ? call.principal.name : named.owner;
    call.path.name = named.name;
    TRY(const auto repo, call.hub.catalog.read([&](catalog::Session& s) {
        return hub::require(s, call.principal, call.path.type, call.path.owner, call.path.name, hub::Action::kAdminister);
    }));
    TRY(hub::delete_repository(call.hub, call.principal, repo));
    return empty_json_response();
}

Result<http::Response> repo_move(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(call.path.type, type_of(json));
    TRY(const auto from, id_in(json, "fromRepo"));
    TRY(const auto to, id_in(json, "toRepo"));
    TRY(const auto repo, call.hub.catalog.read([&](catalog::Session& s) {
        return hub::require(s, call.principal, call.path.type, from.owner, from.name, hub::Action::kAdminister);
    }));
    TRY(const auto moved, hub::move_repository(call.hub, call.principal, repo, to.owner, to.name));
    JsonWriter answer;
    answer.object().field("url", call.url(web_path(moved))).field("id", moved.full_name());
    return json_response(std::move(answer));
}

Result<http::Response> repo_settings(Call& call) {
    TRY(const auto json, json_body(call));
    hub::SettingsChange change;
    TRY(change.is_private, private_of(json));
    if (const auto* gated = format::find_member(json, "gated"))
        change.gated = gated->is_string() ? std::string(gated->get_string()) : std::string();
    change.discussions_disabled = format::find_bool(json, "discussionsDisabled");
    if (const auto text = find_string(json, "description")) change.description = std::string(*text);
    TRY(const auto repo, hub::change_settings(call.hub, call.principal, call.repository(), change));
    return settings_answer(repo);
}

Result<http::Response> repo_settings_show(Call& call) { return settings_answer(call.repository()); }

}  // namespace mirfa::api
