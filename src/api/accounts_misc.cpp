// SPDX-License-Identifier: Apache-2.0
// R-7, R-14, R-15: small routes that clients and scanners of leaked tokens call.
#include "api/operations.h"
#include "hub/accounts/tokens.h"

namespace mirfa::api {
namespace {

constexpr std::size_t kMostCredentials = 1000;

}  // namespace

Result<http::Response> revoke_credentials(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(const auto* credentials, format::need_array(json, "credentials"));
    if (credentials->size() > kMostCredentials)
        return Error{Code::kInvalidArgument, "At most 1,000 credentials can be reported at once."};
    std::vector<std::string> texts;
    for (const auto& item : *credentials)
        if (item.is_string()) texts.emplace_back(item.get_string());
    TRY(hub::revoke_leaked(call.hub, hub::actor_of(call.principal, call.request.remote_address), texts));
    return text_response(202, "application/json; charset=utf-8", "{}");  // the same whether there was such a token or not
}

Result<http::Response> agent_harnesses(Call&) {
    return text_response(200, "application/json; charset=utf-8", R"({"standardEnvVars":[],"harnesses":{}})");
}

Result<http::Response> telemetry(Call&) {
    http::Response nothing;
    nothing.status = 204;
    return nothing;
}

}  // namespace mirfa::api
