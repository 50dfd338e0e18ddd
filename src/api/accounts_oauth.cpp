// SPDX-License-Identifier: Apache-2.0
// the device flow of `hf auth login` and the refresh of its tokens. The errors are those of RFC 6749 5.2,
// which have a form of their own.
#include "api/operations.h"
#include "hub/accounts/device_flow.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

constexpr std::string_view kDeviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

http::Response not_to_be_kept(http::Response response) {
    response.headers.set("Cache-Control", "no-store");
    return response;
}

http::Response oauth_error(int status, std::string_view error, std::string_view description) {
    JsonWriter json;
    json.object().field("error", error).field("error_description", description);
    return not_to_be_kept(json_response(std::move(json), status));
}

http::Response answer(const hub::GrantOrError& outcome) {
    if (const auto* error = std::get_if<hub::OAuthError>(&outcome)) {
        const int status = *error == hub::OAuthError::kInvalidClient ? 401 : 400;
        return oauth_error(status, hub::name_of(*error), hub::describe(*error));
    }
    const auto& grant = std::get<hub::TokenGrant>(outcome);
    JsonWriter json;
    json.object().field("access_token", grant.access_token.reveal()).field("token_type", "bearer");
    json.field("expires_in", grant.expires_in.count()).field("refresh_token", grant.refresh_token.reveal());
    json.field("scope", "openid profile email read-repos write-repos manage-repos");
    return not_to_be_kept(json_response(std::move(json)));
}

}  // namespace

Result<http::Response> oauth_device(Call& call) {
    TRY(const auto form, form_body(call));
    const auto begun = hub::begin_device_flow(call.hub, form.find("client_id").value_or(""));
    if (!begun.has_value() && begun.error().code == Code::kUnauthenticated) return answer(hub::OAuthError::kInvalidClient);
    TRY(const auto codes, begun);
    JsonWriter json;
    json.object().field("device_code", codes.device_code.reveal()).field("user_code", codes.user_code);
    json.field("verification_uri", call.url("/device"));
    json.field("verification_uri_complete", call.url("/device?code=" + codes.user_code));
    json.field("interval", codes.interval.count()).field("expires_in", codes.expires_in.count());
    return not_to_be_kept(json_response(std::move(json)));
}

Result<http::Response> oauth_token(Call& call) {
    if (call.request.headers.get("Content-Type").starts_with("application/json"))
        return oauth_error(400, "unsupported_grant_type", "This hub exchanges no identity tokens. Use an access token.");
    TRY(const auto form, form_body(call));
    const auto field = [&](std::string_view name) { return form.find(name).value_or(""); };
    const auto grant_type = field("grant_type");
    if (grant_type == kDeviceGrant) {
        TRY(const auto outcome,
            hub::poll_device_flow(call.hub, field("device_code"), field("client_id"), call.request.remote_address));
        return answer(outcome);
    }
    if (grant_type == "refresh_token") {
        TRY(const auto outcome, hub::refresh_grant(call.hub, field("refresh_token"), field("client_id")));
        return answer(outcome);
    }
    return oauth_error(400, "unsupported_grant_type", "Take the device code or the refresh token grant.");
}

}  // namespace mirfa::api
