// SPDX-License-Identifier: Apache-2.0
// The pipeline of a request. The order matters: credentials are looked at before the repository, so that a bad token is
// told apart from a missing repository; the repository before the handler, so that no handler can forget the check.
#include "api/app.h"

#include <algorithm>

#include "api/errors.h"
#include "api/moved.h"
#include "api/not_built.h"
#include "api/same_site.h"
#include "base/ascii.h"
#include "base/percent.h"
#include "hub/repos/counters.h"

namespace mirfa::api {
namespace {

using hub::Action;

constexpr std::uint64_t kLargeBody = 32u << 20;
constexpr std::uint64_t kSmallBody = 4u << 20;
constexpr std::uint64_t kPictureBody = 1u << 20;
constexpr std::uint64_t kTinyBody = 64u << 10;  // some clients send an empty object where none is needed

/// Of a route that proposes or writes: what goes to a pull request only proposes.
bool is_proposal(const PathParts& path, const Parameters& query) {
    const bool to_pull_request = !path.rest.empty() && (path.rest[0].starts_with("refs/pr/") ||
                                                        (path.rest.size() > 1 && path.rest[0] == "refs" && path.rest[1] == "pr"));
    return to_pull_request || query.is_true("create_pr");
}

std::optional<Action> action_of(Access access, const PathParts& path, const Parameters& query) {
    switch (access) {
        case Access::kSeeInfo: return Action::kSeeInfo;
        case Access::kReadContent: return Action::kReadContent;
        case Access::kPropose: return Action::kPropose;
        case Access::kWrite: return Action::kWrite;
        case Access::kAdminister: return Action::kAdminister;
        case Access::kWriteOrPropose: return is_proposal(path, query) ? Action::kPropose : Action::kWrite;
        case Access::kOpen:
        case Access::kUser:
        case Access::kSession:
        case Access::kByUse:
        case Access::kCas:
        case Access::kAdminOnly: return std::nullopt;
    }
    return std::nullopt;
}

std::uint64_t body_limit(const Route& route, const hub::HubOptions& options) {
    switch (route.body) {
        case Body::kNone:
        case Body::kForm: return kTinyBody;
        case Body::kSmallJson: return kSmallBody;
        case Body::kLargeJson: return kLargeBody;
        case Body::kPicture: return kPictureBody;
        case Body::kStream: return route.max_body != 0 ? route.max_body : options.commit_body_limit;
    }
    return kTinyBody;
}

bool is_safe(http::Verb verb) { return verb == http::Verb::kGet || verb == http::Verb::kHead || verb == http::Verb::kOptions; }

/// Browsers send cookies along with whatever another site makes them send; so a cookie opens a write only when the
/// request comes from our own pages and knows the token that only they can read.
Result<void> check_csrf(const http::Request& request, const hub::Principal& who, const hub::HubOptions& options) {
    if (who.kind != hub::PrincipalKind::kSession || is_safe(request.verb)) return ok();
    TRY(require_same_site(request, options));
    const auto expected = hub::csrf_token(who.session);
    const auto is_expected = [&](std::string_view given) { return equal_in_constant_time(as_bytes(given), as_bytes(expected)); };
    if (is_expected(request.headers.get("X-CSRF-Token"))) return ok();
    auto form = parse_query(request.headers.get("Content-Type").starts_with("application/x-www-form-urlencoded")
                                ? std::string_view(request.body)
                                : std::string_view{});
    if (form.has_value() && is_expected(Parameters(form.value()).find("csrf").value_or(""))) return ok();
    return Error{Code::kForbidden, "The page is out of date. Reload it and try again.", Reason::kPageOutdated};
}

/// For the kinds of access that look at no repository.
Result<void> check_person(Access access, const hub::Principal& who, http::Verb verb) {
    if (access == Access::kUser) return hub::require_user(who);
    if (access == Access::kSession) return hub::require_session(who);
    if (access != Access::kAdminOnly) return ok();
    TRY(hub::require_user(who));
    if (!who.is_admin) return Error{Code::kForbidden, "Only an administrator of this hub may do this."};
    return is_safe(verb) ? ok() : hub::require_session(who);
}

void add_common_headers(http::Response& response) {
    auto& headers = response.headers;
    if (!headers.has("X-Content-Type-Options")) headers.set("X-Content-Type-Options", "nosniff");
    headers.set("Access-Control-Allow-Origin", "*");
    headers.set("Access-Control-Expose-Headers",
                "X-Repo-Commit, X-Request-Id, X-Error-Code, X-Error-Message, X-Total-Count, ETag, Link, Accept-Ranges, "
                "Content-Range, Content-Length, Content-Disposition, Location, X-Linked-Size, X-Linked-Etag, X-Xet-Hash, "
                "X-Xet-Access-Token, X-Xet-Token-Expiration, X-Xet-Refresh-Route, X-Xet-Cas-Url");
}

/// Any header may be sent: nothing that a browser adds by itself opens anything here.
http::Response preflight(const http::Request& request) {
    http::Response response;
    response.status = 204;
    response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
    const auto asked = request.headers.get("Access-Control-Request-Headers");
    response.headers.set("Access-Control-Allow-Headers",
                         asked.empty() ? "Authorization, Content-Type, Range" : std::string(asked));
    response.headers.set("Vary", "Access-Control-Request-Headers");
    response.headers.set("Access-Control-Max-Age", "86400");
    add_common_headers(response);
    return response;
}

/// Puts the common headers, and for the log who asked, on what a receiver answers.
class WithCommonHeaders final : public http::BodyReceiver {
public:
    WithCommonHeaders(std::unique_ptr<http::BodyReceiver> inner, std::string principal)
        : inner_(std::move(inner)), principal_(std::move(principal)) {}
    Result<void> receive(ByteView bytes) override { return inner_->receive(bytes); }
    http::Response finish() override {
        auto response = inner_->finish();
        response.log_principal = principal_;
        add_common_headers(response);
        return response;
    }

private:
    std::unique_ptr<http::BodyReceiver> inner_;
    std::string principal_;
};

http::Response redirect_to(std::string location) {
    auto response = text_response(307, "application/json; charset=utf-8", "{}");
    response.headers.set("Location", std::move(location));
    return response;
}

WorkerPool& pool_of(const Pools& pools, Work work) {
    switch (work) {
        case Work::kCatalog: return pools.catalog;
        case Work::kDisk: return pools.disk;
        case Work::kHash: return pools.hash;
        case Work::kGit: return pools.git;
    }
    return pools.catalog;
}

/// Repositories of one segment (`gpt2`) exist on the hosted hub; clients asking for one must hear that it is not here.
bool names_one_segment_repository(std::string_view path) {
    const auto parts = split(path.substr(1), '/');
    if (parts.size() < 3) return false;
    if (parts[0] != "api") {
        const auto verb = parts[type_of_plural(parts[0]) ? 2 : 1];
        return verb == "resolve" || verb == "raw";
    }
    if (!type_of_plural(parts[1])) return false;
    constexpr std::string_view kBelow[] = {"revision",        "tree",        "refs",   "commits", "paths-info", "xet-read-token",
                                           "xet-write-token", "preupload",   "commit", "branch",  "tag",        "treesize",
                                           "auth-check",      "super-squash"};
    return parts.size() == 3 || std::find(std::begin(kBelow), std::end(kBelow), parts[3]) != std::end(kBelow);
}

Error no_such_page(std::string_view path, bool other_verb) {
    if (auto missing = find_not_built(path)) return std::move(*missing);
    if (other_verb) return Error{Code::kInvalidArgument, "This address does not take this method."};
    return Error{Code::kNotFound, "There is nothing at this address. Check it for a typing error."};
}

}  // namespace

HubApp::HubApp(hub::Hub& hub, Pools pools, Authenticate authenticate, Finished finished, TokenUsed token_used)
    : hub_(hub),
      pools_(pools),
      authenticate_(std::move(authenticate)),
      finished_(std::move(finished)),
      prefix_(path_of_url(hub.options.public_url)),
      token_used_(std::move(token_used)) {
    router_.add(api_routes());
}

std::string_view HubApp::local_path(std::string_view path) const { return api::local_path(path, prefix_); }

/// An answer that was given before and is still right; null when there is none.
AnswerCache::Kept HubApp::find_kept(const http::Request& head) {
    if (!token_used_) return nullptr;
    const auto key = AnswerCache::key_of(head);
    auto kept = key ? answers_.find(*key) : nullptr;
    if (!kept || hub_.catalog.version() != kept->version) return nullptr;
    if (kept->expires && *kept->expires <= hub_.clock.now()) return nullptr;
    if (kept->token != 0) token_used_(kept->token);
    if (kept->downloaded != 0)
        hub_.counters.count_download(kept->downloaded, {kept->user, head.remote_address}, hub_.clock.now());
    return kept;
}

void HubApp::keep(const http::Request& request, std::int64_t version, const Call& call, const http::Response& response) {
    if (response.status != 200 && response.status != 404) return;
    auto key = AnswerCache::key_of(request);
    auto copy = copy_of(response);
    if (!key || !copy) return;
    answers_.keep(std::move(*key), {std::move(*copy), version, call.principal.token, call.principal.expires,
                                    call.is_download ? call.repository().id : 0, call.principal.user});
}

http::Plan HubApp::plan(const http::Request& head) {
    http::Plan plan;
    if (const auto kept = find_kept(head)) {
        plan.ready = std::shared_ptr<const http::Response>(kept, &kept->response);
        return plan;
    }
    plan.pool = &pools_.catalog;
    if (head.verb == http::Verb::kOptions) {
        plan.max_body = kTinyBody;
        plan.handle = [](http::Request& request) { return preflight(request); };
        return plan;
    }
    auto matched = router_.match(head.verb, local_path(head.path));
    if (!matched.has_value() || matched.value().route == nullptr) {
        const auto local = local_path(head.path);
        const Error error = matched.has_value() ? no_such_page(local, matched.value().other_verb) : matched.error();
        const bool no_repository = matched.has_value() && error.reason == Reason::kNone && names_one_segment_repository(local);
        const auto refusal = [this, no_repository, error](const http::Request& request) {
            if (!no_repository) return error;
            const auto who = authenticate_(request);
            return who.has_value() ? hub::repo_not_found(who.value()) : who.error();
        };
        plan.max_body = kSmallBody;
        plan.handle = [this, refusal](http::Request& request) { return refuse(request, refusal(request)); };
        plan.admit = [refusal](http::Request& request) -> Result<void> { return refusal(request); };
        return plan;
    }
    auto match = std::make_shared<Router::Match>(std::move(matched).value());
    const Route& route = *match->route;
    plan.pool = &pool_of(pools_, route.work);
    plan.max_body = body_limit(route, hub_.options);
    if (route.body != Body::kStream) {
        plan.handle = [this, match](http::Request& request) { return handle(request, *match); };
        plan.admit = [this, match](http::Request& request) -> Result<void> {
            TRY(prepare(request, *match));
            return ok();
        };
        return plan;
    }
    plan.receive = [this, match](http::Request& request) -> Result<std::unique_ptr<http::BodyReceiver>> {
        TRY(auto prepared, prepare(request, *match));
        auto label = prepared.call.principal.label();
        // No redirects here: the handlers of these routes find their repository themselves, under its old names too.
        TRY(auto receiver, match->route->receive(std::move(prepared.call)));
        return std::unique_ptr<http::BodyReceiver>(new WithCommonHeaders(std::move(receiver), std::move(label)));
    };
    return plan;
}

Result<HubApp::Prepared> HubApp::prepare(http::Request& request, const Router::Match& match) {
    TRY(auto pairs, parse_query(request.query));
    Prepared prepared{Call{hub_, request, {}, match.path, Parameters(std::move(pairs)), std::nullopt}, ""};
    Call& call = prepared.call;
    const Route& route = *match.route;
    if (route.access == Access::kCas) return prepared;  // its tokens are of another kind; the handler opens them
    TRY(call.principal, authenticate_(request));
    TRY(check_csrf(request, call.principal, hub_.options));
    TRY(check_person(route.access, call.principal, request.verb));
    const auto action = action_of(route.access, call.path, call.query);
    if (!action) return prepared;
    TRY(auto found, hub_.catalog.read([&](catalog::Session& s) {
        return hub::find_permitted(s, call.principal, call.path.type, call.path.owner, call.path.name, *action);
    }));
    if (found.moved) {
        prepared.moved_to = prefix_ + with_new_name(local_path(request.path), call.path, found.repo.full_name());
        if (!request.query.empty()) prepared.moved_to += "?" + request.query;
    }
    call.repo = std::move(found.repo);
    return prepared;
}

http::Response HubApp::handle(http::Request& request, const Router::Match& match) {
    // Before anything is read: what changes from here on makes the answer one that is not given again.
    std::optional<std::int64_t> version;
    if (token_used_ && match.route->reuse == Reuse::kWhileUnchanged) version = hub_.catalog.version();
    auto prepared = prepare(request, match);
    if (!prepared.has_value()) return refuse(request, prepared.error());
    http::Response response;
    auto& [call, moved_to] = prepared.value();
    call.ask = [this, &request](std::string_view target) { return answer_inside(request, target); };
    const bool moved = !moved_to.empty();
    if (moved) {
        response = redirect_to(std::move(moved_to));
    } else {
        auto made = match.route->handle(call);
        response = made.has_value() ? std::move(made).value() : refusal(request, made.error(), match.route->errors, {prefix_});
    }
    // Octets of files come from the disk, and must not keep those waiting who only ask the catalog.
    if (response.stream != nullptr && match.route->work == Work::kCatalog) response.pool = &pools_.disk;
    response.log_principal = call.principal.label();
    add_common_headers(response);
    if (call.is_download)
        hub_.counters.count_download(call.repository().id, {call.principal.user, request.remote_address}, hub_.clock.now());
    if (version && !moved) keep(request, *version, call, response);
    return response;
}

http::Response HubApp::refusal(const http::Request& request, const Error& error, ErrorStyle style, const PageFrame& frame) const {
    if (style != ErrorStyle::kPage || error_page_ == nullptr) return error_response(error, style, frame);
    return error_page_(hub_.options, request, error);
}

/// Only what an ordinary GET of JSON or of a file's text would be given; the same credentials, the same permission.
http::Response HubApp::answer_inside(const http::Request& outer, std::string_view target) {
    http::Request inner;
    inner.target = target;
    const auto question = target.find('?');
    inner.path = target.substr(0, question);
    if (question != target.npos) inner.query = target.substr(question + 1);
    for (const auto* name : {"Cookie", "Authorization", "User-Agent"})
        if (outer.headers.has(name)) inner.headers.set(name, std::string(outer.headers.get(name)));
    inner.remote_address = outer.remote_address;
    inner.over_tls = outer.over_tls;
    inner.id = outer.id;
    const auto match = router_.match(inner.verb, inner.path);
    if (!match.has_value()) return error_response(match.error(), ErrorStyle::kJson);
    const Route* route = match.value().route;
    if (route == nullptr || route->handle == nullptr || route->errors != ErrorStyle::kJson)
        return error_response(no_such_page(inner.path, false), ErrorStyle::kJson);
    auto prepared = prepare(inner, match.value());
    if (!prepared.has_value()) return error_response(prepared.error(), ErrorStyle::kJson);
    if (!prepared.value().moved_to.empty()) return redirect_to(std::move(prepared.value().moved_to));
    auto made = route->handle(prepared.value().call);
    return made.has_value() ? std::move(made).value() : error_response(made.error(), ErrorStyle::kJson);
}

http::Response HubApp::refuse(const http::Request& head, const Error& error) {
    const auto matched = router_.match(head.verb, local_path(head.path));
    const bool known = matched.has_value() && matched.value().route != nullptr;
    const bool browser = head.headers.get("Accept").starts_with("text/html");
    const auto style = known ? matched.value().route->errors : browser ? ErrorStyle::kPage : ErrorStyle::kJson;
    std::string here(is_safe(head.verb) ? local_path(head.path) : "");
    if (!here.empty() && !head.query.empty()) here += "?" + head.query;
    auto response = refusal(head, error, style, {prefix_, here});
    const bool told = error.reason == Reason::kRepoNotFound || error.reason == Reason::kNotBuilt;
    if (matched.has_value() && !known && matched.value().other_verb && !told) {
        response.status = 405;
        response.headers.set("Allow", router_.verbs_at(local_path(head.path)));
    }
    add_common_headers(response);
    return response;
}

void HubApp::finished(const http::Request& head, int status, std::uint64_t sent_octets, double seconds,
                      std::string_view principal, std::string_view detail) {
    if (finished_) finished_(head, status, sent_octets, seconds, principal, detail);
}

}  // namespace mirfa::api
