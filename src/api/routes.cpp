// SPDX-License-Identifier: Apache-2.0
// Every route of the API: one row each. Behaviour is in the files named after the operations.
#include "api/route.h"

namespace mirfa::api {
namespace {

using enum http::Verb;

constexpr Route kRoutes[] = {
    {kGet, "/api/agent-harnesses", [](Call&) -> Result<http::Response> {
        return text_response(200, "application/json; charset=utf-8", R"({"standardEnvVars":[],"harnesses":{}})");
    }, Access::kOpen},
};

}  // namespace

std::span<const Route> api_routes() { return kRoutes; }

}  // namespace mirfa::api
