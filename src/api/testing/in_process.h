// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/app.h"
#include "hub/accounts/tokens.h"

namespace mirfa::api::testing {

/// The application without sockets: requests go in as values, answers come out as values.
class InProcess {
public:
    explicit InProcess(hub::Hub& hub)
        : hub_(hub), app_(hub, {pool_, pool_, pool_, pool_},
               [this](const http::Request& request) {
                   return hub::authenticate(hub_, last_used_, {request.headers.get("Authorization"), request.headers.get("Cookie")});
               },
               nullptr) {}

    HubApp& app() { return app_; }

    using Fields = std::vector<std::pair<std::string, std::string>>;
    /// For routes that take no body or the whole of it.
    http::Response send(http::Verb verb, const std::string& target, const Fields& fields = {}, std::string body = "") {
        http::Request request;
        request.verb = verb;
        request.target = target;
        request.path = target.substr(0, target.find('?'));
        if (request.path.size() < target.size()) request.query = target.substr(request.path.size() + 1);
        for (const auto& [name, value] : fields) request.headers.add(name, value);
        request.content_length = body.size();
        request.body = std::move(body);
        request.remote_address = "10.0.0.1";
        return app_.plan(request).handle(request);
    }

private:
    hub::Hub& hub_;
    hub::LastUsed last_used_;
    WorkerPool pool_{"unused", 1, 1};
    HubApp app_;
};

}  // namespace mirfa::api::testing
