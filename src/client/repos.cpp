// SPDX-License-Identifier: Apache-2.0
#include <mirfa/repos.h>

#include <algorithm>

#include "base/percent.h"
#include "client/cache_layout.h"
#include "client/failure.h"
#include "client/hub.h"
#include "client/tree.h"
#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::client {
namespace {

using format::find_int;
using format::find_string;
using format::JsonWriter;

/// Discards what an operation answers.
template <class T>
Result<void> done(Result<T> result) {
    if (!result.has_value()) return std::move(result).error();
    return ok();
}

/// A conflict that is what was wanted is none; another one tells that the thing exists.
Result<void> exists(Result<void> result, bool exist_ok) {
    if (result.has_value() || result.error().code != Code::kConflict) return result;
    if (exist_ok) return ok();
    auto error = std::move(result).error();
    error.code = Code::kAlreadyExists;
    return error;
}

void write_name(JsonWriter& json, const RepoId& repo) {
    const auto slash = repo.name.find('/');
    json.field("name", slash == std::string::npos ? repo.name : repo.name.substr(slash + 1));
    if (slash == std::string::npos)
        json.null("organization");
    else
        json.field("organization", repo.name.substr(0, slash));
    json.field("type", name_of(repo.type));
}

Result<std::string> create(Hub& hub, const RepoId& repo, const CreateOptions& options) {
    JsonWriter json;
    json.object();
    write_name(json, repo);
    if (options.is_private) json.field("visibility", *options.is_private ? "private" : "public");
    if (!options.sdk.empty()) json.field("sdk", options.sdk);
    const std::string body = std::move(json).take();
    fetch::Request request;
    request.method = "POST";
    request.url = hub.url("/api/repos/create");
    request.headers = {{"Content-Type", "application/json"}};
    request.body = as_bytes(body);
    TRY(const auto answer, hub.ask(std::move(request), false));
    const auto said = format::parse_json(answer.body);
    const auto url = said.has_value() ? find_string(said.value(), "url") : std::nullopt;
    if (answer.ok() || (answer.status == 409 && options.exist_ok)) return std::string(url.value_or(""));
    auto error = hub_error(answer, title_of(repo));
    if (answer.status == 409) error.code = Code::kAlreadyExists;
    // Whoever may only read gets 403 for a repository that exists.
    if (options.exist_ok && answer.status == 403 && ask_commit(hub, repo, "main").has_value())
        return hub.url(repo.type == RepoType::kModel ? "/" + repo.name : "/" + plural_of(repo.type) + "/" + repo.name);
    return error;
}

Result<void> remove(Hub& hub, const RepoId& repo, bool missing_ok) {
    JsonWriter json;
    json.object();
    write_name(json, repo);
    auto removed = done(hub.send_json("DELETE", "/api/repos/delete", std::move(json).take(), title_of(repo)));
    if (!removed.has_value() && missing_ok && removed.error().reason == Reason::kRepoNotFound) return ok();
    return removed;
}

Result<void> move(Hub& hub, const RepoId& from, const RepoId& to) {
    JsonWriter json;
    json.object().field("fromRepo", from.name).field("toRepo", to.name).field("type", name_of(from.type));
    return exists(done(hub.send_json("POST", "/api/repos/move", std::move(json).take(), title_of(from))), false);
}

Result<void> change(Hub& hub, const RepoId& repo, const RepoChanges& changes) {
    JsonWriter json;
    json.object();
    if (changes.is_private) json.field("visibility", *changes.is_private ? "private" : "public");
    if (changes.gated) {
        if (*changes.gated != "auto" && *changes.gated != "manual" && *changes.gated != "false")
            return Error{Code::kInvalidArgument, "Gated is auto, manual or false."};
        if (*changes.gated == "false")
            json.field("gated", false);
        else
            json.field("gated", *changes.gated);
    }
    json.field("description", changes.description);
    return done(hub.send_json("PUT", api_path(repo) + "/settings", std::move(json).take(), title_of(repo), true));
}

Result<void> new_branch(Hub& hub, const RepoId& repo, const std::string& branch, const std::string& from, bool exist_ok) {
    TRY(check_revision(branch));
    JsonWriter json;
    json.object();
    if (!from.empty()) json.field("startingPoint", from);
    const auto route = api_path(repo) + "/branch/" + percent_encode(branch);
    return exists(done(hub.send_json("POST", route, std::move(json).take(), title_of(repo))), exist_ok);
}

Result<void> new_tag(Hub& hub, const RepoId& repo, const std::string& tag, const std::string& revision,
                     const std::string& message, bool exist_ok) {
    TRY(check_revision(tag));
    JsonWriter json;
    json.object().field("tag", tag);
    if (!message.empty()) json.field("message", message);
    const auto route = api_path(repo) + "/tag/" + percent_encode(revision);
    return exists(done(hub.send_json("POST", route, std::move(json).take(), title_of(repo))), exist_ok);
}

Result<void> delete_ref(Hub& hub, const RepoId& repo, std::string_view kind, const std::string& name) {
    TRY(check_revision(name));
    const auto route = api_path(repo) + "/" + std::string(kind) + "/" + percent_encode(name);
    return done(hub.send_json("DELETE", route, "", title_of(repo)));
}

std::vector<NamedRef> refs_in(const boost::json::value& json, std::string_view key) {
    std::vector<NamedRef> refs;
    if (const auto* list = format::find_array(json, key))
        for (const auto& item : *list)
            refs.push_back({std::string(find_string(item, "name").value_or("")),
                            std::string(find_string(item, "ref").value_or("")),
                            std::string(find_string(item, "targetCommit").value_or(""))});
    return refs;
}

Result<Refs> refs_of(Hub& hub, const RepoId& repo) {
    TRY(const auto json, hub.get_json(api_path(repo) + "/refs?include_prs=1", title_of(repo)));
    return Refs{refs_in(json, "branches"), refs_in(json, "tags"), refs_in(json, "pullRequests")};
}

Result<std::vector<FoundRepo>> search(Hub& hub, RepoType type, const SearchOptions& options) {
    const auto limit = std::clamp<std::size_t>(options.limit, 1, 10'000);
    std::string query = "?limit=" + std::to_string(std::min<std::size_t>(limit, 1000)) + "&full=true";
    if (!options.query.empty()) query += "&search=" + percent_encode(options.query);
    if (!options.author.empty()) query += "&author=" + percent_encode(options.author);
    if (!options.sort.empty()) query += "&sort=" + percent_encode(options.sort);
    for (const auto& tag : options.tags) query += "&filter=" + percent_encode(tag);
    TRY(const auto items, hub.get_pages("/api/" + plural_of(type) + query, "searching", limit, true));
    std::vector<FoundRepo> found;
    for (const auto& item : items) {
        if (found.size() == limit) break;
        FoundRepo repo;
        repo.repo = {type, std::string(find_string(item, "id").value_or(""))};
        repo.is_private = format::find_bool(item, "private").value_or(false);
        repo.downloads = static_cast<std::uint64_t>(std::max<std::int64_t>(0, find_int(item, "downloads").value_or(0)));
        repo.likes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, find_int(item, "likes").value_or(0)));
        repo.last_modified = find_string(item, "lastModified").value_or(find_string(item, "createdAt").value_or(""));
        if (const auto* tags = format::find_array(item, "tags"))
            for (const auto& tag : *tags)
                if (tag.is_string()) repo.tags.emplace_back(tag.get_string());
        found.push_back(std::move(repo));
    }
    return found;
}

}  // namespace

Outcome<std::string> create_repo(const Client& client, const RepoId& repo, const CreateOptions& options) {
    return to_outcome(create(client.hub(), repo, options));
}
Outcome<void> delete_repo(const Client& client, const RepoId& repo, bool missing_ok) {
    return to_outcome(remove(client.hub(), repo, missing_ok));
}
Outcome<void> move_repo(const Client& client, const RepoId& from, const RepoId& to) {
    return to_outcome(move(client.hub(), from, to));
}
Outcome<void> change_repo(const Client& client, const RepoId& repo, const RepoChanges& changes) {
    return to_outcome(change(client.hub(), repo, changes));
}
Outcome<void> create_branch(const Client& client, const RepoId& repo, const std::string& branch, const std::string& from,
                            bool exist_ok) {
    return to_outcome(new_branch(client.hub(), repo, branch, from, exist_ok));
}
Outcome<void> delete_branch(const Client& client, const RepoId& repo, const std::string& branch) {
    return to_outcome(delete_ref(client.hub(), repo, "branch", branch));
}
Outcome<void> create_tag(const Client& client, const RepoId& repo, const std::string& tag, const std::string& revision,
                         const std::string& message, bool exist_ok) {
    return to_outcome(new_tag(client.hub(), repo, tag, revision, message, exist_ok));
}
Outcome<void> delete_tag(const Client& client, const RepoId& repo, const std::string& tag) {
    return to_outcome(delete_ref(client.hub(), repo, "tag", tag));
}
Outcome<Refs> list_refs(const Client& client, const RepoId& repo) { return to_outcome(refs_of(client.hub(), repo)); }
Outcome<std::string> resolve_revision(const Client& client, const RepoId& repo, const std::string& revision) {
    return to_outcome(ask_commit(client.hub(), repo, revision));
}
Outcome<std::vector<FoundRepo>> search_repos(const Client& client, RepoType type, const SearchOptions& options) {
    return to_outcome(search(client.hub(), type, options));
}

}  // namespace mirfa::client
