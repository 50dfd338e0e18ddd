// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/answer_cache.h"
#include "api/errors.h"
#include "api/router.h"

namespace mirfa::api {

/// The pools a request may work on.
struct Pools {
    WorkerPool& catalog;
    WorkerPool& disk;
    WorkerPool& hash;
    WorkerPool& git;
};

/// Who a request's credentials stand for; given by `server/`, implemented in hub/accounts.
using Authenticate = std::function<Result<hub::Principal>(const http::Request&)>;
/// Told whenever an answer that needed this token is given without asking Authenticate again.
using TokenUsed = std::function<void(catalog::RowId token)>;
/// Told about every finished request (log and counters).
using Finished = std::function<void(const http::Request&, int status, std::uint64_t octets, double seconds,
                                    std::string_view principal, std::string_view detail)>;

/// The HTTP application: finds the route, says who asks, loads the repository, checks the permission, calls the
/// handler, writes the error.
class HubApp final : public http::App {
public:
    /// Small answers are kept and given again, without leaving the loop thread, when `token_used` is given.
    HubApp(hub::Hub& hub, Pools pools, Authenticate authenticate, Finished finished, TokenUsed token_used = nullptr);
    /// Routes of other rooms (pages), tried after those of the API.
    void add_routes(std::span<const Route> routes) { router_.add(routes); }
    const Router& router() const { return router_; }
    /// Errors of pages are shown by this instead of api/errors' plain page.
    using ErrorPage = http::Response (*)(const hub::HubOptions&, const http::Request&, const Error&);
    void set_error_page(ErrorPage show) { error_page_ = show; }

    http::Plan plan(const http::Request& head) override;
    http::Response refuse(const http::Request& head, const Error& error) override;
    void finished(const http::Request& head, int status, std::uint64_t sent_octets, double seconds, std::string_view principal,
                  std::string_view detail) override;

private:
    hub::Hub& hub_;
    Pools pools_;
    Authenticate authenticate_;
    Finished finished_;
    std::string prefix_;  ///< path of the public URL, "" or "/hf"
    Router router_;
    TokenUsed token_used_;
    AnswerCache answers_;
    ErrorPage error_page_ = nullptr;

    /// A call that is permitted, or the address where its repository is now.
    struct Prepared {
        Call call;
        std::string moved_to;
    };

    AnswerCache::Kept find_kept(const http::Request& head);
    void keep(const http::Request& request, std::int64_t version, const Call& call, const http::Response& response);
    std::string_view local_path(std::string_view path) const;
    http::Response handle(http::Request& request, const Router::Match& match);
    Result<Prepared> prepare(http::Request& request, const Router::Match& match);
    http::Response refusal(const http::Request& request, const Error& error, ErrorStyle style, const PageFrame& frame) const;
    http::Response answer_inside(const http::Request& outer, std::string_view target);
};

}  // namespace mirfa::api
