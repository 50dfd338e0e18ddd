// SPDX-License-Identifier: Apache-2.0
// what lists of models and datasets can be narrowed by.
#include "hub/repos/tags.h"

#include "api/operations.h"

namespace mirfa::api {
namespace {

Result<http::Response> tags_by_type(Call& call, catalog::RepoType type) {
    TRY(const auto tags, hub::list_tags(call.hub, type));
    format::JsonWriter json;
    json.object();
    for (const auto& [kind, terms] : tags) {
        json.array(kind);
        for (const auto& term : terms) json.object().field("id", term.id).field("label", term.label).field("type", kind).end();
        json.end();
    }
    return json_response(std::move(json));
}

}  // namespace

Result<http::Response> model_tags(Call& call) { return tags_by_type(call, catalog::RepoType::kModel); }
Result<http::Response> dataset_tags(Call& call) { return tags_by_type(call, catalog::RepoType::kDataset); }

}  // namespace mirfa::api
