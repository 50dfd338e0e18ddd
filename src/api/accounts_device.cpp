// SPDX-License-Identifier: Apache-2.0
// /api/device: where somebody who is signed in lets a program without a browser in (RFC 8628). Everything a thief of a
// token wants is here, so that only a browser session may.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/device_flow.h"

namespace mirfa::api {

Result<http::Response> device_show(Call& call) {
    TRY(const auto request, hub::find_device_request(call.hub, call.value("user_code")));
    format::JsonWriter json;
    json.object().field("userCode", request.user_code).field("clientName", request.client_name);
    json.field("createdAt", to_iso8601(request.created));
    return private_json(std::move(json));
}

Result<http::Response> device_decide(Call& call) {
    TRY(const auto body, json_body(call));
    TRY(const auto word, format::need_string(body, "decision"));
    if (word != "approve" && word != "deny")
        return Error{Code::kInvalidArgument, "The decision must be approve or deny.", Reason::kNone, "", "decision"};
    const auto decision = word == "approve" ? hub::Decision::kApprove : hub::Decision::kDeny;
    TRY(hub::decide_device_request(call.hub, call.principal, call.value("user_code"), decision, call.request.remote_address));
    format::JsonWriter json;
    json.object().field("decision", word);
    return private_json(std::move(json));
}

}  // namespace mirfa::api
