// SPDX-License-Identifier: Apache-2.0
// /api/admin/users: accounts, for administrators of the hub.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "base/ascii.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

constexpr std::size_t kLongestSearch = 254;

/// The members of a user; the object is open and stays so.
void write_user(JsonWriter& json, const Call& call, const catalog::User& user) {
    const auto& owner = user.owner;
    json.field("name", owner.name).field("fullname", owner.fullname).field("email", user.email);
    json.field("isAdmin", user.is_admin).field("disabled", user.disabled).field("createdAt", to_iso8601(owner.created));
    json.field("avatarUrl", avatar_url(call, owner));
}

http::Response user_answer(const Call& call, const catalog::User& user, int status = 200) {
    JsonWriter json;
    json.object();
    write_user(json, call, user);
    return private_json(std::move(json), status);
}

}  // namespace

Result<http::Response> admin_users(Call& call) {
    const auto limit = static_cast<int>(call.query.number("limit", 100, 1, 1000));
    const auto search = call.query.find("search").value_or("").substr(0, kLongestSearch);
    TRY(const auto users, hub::list_users(call.hub, call.query.find("cursor").value_or(""), limit, search));
    JsonWriter json;
    json.array();
    for (const auto& user : users) {
        json.object();
        write_user(json, call, user);
        json.end();
    }
    auto response = private_json(std::move(json));
    if (users.size() == static_cast<std::size_t>(limit)) add_next_link(response, call, users.back().owner.name);
    return response;
}

Result<http::Response> admin_user_create(Call& call) {
    TRY(const auto body, json_body(call));
    TRY(auto wanted, new_user_in(body));
    TRY(const auto is_admin, optional_flag(body, "isAdmin"));
    wanted.is_admin = is_admin.value_or(false);
    TRY(const auto user, hub::create_user(call.hub, self(call), wanted));
    return user_answer(call, user, 201);
}

Result<http::Response> admin_user_change(Call& call) {
    TRY(const auto body, json_body(call));
    hub::UserChange change;
    TRY(change.is_admin, optional_flag(body, "isAdmin"));
    TRY(change.disabled, optional_flag(body, "disabled"));
    TRY(auto password, optional_text(body, "password"));
    if (password) change.password = Secret(std::move(*password));
    TRY(const auto user, hub::change_user(call.hub, self(call), std::string(call.value("name")), change));
    return user_answer(call, user);
}

Result<http::Response> admin_user_delete(Call& call) {
    const std::string name(call.value("name"));
    if (ascii_iequals(name, call.principal.name))
        return Error{Code::kConflict, "You cannot delete your own account.", Reason::kOwnAccount};
    TRY(hub::delete_user(call.hub, self(call), name));
    return empty_json_response();
}

}  // namespace mirfa::api
