// SPDX-License-Identifier: Apache-2.0
#include "api/accounts_shared.h"

#include "api/session_cookie.h"
#include "hub/accounts/sign_up.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

Error wrong_type(std::string_view key, std::string_view kind) {
    return Error{Code::kInvalidArgument, "The field \"" + std::string(key) + "\" is not " + std::string(kind) + ".",
                 Reason::kFieldMissing, "", std::string(key)};
}

/// null counts as left out.
const boost::json::value* find_given(const boost::json::value& body, std::string_view key) {
    const auto* member = format::find_member(body, key);
    return member == nullptr || member->is_null() ? nullptr : member;
}

void write_user(JsonWriter& json, const Call& call, const hub::OwnAccount& account, const hub::Principal& who) {
    const auto& owner = account.user.owner;
    json.object("user").field("name", owner.name).field("fullname", owner.fullname).field("email", account.user.email);
    json.field("isAdmin", who.is_admin).field("avatarUrl", avatar_url(call, owner)).array("orgs");
    for (const auto& [org, role] : account.organizations) {
        json.object().field("name", org.name).field("fullname", org.fullname).field("role", hub::name_of(role));
        json.field("avatarUrl", avatar_url(call, org)).end();
    }
    json.end().end();
}

}  // namespace

std::string avatar_url(const Call& call, std::string_view owner) { return call.url("/avatars/" + std::string(owner) + ".svg"); }

std::string avatar_url(const Call& call, const catalog::Owner& owner) {
    const auto url = avatar_url(call, owner.name);
    return owner.avatar == 0 ? url : url + "?v=" + public_id(owner.avatar);
}

http::Response private_json(JsonWriter&& json, int status) {
    auto response = json_response(std::move(json), status);
    response.headers.set("Cache-Control", "private, no-store");
    response.headers.set("Vary", "Cookie, Authorization");
    return response;
}

void write_member(JsonWriter& json, const Call& call, const catalog::Membership& membership) {
    const auto& user = membership.owner;
    json.object().field("_id", public_id(user.id)).field("user", user.name).field("fullname", user.fullname);
    json.field("type", "user").field("isPro", false).field("isFollowing", false);
    json.field("avatarUrl", avatar_url(call, user)).field("role", hub::name_of(membership.role)).end();
}

hub::Actor self(const Call& call) { return hub::actor_of(call.principal, call.request.remote_address); }

std::string agent_of(const Call& call) { return std::string(call.request.headers.get("User-Agent")); }

Result<http::Response> session_answer(const Call& call, const hub::Principal& who, int status) {
    TRY(const auto policy, hub::load_sign_up_policy(call.hub));
    JsonWriter json;
    json.object();
    if (who.user == 0) {
        json.null("user");
    } else {
        TRY(const auto account, hub::load_own_account(call.hub, who));
        write_user(json, call, account, who);
    }
    if (who.kind == hub::PrincipalKind::kSession)
        json.field("csrf", hub::csrf_token(who.session));
    else
        json.null("csrf");
    json.field("signUp", hub::name_of(policy));
    json.object("hub").field("url", call.hub.options.public_url).field("version", MIRFA_VERSION);
    return private_json(std::move(json), status);
}

Result<http::Response> begun_session_answer(const Call& call, const hub::SignedIn& begun, int status) {
    TRY(const auto who, hub::find_session(call.hub, begun.cookie.reveal()));
    if (!who) return Error{Code::kConflict, "The session ended while it began. Sign in again."};
    TRY(auto response, session_answer(call, *who, status));
    set_session_cookie(call, response, begun.cookie.reveal());
    return response;
}

Result<std::optional<std::string>> optional_text(const boost::json::value& body, std::string_view key) {
    const auto* member = find_given(body, key);
    if (member == nullptr) return std::optional<std::string>{};
    if (!member->is_string()) return wrong_type(key, "a text");
    return std::optional<std::string>(member->get_string());
}

Result<std::optional<bool>> optional_flag(const boost::json::value& body, std::string_view key) {
    const auto* member = find_given(body, key);
    if (member == nullptr) return std::optional<bool>{};
    if (!member->is_bool()) return wrong_type(key, "true or false");
    return std::optional<bool>(member->get_bool());
}

Result<std::optional<std::int64_t>> optional_number(const boost::json::value& body, std::string_view key) {
    const auto* member = find_given(body, key);
    if (member == nullptr) return std::optional<std::int64_t>{};
    if (!member->is_int64()) return wrong_type(key, "a whole number");
    return std::optional<std::int64_t>(member->get_int64());
}

Result<hub::NewUser> new_user_in(const boost::json::value& body) {
    hub::NewUser wanted;
    TRY(wanted.name, format::need_string(body, "name"));
    TRY(wanted.email, format::need_string(body, "email"));
    TRY(auto password, format::need_string(body, "password"));
    wanted.password = Secret(std::move(password));
    TRY(auto fullname, optional_text(body, "fullname"));
    wanted.fullname = std::move(fullname).value_or("");
    return wanted;
}

}  // namespace mirfa::api
