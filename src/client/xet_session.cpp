// SPDX-License-Identifier: Apache-2.0
#include "client/xet_session.h"

#include "base/clock.h"
#include "base/percent.h"
#include "client/tree.h"
#include "fetch/url.h"
#include "format/json_reader.h"

namespace mirfa::client {

XetTokens::XetTokens(Hub& hub, RepoId repo, std::string revision, Right right, bool create_pr)
    : hub_(hub), repo_(std::move(repo)), revision_(std::move(revision)), right_(right), create_pr_(create_pr) {}

Result<XetAccess> XetTokens::get() {
    const std::lock_guard lock(mutex_);
    if (access_.expires - 60 <= system_clock().now() / 1000) {
        TRY(access_, ask());
    }
    return access_;
}

Result<XetAccess> XetTokens::ask() {
    fetch::Request request;
    request.url = hub_.url(api_path(repo_) + (right_ == Right::kRead ? "/xet-read-token/" : "/xet-write-token/") +
                           percent_encode(revision_) + (create_pr_ ? "?create_pr=1" : ""));
    TRY(const auto answer, hub_.ask(std::move(request), true));
    if (!answer.ok()) {
        auto error = hub_error(answer, title_of(repo_));
        // A hub without Xet has no such route, and says no more about it.
        const bool no_route = answer.status == 404 && error.reason == Reason::kNone;
        if (no_route || answer.status == 501) error.code = Code::kUnsupported;
        return error;
    }
    TRY(const auto json, format::parse_json(answer.body));
    XetAccess access;
    TRY(access.cas_url, format::need_string(json, "casUrl"));
    TRY(auto token, format::need_string(json, "accessToken"));
    TRY(access.expires, format::need_int(json, "exp"));
    TRY(fetch::origin_of(access.cas_url));
    access.token = Secret(std::move(token));
    return access;
}

Result<fetch::Request> cas_request(XetTokens& tokens, std::string method, std::string_view path) {
    TRY(const auto access, tokens.get());
    fetch::Request request;
    request.method = std::move(method);
    request.url = access.cas_url + std::string(path);
    request.authorization = Secret("Bearer " + access.token.reveal());
    request.limits.connect = std::chrono::seconds(60);
    request.limits.idle = std::chrono::seconds(300);
    return request;
}

}  // namespace mirfa::client
