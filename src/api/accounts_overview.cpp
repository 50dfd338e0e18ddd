// SPDX-License-Identifier: Apache-2.0
// what anybody is told about users and organisations. Nobody can follow anybody here, so those numbers are 0.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/accounts.h"

namespace mirfa::api {
namespace {

using catalog::OwnerKind;
using format::JsonWriter;

/// What owners say about themselves, where they do.
void write_words(JsonWriter& json, const catalog::Owner& owner) {
    if (!owner.bio.empty()) json.field("details", owner.bio);
    if (!owner.homepage.empty()) json.field("homepage", owner.homepage);
}

void write_counts(JsonWriter& json, const catalog::TypeCounts& counts) {
    json.field("numModels", counts.models).field("numDatasets", counts.datasets).field("numSpaces", counts.spaces);
    json.field("numFollowers", 0);
}

}  // namespace

Result<http::Response> user_overview(Call& call) {
    TRY(const auto profile, hub::load_profile(call.hub, call.principal, call.value("name"), OwnerKind::kUser));
    const auto& user = profile.owner;
    JsonWriter json;
    json.object().field("_id", public_id(user.id)).field("user", user.name).field("fullname", user.fullname);
    json.field("type", "user").field("isPro", false).field("isFollowing", false).field("numFollowing", 0);
    json.field("avatarUrl", avatar_url(call, user)).field("createdAt", to_iso8601(user.created));
    write_words(json, user);
    write_counts(json, profile.counts);
    json.array("orgs");
    for (const auto& [org, role] : profile.memberships) {
        json.object().field("id", public_id(org.id)).field("name", org.name).field("fullname", org.fullname);
        json.field("avatarUrl", avatar_url(call, org)).end();
    }
    return json_response(std::move(json));
}

Result<http::Response> organization_overview(Call& call) {
    TRY(const auto profile, hub::load_profile(call.hub, call.principal, call.value("name"), OwnerKind::kOrganization));
    const auto& org = profile.owner;
    JsonWriter json;
    json.object().field("_id", public_id(org.id)).field("name", org.name).field("fullname", org.fullname);
    json.field("type", "org").field("avatarUrl", avatar_url(call, org)).field("isVerified", false);
    json.field("isFollowing", false).field("isEnterprise", false).field("numUsers", profile.memberships.size());
    write_words(json, org);
    write_counts(json, profile.counts);
    return json_response(std::move(json));
}

Result<http::Response> organization_members(Call& call) {
    TRY(const auto members, hub::list_members(call.hub, std::string(call.value("name"))));
    JsonWriter json;
    json.array();
    for (const auto& member : members) write_member(json, call, member);
    return json_response(std::move(json));
}

}  // namespace mirfa::api
