// SPDX-License-Identifier: Apache-2.0
// /api/settings/profile, avatar, password and sessions: one's own account.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/own_profile.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

Result<http::Response> profile_answer(const Call& call) {
    TRY(const auto account, hub::load_own_account(call.hub, call.principal));
    const auto& owner = account.user.owner;
    JsonWriter json;
    json.object().field("name", owner.name).field("fullname", owner.fullname).field("email", account.user.email);
    json.field("bio", owner.bio).field("homepage", owner.homepage).field("avatarUrl", avatar_url(call, owner));
    json.field("hasAvatar", owner.avatar != 0).field("isAdmin", account.user.is_admin);
    json.field("createdAt", to_iso8601(owner.created));
    return private_json(std::move(json));
}

}  // namespace

Result<http::Response> profile_show(Call& call) { return profile_answer(call); }

Result<http::Response> profile_change(Call& call) {
    TRY(const auto body, json_body(call));
    hub::ProfileChange change;
    TRY(change.fullname, optional_text(body, "fullname"));
    TRY(change.bio, optional_text(body, "bio"));
    TRY(change.homepage, optional_text(body, "homepage"));
    TRY(const auto email, optional_text(body, "email"));
    TRY(const auto password, optional_text(body, "password"));
    TRY(hub::change_own_profile(call.hub, self(call), call.principal.user, change, email, Secret(password.value_or(""))));
    return profile_answer(call);
}

Result<http::Response> avatar_put(Call& call) {
    TRY(hub::set_avatar(call.hub, self(call), call.principal.user, as_bytes(call.request.body)));
    return profile_answer(call);
}

Result<http::Response> avatar_delete(Call& call) {
    TRY(hub::remove_avatar(call.hub, self(call), call.principal.user));
    return profile_answer(call);
}

Result<http::Response> password_change(Call& call) {
    TRY(const auto body, json_body(call));
    TRY(const auto old_one, format::need_string(body, "old"));
    TRY(const auto new_one, format::need_string(body, "new"));
    TRY(hub::change_password(call.hub, self(call), call.principal.user, Secret(old_one), Secret(new_one)));
    // Every session has ended with that; this browser goes on in a new one.
    TRY(const auto user, hub::load_user(call.hub, call.principal.name));
    TRY(const auto begun, hub::start_session(call.hub, user, call.request.remote_address, agent_of(call)));
    return begun_session_answer(call, begun, 200);
}

Result<http::Response> sessions_list(Call& call) {
    TRY(const auto sessions, hub::list_sessions(call.hub, call.principal));
    JsonWriter json;
    json.array();
    for (const auto& session : sessions) {
        json.object().field("id", session.id).field("agent", session.agent).field("createdAt", to_iso8601(session.created));
        json.field("expiresAt", to_iso8601(session.expires)).field("current", session.is_current).end();
    }
    return private_json(std::move(json));
}

Result<http::Response> session_delete(Call& call) {
    TRY(hub::end_session(call.hub, call.principal, call.value("session"), call.request.remote_address));
    return empty_json_response();
}

}  // namespace mirfa::api
