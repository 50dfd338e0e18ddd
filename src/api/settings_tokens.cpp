// SPDX-License-Identifier: Apache-2.0
// /api/settings/tokens: one's own access tokens. The text of one stands in the answer to its making and nowhere else.
#include <boost/json/serialize.hpp>

#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/tokens.h"

namespace mirfa::api {
namespace {

using catalog::TokenRole;
using format::JsonWriter;

void write_time(JsonWriter& json, std::string_view key, const std::optional<UnixMillis>& time) {
    if (time)
        json.field(key, to_iso8601(*time));
    else
        json.null(key);
}

/// The members of a token; the object is open and stays so.
void write_token(JsonWriter& json, const catalog::AccessToken& token) {
    json.field("id", public_id(token.id)).field("name", token.name).field("role", hub::name_of(token.role));
    json.field("createdAt", to_iso8601(token.created));
    write_time(json, "lastUsedAt", token.last_used);
    write_time(json, "expiresAt", token.expires);
    if (token.role == TokenRole::kFineGrained) json.raw("fineGrained", token.scopes);
}

/// `{"scoped": […]}` as whoami writes it.
Result<std::vector<hub::Scope>> scopes_in(const boost::json::value& body) {
    const auto* fine = format::find_member(body, "fineGrained");
    if (fine == nullptr || fine->is_null()) return std::vector<hub::Scope>{};
    auto scopes = hub::parse_scopes(boost::json::serialize(*fine));
    if (scopes.has_value()) return scopes;
    auto error = std::move(scopes).error();
    error.reason = Reason::kScopesInvalid;
    error.field = "fineGrained";
    return error;
}

Result<std::optional<UnixMillis>> expiry_in(const boost::json::value& body) {
    TRY(const auto text, optional_text(body, "expiresAt"));
    if (!text) return std::optional<UnixMillis>{};
    const auto time = parse_iso8601(*text);
    if (time.has_value()) return std::optional<UnixMillis>(time.value());
    return Error{Code::kInvalidArgument, "Write the time as 2030-01-31T00:00:00Z.", Reason::kDateInvalid, "", "expiresAt"};
}

}  // namespace

Result<http::Response> tokens_list(Call& call) {
    TRY(const auto tokens, hub::list_tokens(call.hub, call.principal.user));
    JsonWriter json;
    json.array();
    for (const auto& token : tokens) {
        json.object();
        write_token(json, token);
        json.end();
    }
    return private_json(std::move(json));
}

Result<http::Response> token_create(Call& call) {
    TRY(const auto body, json_body(call));
    hub::NewToken wanted;
    TRY(wanted.name, format::need_string(body, "name"));
    TRY(const auto role, format::need_string(body, "role"));
    TRY(wanted.role, hub::parse_token_role(role));
    TRY(wanted.scopes, scopes_in(body));
    TRY(wanted.expires, expiry_in(body));
    TRY(const auto made, hub::create_token(call.hub, self(call), call.principal.user, wanted));
    JsonWriter json;
    json.object().field("token", made.text.reveal());
    write_token(json, made.row);
    return private_json(std::move(json), 201);
}

Result<http::Response> token_delete(Call& call) {
    const auto id = row_id_of(call.value("token"));
    TRY(hub::revoke_token(call.hub, self(call), call.principal.user, id.value_or(0)));
    return empty_json_response();
}

}  // namespace mirfa::api
