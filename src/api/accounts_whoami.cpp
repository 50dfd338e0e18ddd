// SPDX-License-Identifier: Apache-2.0
// who the token belongs to. Clients index `orgs` and `auth` without asking whether they are there.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/tokens.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

void write_organization(JsonWriter& json, const Call& call, const catalog::Membership& membership) {
    const auto& org = membership.owner;
    json.object().field("type", "org").field("id", public_id(org.id)).field("name", org.name);
    json.field("fullname", org.fullname).null("email").field("canPay", false).null("periodEnd").field("isEnterprise", false);
    json.field("avatarUrl", avatar_url(call, org)).field("roleInOrg", hub::name_of(membership.role)).end();
}

void write_auth(JsonWriter& json, const std::optional<catalog::AccessToken>& token) {
    json.object("auth").field("type", token ? "access_token" : "session");
    if (token) {
        if (token->expires) json.field("expiresAt", to_iso8601(*token->expires));
        json.object("accessToken").field("displayName", token->name).field("role", hub::name_of(token->role));
        json.field("createdAt", to_iso8601(token->created));
        if (token->role == catalog::TokenRole::kFineGrained) json.raw("fineGrained", token->scopes);
        json.end();
    }
    json.end();
}

}  // namespace

Result<http::Response> whoami(Call& call) {
    TRY(const auto account, hub::load_own_account(call.hub, call.principal));
    const auto& owner = account.user.owner;
    JsonWriter json;
    json.object().field("type", "user").field("id", public_id(owner.id)).field("name", owner.name);
    json.field("fullname", owner.fullname).field("email", account.user.email).field("emailVerified", true);
    json.field("canPay", false).field("isPro", false).null("periodEnd").field("avatarUrl", avatar_url(call, owner));
    json.array("orgs");
    for (const auto& membership : account.organizations) write_organization(json, call, membership);
    json.end();
    write_auth(json, account.token);
    return json_response(std::move(json));
}

}  // namespace mirfa::api
