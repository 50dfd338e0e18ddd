// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/app.h"
#include "hub/accounts/tokens.h"

namespace mirfa::api::testing {

/// The application without sockets: requests go in as values, answers come out as values.
class InProcess {
public:
    /// With `token_used`, small answers are kept (see HubApp).
    explicit InProcess(hub::Hub& hub, TokenUsed token_used = nullptr)
        : hub_(hub),
          app_(
              hub, {pool_, pool_, pool_, pool_},
              [this](const http::Request& request) {
                  return hub::authenticate(
                      hub_, last_used_,
                      {request.headers.get("Authorization"), request.headers.get("Cookie"), request.remote_address});
              },
              nullptr, std::move(token_used)) {}

    HubApp& app() { return app_; }

    using Fields = std::vector<std::pair<std::string, std::string>>;
    /// Any route. Bodies that a route takes as they arrive are given in one piece.
    http::Response send(http::Verb verb, const std::string& target, const Fields& fields = {}, std::string body = "") {
        http::Request request;
        request.verb = verb;
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
        for (const auto& [name, value] : fields) request.headers.add(name, value);
        request.content_length = body.size();
        request.remote_address = "10.0.0.1";
        const auto plan = app_.plan(request);
        if (plan.receive) return stream(plan, request, body);
        request.body = std::move(body);
        return plan.handle(request);
    }

    /// The body of an answer, also of one that is made piece by piece.
    static Result<std::string> body_of(http::Response& response) {
        if (!response.stream) return response.text;
        std::string body;
        for (;;) {
            TRY(const auto segment, response.stream->next());
            if (std::holds_alternative<std::monostate>(segment)) return body;
            if (const auto* bytes = std::get_if<Bytes>(&segment)) {
                body += as_text(*bytes);
                continue;
            }
            const auto& slice = std::get<FileSlice>(segment);
            Bytes bytes(slice.length);
            TRY(slice.file->read_exactly_at(slice.offset, bytes));
            body += as_text(bytes);
        }
    }

private:
    http::Response stream(const http::Plan& plan, http::Request& request, std::string_view body) {
        auto receiver = plan.receive(request);
        if (!receiver.has_value()) return app_.refuse(request, receiver.error());
        if (!body.empty()) {
            const auto received = receiver.value()->receive(as_bytes(body));
            if (!received.has_value()) return app_.refuse(request, received.error());
        }
        return receiver.value()->finish();
    }

    hub::Hub& hub_;
    hub::LastUsed last_used_;
    WorkerPool pool_{"unused", 1, 1};
    HubApp app_;
};

}  // namespace mirfa::api::testing
