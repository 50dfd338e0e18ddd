// SPDX-License-Identifier: Apache-2.0
// /api/admin: organisations, storage, who may sign up, and what happened, for administrators of the hub.
#include <algorithm>

#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/overview.h"
#include "hub/accounts/sign_up.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

int limit_of(const Call& call) { return static_cast<int>(call.query.number("limit", 100, 1, 1000)); }

http::Response policy_answer(hub::SignUpPolicy policy) {
    JsonWriter json;
    json.object().field("policy", hub::name_of(policy));
    return private_json(std::move(json));
}

/// The members of an invitation; the object is open and stays so.
void write_invitation(JsonWriter& json, const catalog::Invitation& invitation, UnixMillis now) {
    json.field("id", public_id(invitation.id)).field("note", invitation.note).field("createdBy", invitation.creator);
    json.field("createdAt", to_iso8601(invitation.created)).field("expiresAt", to_iso8601(invitation.expires));
    json.field("uses", invitation.uses).field("maxUses", invitation.max_uses);
    json.field("open", invitation.expires > now && invitation.uses < invitation.max_uses);
}

}  // namespace

Result<http::Response> admin_organizations(Call& call) {
    const auto limit = limit_of(call);
    TRY(const auto orgs, hub::list_organizations(call.hub, call.query.find("cursor").value_or(""), limit));
    JsonWriter json;
    json.array();
    for (const auto& org : orgs) {
        json.object().field("name", org.name).field("fullname", org.fullname).field("createdAt", to_iso8601(org.created));
        json.field("avatarUrl", avatar_url(call, org)).end();
    }
    auto response = private_json(std::move(json));
    if (orgs.size() == static_cast<std::size_t>(limit)) add_next_link(response, call, orgs.back().name);
    return response;
}

Result<http::Response> admin_storage(Call& call) {
    TRY(const auto storage, hub::load_storage(call.hub));
    JsonWriter json;
    json.object().field("logical", storage.totals.logical).field("stored", storage.totals.stored);
    json.field("objects", storage.totals.objects).field("xorbs", storage.totals.xorbs);
    if (storage.free_octets)
        json.field("freeDisk", *storage.free_octets);
    else
        json.null("freeDisk");
    return private_json(std::move(json));
}

Result<http::Response> admin_sign_up(Call& call) {
    TRY(const auto policy, hub::load_sign_up_policy(call.hub));
    return policy_answer(policy);
}

Result<http::Response> admin_sign_up_change(Call& call) {
    TRY(const auto body, json_body(call));
    TRY(const auto word, format::need_string(body, "policy"));
    TRY(const auto policy, hub::parse_sign_up_policy(word));
    TRY(hub::set_sign_up_policy(call.hub, self(call), policy));
    return policy_answer(policy);
}

Result<http::Response> admin_invitations(Call& call) {
    TRY(const auto invitations, hub::list_invitations(call.hub));
    JsonWriter json;
    json.array();
    for (const auto& invitation : invitations) {
        json.object();
        write_invitation(json, invitation, call.hub.clock.now());
        json.end();
    }
    return private_json(std::move(json));
}

Result<http::Response> admin_invitation_create(Call& call) {
    TRY(const auto body, json_body(call));
    hub::NewInvitation wanted;
    TRY(const auto note, optional_text(body, "note"));
    TRY(const auto days, optional_number(body, "days"));
    TRY(const auto uses, optional_number(body, "uses"));
    wanted.note = note.value_or("");
    if (days) wanted.lasts = std::chrono::hours(24) * std::clamp<std::int64_t>(*days, 0, 10'000);
    wanted.max_uses = uses.value_or(wanted.max_uses);
    TRY(const auto made, hub::create_invitation(call.hub, self(call), wanted));
    JsonWriter json;
    json.object().field("secret", made.secret.reveal());
    json.field("url", call.url("/join?invitation=" + made.secret.reveal()));
    write_invitation(json, made.row, call.hub.clock.now());
    return private_json(std::move(json), 201);
}

Result<http::Response> admin_invitation_delete(Call& call) {
    TRY(hub::delete_invitation(call.hub, self(call), row_id_of(call.value("invitation")).value_or(0)));
    return empty_json_response();
}

Result<http::Response> admin_audit(Call& call) {
    const auto limit = limit_of(call);
    const auto before = row_id_of(call.query.find("cursor").value_or(""));
    TRY(const auto events, hub::list_audit(call.hub, limit, before.value_or(INT64_MAX)));
    JsonWriter json;
    json.array();
    for (const auto& event : events) {
        json.object().field("id", public_id(event.id)).field("at", to_iso8601(event.at)).field("actor", event.actor);
        json.field("action", event.action).field("target", event.target).field("address", event.address).end();
    }
    auto response = private_json(std::move(json));
    if (events.size() == static_cast<std::size_t>(limit)) add_next_link(response, call, public_id(events.back().id));
    return response;
}

}  // namespace mirfa::api
