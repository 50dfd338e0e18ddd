// SPDX-License-Identifier: Apache-2.0
#include "api/session_cookie.h"

#include "hub/accounts/sessions.h"

namespace mirfa::api {
namespace {

std::string cookie_with(const Call& call, std::string_view value, std::int64_t seconds) {
    const auto& public_url = call.hub.options.public_url;
    const auto path = path_of_url(public_url);
    const bool secure = call.request.over_tls || public_url.starts_with("https:");
    return std::string(hub::kSessionCookie) + "=" + std::string(value) + "; Path=" + (path.empty() ? "/" : path) +
           "; Max-Age=" + std::to_string(seconds) + "; HttpOnly; SameSite=Lax" + (secure ? "; Secure" : "");
}

}  // namespace

void set_session_cookie(const Call& call, http::Response& response, std::string_view value) {
    response.headers.set("Set-Cookie", cookie_with(call, value, hub::kSessionLasts / 1000));
}

void clear_session_cookie(const Call& call, http::Response& response) {
    response.headers.set("Set-Cookie", cookie_with(call, "", 0));
}

}  // namespace mirfa::api
