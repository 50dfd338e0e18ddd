// SPDX-License-Identifier: Apache-2.0
// Mirfa's own: what lists can be narrowed by, with counts, and names as they are typed.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "api/repo_query.h"
#include "base/random.h"
#include "hub/repos/search.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

std::string_view name_of(catalog::FacetKind kind) {
    switch (kind) {
        case catalog::FacetKind::kTask: return "task";
        case catalog::FacetKind::kLibrary: return "library";
        case catalog::FacetKind::kLanguage: return "language";
        case catalog::FacetKind::kLicense: return "license";
        case catalog::FacetKind::kDtype: return "dtype";
        case catalog::FacetKind::kFormat: return "format";
        case catalog::FacetKind::kSize: return "size";
        case catalog::FacetKind::kBaseModel: return "base_model";
        case catalog::FacetKind::kDataset: return "dataset";
    }
    return "";
}

void write_repositories(JsonWriter& json, std::string_view key, const std::vector<catalog::TypedName>& found) {
    json.array(key);
    for (const auto& one : found)
        json.object()
            .field("_id", public_id(one.id))
            .field("id", one.name)
            .field("task", one.task)
            .field("likes", one.likes)
            .end();
    json.end();
}

void write_owners(JsonWriter& json, const Call& call, std::string_view key, const std::vector<catalog::TypedName>& found) {
    json.array(key);
    for (const auto& one : found)
        json.object()
            .field("name", one.name)
            .field("fullname", one.fullname)
            .field("avatarUrl", avatar_url(call, one.name))
            .end();
    json.end();
}

}  // namespace

Result<http::Response> facets(Call& call) {
    const auto type = type_of_plural(call.query.find("type").value_or("models"));
    if (!type) return Error{Code::kInvalidArgument, "\"type\" must be one of models, datasets, spaces."};
    TRY(auto filters, read_filters(call.query, *type, call.hub.clock.now()));
    TRY(const auto counted, hub::count_facets(call.hub, call.principal, std::move(filters), call.query.find("author")));
    JsonWriter json;
    json.object();
    for (const auto& [kind, values] : counted) {
        json.array(name_of(kind));
        for (const auto& [value, count] : values) json.object().field("value", value).field("count", count).end();
        json.end();
    }
    return json_response(std::move(json));
}

Result<http::Response> quicksearch(Call& call) {
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 6, 1, 20));
    TRY(const auto found, hub::quick_search(call.hub, call.principal, call.query.find("q").value_or(""), limit));
    JsonWriter json;
    json.object();
    write_repositories(json, "models", found.models);
    write_repositories(json, "datasets", found.datasets);
    write_repositories(json, "spaces", found.spaces);
    write_owners(json, call, "users", found.users);
    write_owners(json, call, "orgs", found.organizations);
    return json_response(std::move(json));
}

}  // namespace mirfa::api
