// SPDX-License-Identifier: Apache-2.0
// the same three values in the headers (read by downloads) and in the body (read by uploads).
#include "api/operations.h"
#include "hub/xet/cas_tokens.h"

namespace mirfa::api {
namespace {

Result<http::Response> grant(Call& call, bool write) {
    TRY(const auto made, hub::grant_cas(call.hub, call.repository(), call.principal, write));
    format::JsonWriter json;
    json.object().field("casUrl", made.cas_url).field("exp", made.expires).field("accessToken", made.token);
    auto response = json_response(std::move(json));
    response.headers.set("X-Xet-Cas-Url", made.cas_url);
    response.headers.set("X-Xet-Access-Token", made.token);
    response.headers.set("X-Xet-Token-Expiration", std::to_string(made.expires));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

}  // namespace

/// Large files come out of the chunk store, which knows chunks and no downloads: who asks for the token takes them.
Result<http::Response> xet_read_token(Call& call) {
    TRY(auto response, grant(call, false));
    call.is_download = call.request.verb == http::Verb::kGet;
    return response;
}

/// Adding to an open pull request needs no more than opening one; the commit decides who may add to which.
Result<http::Response> xet_write_token(Call& call) {
    std::string revision(call.value("rev"));
    for (const auto& part : call.path.rest) revision += (revision.empty() ? "" : "/") + part;
    const bool proposal = call.query.is_true("create_pr") || revision.starts_with("refs/pr/");
    TRY(call.repo, require_repository(call, proposal ? hub::Action::kPropose : hub::Action::kWrite));
    return grant(call, true);
}

}  // namespace mirfa::api
