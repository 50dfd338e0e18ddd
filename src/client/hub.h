// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/settings.h>

#include <boost/json/value.hpp>

#include <memory>
#include <mutex>
#include <string>

#include "fetch/http.h"
#include "fetch/retry.h"

namespace mirfa::client {

/// What a hub that refused said: the code by status and X-Error-Code, the message from the body or X-Error-Message, the
/// request's id as detail. `about` is what was asked for, for messages that do not name it.
Error hub_error(const fetch::Answer& answer, std::string_view about);

/// Something is not on this machine and the network must not be asked, or could not.
Error offline_error(std::string message);
bool is_offline(const Error& error);

/// One hub, its connections and the token that requests carry. Threads: any.
class Hub {
public:
    Hub(Settings settings, Secret token);

    const Settings& settings() const { return settings_; }
    /// The address of a path below the endpoint.
    std::string url(std::string_view path) const { return settings_.endpoint + std::string(path); }
    fetch::HttpClient& http() { return http_; }
    /// `Bearer …`, or empty. Reads the token file once, refreshing what is about to end.
    Result<Secret> authorization();
    Result<Secret> token();
    /// The token of the files has changed.
    void forget_token();

    /// A request that carries the token, and nothing that may not be repeated is repeated (GET, HEAD, or `repeatable`).
    /// Any status is an answer. Fails: as HttpClient; an offline error when settings say so.
    Result<fetch::Answer> ask(fetch::Request request, bool repeatable);
    /// GET, or another method with a JSON body; answers of 300 and above are errors.
    Result<boost::json::value> get_json(std::string_view path, std::string_view about, bool patiently = true);
    Result<boost::json::value> send_json(std::string method, std::string_view path, std::string body, std::string_view about,
                                         bool repeatable = false);
    /// All pages of a list, as one array. Fails: kTooLarge beyond `limit` entries when it is no wish but a bound.
    Result<boost::json::array> get_pages(std::string_view path, std::string_view about, std::size_t limit, bool limit_is_a_wish);

private:
    Result<Secret> find_token();

    Settings settings_;
    Secret explicit_token_;
    fetch::HttpClient http_;
    std::mutex mutex_;
    std::optional<Secret> token_;  // guarded by mutex_
};

/// `<url>` of the entry of a Link header with that relation.
std::optional<std::string> link_of(std::string_view header, std::string_view relation);

}  // namespace mirfa::client
