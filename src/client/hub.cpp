// SPDX-License-Identifier: Apache-2.0
#include "client/hub.h"

#include <mirfa/client.h>

#include <fmt/format.h>

#include "base/ascii.h"
#include "client/failure.h"
#include "client/tokens.h"
#include "fetch/url.h"
#include "format/json_reader.h"

namespace mirfa::client {
namespace {

/// What is at fault, in the terms of Error::field, when it is no member of a request.
constexpr std::string_view kNetwork = "network";

std::string& user_agent() {
    static std::string agent = "mirfa/" MIRFA_VERSION;
    return agent;
}

/// Text of an error body: `error` (a text or a list), `message`, or the texts in `errors`.
std::string said_in(const std::string& body) {
    const auto parsed = format::parse_json(body, 1u << 20);
    if (!parsed.has_value()) return "";
    const auto& value = parsed.value();
    for (const char* key : {"error", "message", "error_description"})
        if (const auto text = format::find_string(value, key)) return std::string(*text);
    std::string all;
    for (const char* key : {"error", "errors"})
        if (const auto* list = format::find_array(value, key))
            for (const auto& item : *list) {
                const auto text =
                    item.is_string() ? std::string_view(item.get_string()) : format::find_string(item, "message").value_or("");
                all += (all.empty() ? "" : "; ") + std::string(text);
            }
    return all;
}

Code code_of(int status) {
    switch (status) {
        case 400:
        case 422: return Code::kInvalidArgument;
        case 401: return Code::kUnauthenticated;
        case 403: return Code::kForbidden;
        case 404:
        case 410: return Code::kNotFound;
        case 409:
        case 412: return Code::kConflict;
        case 408: return Code::kTimedOut;
        case 413: return Code::kTooLarge;
        case 429: return Code::kTooManyRequests;
        case 501: return Code::kUnsupported;
        default: return status >= 500 ? Code::kUnavailable : Code::kInternal;
    }
}

Reason reason_of(std::string_view code, int status) {
    if (code == "RepoNotFound") return Reason::kRepoNotFound;
    if (code == "RevisionNotFound") return Reason::kRevisionNotFound;
    if (code == "EntryNotFound") return Reason::kEntryNotFound;
    if (code == "GatedRepo") return Reason::kGated;
    if (status == 412) return Reason::kStaleParent;
    if (status == 416) return Reason::kRangeNotSatisfiable;
    return Reason::kNone;
}

fetch::Limits limits_of(const Settings& settings) {
    fetch::Limits limits;
    limits.idle = std::chrono::seconds(std::max(60, settings.download_seconds));
    return limits;
}

}  // namespace

Error hub_error(const fetch::Answer& answer, std::string_view about) {
    Error error{code_of(answer.status), said_in(answer.body)};
    if (error.message.empty()) error.message = answer.find("X-Error-Message").value_or("");
    if (error.message.empty()) error.message = fmt::format("The hub answered with status {}.", answer.status);
    error.reason = reason_of(answer.find("X-Error-Code").value_or(""), answer.status);
    if (error.reason == Reason::kRepoNotFound) {
        // Whether it is missing or hidden is not told; without a token the status is 401.
        error.code = Code::kNotFound;
        error.message = fmt::format("{}: there is no such repository, or you may not see it. ({})", about, error.message);
    } else if (error.message.find(about) == error.message.npos && !about.empty()) {
        error.message = fmt::format("{}: {}", about, error.message);
    }
    if (const auto id = answer.find("X-Request-Id")) error.detail = "request " + std::string(*id);
    return error;
}

Error offline_error(std::string message) {
    Error error{Code::kUnavailable, std::move(message)};
    error.field = kNetwork;
    return error;
}

bool is_offline(const Error& error) { return error.code == Code::kUnavailable && error.field == kNetwork; }

Hub::Hub(Settings settings, Secret token)
    : settings_(std::move(settings)), explicit_token_(std::move(token)), http_(user_agent()) {}

Result<Secret> Hub::find_token() {
    if (!explicit_token_.empty()) return explicit_token_;
    if (!settings_.implicit_token) return Secret();
    if (settings_.token) return Secret(*settings_.token);
    return active_token(*this);
}

Result<Secret> Hub::token() {
    {
        const std::lock_guard lock(mutex_);
        if (token_) return *token_;
    }
    // Finding it may ask the hub for a fresh one, which must not find this lock held.
    TRY(auto found, find_token());
    const std::lock_guard lock(mutex_);
    token_ = found;
    return found;
}

void Hub::forget_token() {
    const std::lock_guard lock(mutex_);
    token_.reset();
}

Result<Secret> Hub::authorization() {
    TRY(const auto found, token());
    return found.empty() ? Secret() : Secret("Bearer " + found.reveal());
}

Result<fetch::Answer> Hub::ask(fetch::Request request, bool repeatable) {
    if (settings_.offline) return offline_error("HF_HUB_OFFLINE is set, so the hub is not asked. Unset it to allow requests.");
    if (request.authorization.empty()) {
        TRY(request.authorization, authorization());
    }
    if (!repeatable) return http_.send(request);
    return fetch::send_patiently(http_, request);
}

Result<boost::json::value> Hub::get_json(std::string_view path, std::string_view about, bool patiently) {
    fetch::Request request;
    request.url = url(path);
    request.limits = limits_of(settings_);
    if (!patiently) request.limits.connect = request.limits.idle = std::chrono::seconds(settings_.metadata_seconds);
    TRY(const auto answer, ask(std::move(request), patiently));
    if (!answer.ok()) return hub_error(answer, about);
    return format::parse_json(answer.body, 64u << 20);
}

Result<boost::json::value> Hub::send_json(std::string method, std::string_view path, std::string body, std::string_view about,
                                          bool repeatable) {
    fetch::Request request;
    request.method = std::move(method);
    request.url = url(path);
    request.limits = limits_of(settings_);
    request.limits.idle = std::chrono::seconds(600);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = as_bytes(body);
    TRY(const auto answer, ask(std::move(request), repeatable));
    if (!answer.ok()) return hub_error(answer, about);
    // Some operations say nothing, and a few say it in plain text.
    auto parsed = format::parse_json(answer.body, 64u << 20);
    return parsed.has_value() ? std::move(parsed) : Result<boost::json::value>(boost::json::value(nullptr));
}

Result<boost::json::array> Hub::get_pages(std::string_view path, std::string_view about, std::size_t limit,
                                          bool limit_is_a_wish) {
    boost::json::array all;
    std::string next = url(path);
    while (!next.empty()) {
        fetch::Request request;
        request.url = next;
        request.limits = limits_of(settings_);
        TRY(const auto answer, ask(std::move(request), true));
        if (!answer.ok()) return hub_error(answer, about);
        TRY(auto page, format::parse_json(answer.body, 64u << 20));
        if (!page.is_array()) return Error{Code::kCorrupt, fmt::format("{}: the hub's answer is no list.", about)};
        for (auto& item : page.get_array()) all.push_back(std::move(item));
        if (all.size() >= limit) {
            if (limit_is_a_wish) return all;
            return Error{Code::kTooLarge, fmt::format("{}: the hub's list has more than {} entries.", about, limit)};
        }
        const auto link = link_of(answer.find("Link").value_or(""), "next");
        next.clear();
        if (!link) break;
        TRY(next, fetch::resolve_url(answer.url, *link));
        TRY(const auto from, fetch::origin_of(answer.url));
        TRY(const auto to, fetch::origin_of(next));
        // The token goes with the request, so another host's pages are not followed.
        if (from != to) return Error{Code::kCorrupt, fmt::format("{}: the list goes on at another host, {}.", about, to)};
    }
    return all;
}

std::optional<std::string> link_of(std::string_view header, std::string_view relation) {
    const std::string wanted = "rel=\"" + std::string(relation) + "\"";
    for (std::size_t at = 0; (at = header.find('<', at)) != header.npos;) {
        const auto close = header.find('>', at);
        if (close == header.npos) return std::nullopt;
        auto end = header.find(", <", close);
        if (end == header.npos) end = header.size();
        if (header.substr(close, end - close).find(wanted) != header.npos)
            return std::string(header.substr(at + 1, close - at - 1));
        at = end;
    }
    return std::nullopt;
}

void set_user_agent(std::string agent) { user_agent() = std::move(agent); }

Outcome<Client> Client::open(Settings settings, std::string token) {
    if (settings.endpoint.empty())
        return Failure{Kind::kInvalidArgument,
                       "No hub is named. Set HF_ENDPOINT to its address, for example http://localhost:8080", ""};
    if (const auto address = fetch::check_address(settings.endpoint); !address.has_value()) return to_failure(address.error());
    if (token.find_first_of("\r\n \t") != token.npos)
        return Failure{Kind::kInvalidArgument, "The token contains blanks or line breaks.", ""};
    return Client(std::make_shared<Hub>(std::move(settings), Secret(std::move(token))));
}

const Settings& Client::settings() const { return hub_->settings(); }

}  // namespace mirfa::client
