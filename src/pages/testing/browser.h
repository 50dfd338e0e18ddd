// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <regex>

#include "api/testing/in_process.h"
#include "base/percent.h"
#include "pages/routes.h"

namespace mirfa::pages::testing {

/// Keeps its cookie and follows no redirect by itself.
class Browser {
public:
    using Fields = api::testing::InProcess::Fields;

    explicit Browser(hub::Hub& hub) : client(hub) { client.app().add_routes(page_routes()); }

    api::testing::InProcess client;
    std::string cookie;
    std::string csrf;

    http::Response get(const std::string& path) { return keep(client.send(http::Verb::kGet, path, {{"Cookie", cookie}})); }
    /// With the password that test hubs give their users. Gives the status: 200 for success.
    int sign_in(const std::string& name) {
        const auto answer = keep(client.send(http::Verb::kPost, "/api/session", {},
                                             R"({"login":")" + name + R"(","password":"password of )" + name + R"("})"));
        std::smatch found;
        if (std::regex_search(answer.text, found, std::regex("\"csrf\":\"([^\"]+)\""))) csrf = found[1];
        return answer.status;
    }
    void forget() {
        cookie.clear();
        csrf.clear();
    }

private:
    http::Response keep(http::Response response) {
        const std::string set(response.headers.get("Set-Cookie"));
        if (!set.empty()) cookie = set.substr(0, set.find(';'));
        return response;
    }
};

inline bool shows(const http::Response& response, std::string_view text) { return response.text.find(text) != std::string::npos; }

}  // namespace mirfa::pages::testing
