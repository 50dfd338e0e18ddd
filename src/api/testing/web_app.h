// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/testing/in_process.h"
#include "format/json_reader.h"

namespace mirfa::api::testing {

/// What the web application does in a browser: it keeps the cookie, and sends back the CSRF token it was told.
class WebApp {
public:
    explicit WebApp(hub::Hub& hub) : client(hub), origin_(hub.options.public_url) {}

    InProcess client;
    std::string cookie;
    std::string csrf;

    http::Response send(http::Verb verb, const std::string& path, const std::string& body = "") {
        InProcess::Fields fields = {{"Origin", origin_}, {"Sec-Fetch-Site", "same-origin"}, {"User-Agent", "a browser"}};
        if (!cookie.empty()) fields.emplace_back("Cookie", cookie);
        if (!csrf.empty()) fields.emplace_back("X-CSRF-Token", csrf);
        auto response = client.send(verb, path, fields, body);
        if (const std::string set(response.headers.get("Set-Cookie")); !set.empty()) {
            cookie = set.substr(0, set.find(';'));
            if (cookie.ends_with('=')) cookie.clear();
            const auto told = format::parse_json(response.text);
            csrf = told.has_value() ? std::string(format::find_string(told.value(), "csrf").value_or("")) : "";
        }
        return response;
    }
    http::Response get(const std::string& path) { return send(http::Verb::kGet, path); }
    http::Response post(const std::string& path, const std::string& body) { return send(http::Verb::kPost, path, body); }
    /// With the password that test hubs give their users. Gives the status.
    int sign_in(const std::string& name) {
        forget();
        return post("/api/session", R"({"login":")" + name + R"(","password":"password of )" + name + "\"}").status;
    }
    void forget() {
        cookie.clear();
        csrf.clear();
    }

    static boost::json::value json_of(const http::Response& response) { return format::parse_json(response.text).value(); }
    /// `status reason field` of an error; only the status of a success.
    static std::string outcome_of(const http::Response& response) {
        auto text = std::to_string(response.status);
        if (response.status < 400) return text;
        const auto body = json_of(response);
        text += " " + std::string(format::find_string(body, "reason").value_or("?"));
        if (const auto field = format::find_string(body, "field")) text += " " + std::string(*field);
        return text;
    }

private:
    std::string origin_;
};

}  // namespace mirfa::api::testing
