// SPDX-License-Identifier: Apache-2.0
// /api/session, /api/signup and /api/setup: how a browser gets a session and ends it. What begins one must come from a page
// of ours (require_same_site): no other site may sign its visitors in here as somebody of its choice.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "api/same_site.h"
#include "api/session_cookie.h"
#include "hub/accounts/first_admin.h"
#include "hub/accounts/sign_up.h"

namespace mirfa::api {
namespace {

Result<http::Response> begin_session(const Call& call, const catalog::User& user) {
    TRY(const auto begun, hub::start_session(call.hub, user, call.request.remote_address, agent_of(call)));
    return begun_session_answer(call, begun, 201);
}

}  // namespace

Result<http::Response> session_show(Call& call) { return session_answer(call, call.principal); }

Result<http::Response> session_begin(Call& call) {
    TRY(require_same_site(call.request, call.hub.options));
    TRY(const auto body, json_body(call));
    TRY(const auto login, format::need_string(body, "login"));
    TRY(const auto password, format::need_string(body, "password"));
    TRY(const auto begun, hub::sign_in(call.hub, {login, Secret(password), call.request.remote_address, agent_of(call)}));
    return begun_session_answer(call, begun, 200);
}

Result<http::Response> session_end(Call& call) {
    TRY(hub::sign_out(call.hub, call.principal, call.request.remote_address));
    auto response = empty_json_response();
    clear_session_cookie(call, response);
    return response;
}

Result<http::Response> sign_up(Call& call) {
    TRY(require_same_site(call.request, call.hub.options));
    TRY(const auto body, json_body(call));
    TRY(const auto wanted, new_user_in(body));
    TRY(const auto invitation, optional_text(body, "invitation"));
    TRY(const auto made, hub::sign_up(call.hub, wanted, invitation.value_or(""), call.request.remote_address));
    return begin_session(call, made);
}

Result<http::Response> setup_show(Call& call) {
    TRY(const bool open, hub::is_setup_open(call.hub, call.value("secret")));
    format::JsonWriter json;
    json.object().field("open", open);
    return private_json(std::move(json));
}

Result<http::Response> setup_complete(Call& call) {
    TRY(require_same_site(call.request, call.hub.options));
    TRY(const auto body, json_body(call));
    TRY(const auto wanted, new_user_in(body));
    TRY(const auto made, hub::complete_setup(call.hub, call.value("secret"), wanted, call.request.remote_address));
    return begin_session(call, made);
}

}  // namespace mirfa::api
