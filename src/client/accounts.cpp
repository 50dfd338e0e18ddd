// SPDX-License-Identifier: Apache-2.0
#include <mirfa/accounts.h>

#include "base/clock.h"
#include "base/percent.h"
#include "client/failure.h"
#include "client/hub.h"
#include "client/tokens.h"
#include "format/json_reader.h"

namespace mirfa::client {
namespace {

using format::find_int;
using format::find_string;

constexpr std::string_view kNotSignedIn = "Nobody is signed in. Sign in with `mirfa auth login`, or set HF_TOKEN.";

Result<Person> who(Hub& hub, const Secret& token) {
    fetch::Request request;
    request.url = hub.url("/api/whoami-v2");
    request.authorization = Secret("Bearer " + token.reveal());
    TRY(const auto answer, hub.ask(std::move(request), true));
    if (!answer.ok()) return hub_error(answer, "");
    TRY(const auto json, format::parse_json(answer.body));
    Person person;
    TRY(person.name, format::need_string(json, "name"));
    person.fullname = find_string(json, "fullname").value_or("");
    person.email = find_string(json, "email").value_or("");
    if (const auto* orgs = format::find_array(json, "orgs"))
        for (const auto& org : *orgs) person.organizations.emplace_back(find_string(org, "name").value_or(""));
    if (const auto* auth = format::find_member(json, "auth"))
        if (const auto* token_json = format::find_member(*auth, "accessToken")) {
            person.token_name = find_string(*token_json, "displayName").value_or("");
            person.token_role = find_string(*token_json, "role").value_or("");
        }
    return person;
}

Result<Person> who_is_signed_in(Hub& hub) {
    TRY(const auto token, hub.token());
    if (token.empty()) return Error{Code::kUnauthenticated, std::string(kNotSignedIn)};
    return who(hub, token);
}

/// A name becomes the head of a section, so it may not end one.
bool fits_a_section(const std::string& name) {
    return !name.empty() && name != "DEFAULT" && name.find_first_of("[]\r\n") == name.npos;
}

Result<Login> keep(Hub& hub, TokenSection section) {
    const std::string token = section["hf_token"];
    TRY(auto person, who(hub, Secret(token)));
    const std::string name = fits_a_section(person.token_name) ? person.token_name : "oauth-" + person.name;
    const TokenFiles files(hub.settings());
    TRY(auto stored, files.stored());
    stored[name] = std::move(section);
    TRY(files.write_stored(stored));
    TRY(files.write_active(token));
    hub.forget_token();
    return Login{std::move(person), name};
}

Result<Login> login(Hub& hub, const std::string& token) {
    if (token.empty() || token.find_first_of(" \t\r\n\"") != token.npos)
        return Error{Code::kInvalidArgument, "That is no token: it is empty or contains blanks."};
    if (token.starts_with("api_org"))
        return Error{Code::kInvalidArgument, "Tokens of organisations cannot sign in. Use one of your own."};
    return keep(hub, {{"hf_token", token}});
}

Result<fetch::Answer> post_form(Hub& hub, std::string_view path, const std::string& form) {
    fetch::Request request;
    request.method = "POST";
    request.url = hub.url(path);
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = as_bytes(form);
    if (hub.settings().offline) return offline_error("HF_HUB_OFFLINE is set: signing in needs the hub.");
    return hub.http().send(request);
}

Result<DeviceCode> start_device(Hub& hub) {
    TRY(const auto answer, post_form(hub, "/oauth/device", "client_id=" + percent_encode(hub.settings().oauth_client)));
    if (!answer.ok()) return hub_error(answer, "signing in by a browser");
    TRY(const auto json, format::parse_json(answer.body));
    DeviceCode code;
    TRY(code.device_code, format::need_string(json, "device_code"));
    TRY(code.code, format::need_string(json, "user_code"));
    TRY(code.address, format::need_string(json, "verification_uri"));
    if (const auto complete = find_string(json, "verification_uri_complete")) code.address = *complete;
    code.interval_seconds = std::clamp<std::int64_t>(find_int(json, "interval").value_or(5), 1, 300);
    code.expires_seconds = std::clamp<std::int64_t>(find_int(json, "expires_in").value_or(900), 1, 86'400);
    return code;
}

/// Nothing: ask again. The hub's word on a code is final only when it is JSON with a known `error`.
std::optional<Result<TokenSection>> decided(const Result<fetch::Answer>& answer, std::int64_t& interval) {
    if (!answer.has_value() || answer.value().status >= 500) return std::nullopt;
    const auto json = format::parse_json(answer.value().body);
    if (!json.has_value()) return std::nullopt;
    if (const auto token = find_string(json.value(), "access_token")) {
        TokenSection section{{"hf_token", std::string(*token)}};
        if (const auto refresh = find_string(json.value(), "refresh_token")) section["refresh_token"] = *refresh;
        if (const auto seconds = find_int(json.value(), "expires_in"))
            section["expires_at"] = std::to_string(system_clock().now() / 1000 + *seconds);
        return Result<TokenSection>(std::move(section));
    }
    const auto error = find_string(json.value(), "error").value_or("");
    if (error == "authorization_pending") return std::nullopt;
    if (error == "slow_down") {
        interval += 5;
        return std::nullopt;
    }
    if (error == "access_denied") return Error{Code::kForbidden, "Signing in was refused in the browser."};
    if (error == "expired_token") return Error{Code::kUnauthenticated, "The code was not used in time. Start again."};
    return Error{Code::kUnauthenticated,
                 std::string(find_string(json.value(), "error_description").value_or("The hub refused the code."))};
}

Result<Login> finish_device(Hub& hub, const DeviceCode& code, const std::atomic<bool>* stop) {
    const std::string form = "grant_type=" + percent_encode("urn:ietf:params:oauth:grant-type:device_code") +
                             "&device_code=" + percent_encode(code.device_code) +
                             "&client_id=" + percent_encode(hub.settings().oauth_client);
    std::int64_t interval = code.interval_seconds;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(code.expires_seconds);
    while (std::chrono::steady_clock::now() < end) {
        if (!fetch::wait_for_real(std::chrono::seconds(interval), stop)) return Error{Code::kInternal, "Signing in was stopped."};
        if (auto outcome = decided(post_form(hub, "/oauth/token", form), interval)) {
            TRY(auto section, *std::move(outcome));
            return keep(hub, std::move(section));
        }
    }
    return Error{Code::kUnauthenticated, "The code was not used in time. Start again."};
}

Result<std::vector<StoredToken>> list_tokens(const Settings& settings) {
    const TokenFiles files(settings);
    TRY(const auto active, files.active());
    TRY(const auto stored, files.stored());
    std::vector<StoredToken> list;
    for (const auto& [name, section] : stored) {
        const auto token = section.find("hf_token");
        if (token != section.end()) list.push_back({name, token->second, token->second == active});
    }
    return list;
}

Error not_stored(const std::string& name) {
    return Error{Code::kNotFound, "No token is stored as \"" + name + "\". `mirfa auth list` shows the names."};
}

Result<void> make_active(const Settings& settings, const std::string& name) {
    const TokenFiles files(settings);
    TRY(const auto stored, files.stored());
    const auto found = stored.find(name);
    if (found == stored.end() || !found->second.contains("hf_token")) return not_stored(name);
    return files.write_active(found->second.at("hf_token"));
}

Result<bool> forget(const Settings& settings, const std::string& name) {
    const TokenFiles files(settings);
    if (name.empty()) {
        TRY(const bool active, files.remove_active());
        TRY(const bool others, files.remove_stored());
        return active || others;
    }
    TRY(auto stored, files.stored());
    const auto found = stored.find(name);
    if (found == stored.end()) return not_stored(name);
    TRY(const auto active, files.active());
    const bool was_active = found->second.contains("hf_token") && found->second.at("hf_token") == active;
    stored.erase(found);
    TRY(files.write_stored(stored));
    if (was_active) TRY(files.remove_active());
    return true;
}

}  // namespace

Outcome<Person> who_am_i(const Client& client) { return to_outcome(who_is_signed_in(client.hub())); }
Outcome<Login> login_with_token(const Client& client, const std::string& token) { return to_outcome(login(client.hub(), token)); }
Outcome<DeviceCode> start_device_login(const Client& client) { return to_outcome(start_device(client.hub())); }
Outcome<Login> finish_device_login(const Client& client, const DeviceCode& code, const std::atomic<bool>* stop) {
    return to_outcome(finish_device(client.hub(), code, stop));
}
Outcome<std::string> token_in_use(const Client& client) {
    auto token = client.hub().token();
    if (!token.has_value()) return to_failure(token.error());
    return token.value().reveal();
}
Outcome<std::vector<StoredToken>> stored_tokens(const Settings& settings) { return to_outcome(list_tokens(settings)); }
Outcome<void> switch_token(const Settings& settings, const std::string& name) { return to_outcome(make_active(settings, name)); }
Outcome<bool> logout(const Settings& settings, const std::string& name) { return to_outcome(forget(settings, name)); }

}  // namespace mirfa::client
