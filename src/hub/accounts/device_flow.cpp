// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/device_flow.h"

#include "base/ascii.h"
#include "base/digest.h"
#include "base/random.h"
#include "catalog/accounts.h"
#include "hub/access/permission.h"
#include "hub/accounts/tokens.h"

namespace mirfa::hub {
namespace {

using catalog::DeviceGrant;
using catalog::DeviceState;
using catalog::Session;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The client id that the ecosystem's own command-line program has built in.
constexpr std::string_view kCommandLineClient = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";
constexpr std::string_view kCodeLetters = "BCDFGHJKLMNPQRSTVWXZ";  // no vowels: no words; nothing that looks like a digit
constexpr std::int64_t kMostWaiting = 10'000;
constexpr seconds kTokenLasts = std::chrono::days(30);
constexpr milliseconds kRefreshLasts = std::chrono::days(90);  // after the access token has expired
constexpr milliseconds kSlack = seconds(1);                    // networks deliver some questions early

/// Name of a client, or nothing when it is unknown. Administrators may add some as settings `oauth-client:ID`.
Result<std::optional<std::string>> client_name(Session& session, const std::string& id) {
    if (id == kCommandLineClient) return std::optional<std::string>("the hf command line");
    if (id.empty() || id.size() > 100) return std::optional<std::string>{};
    return catalog::find_setting(session, "oauth-client:" + id);
}

std::string new_user_code() {
    std::string code;
    while (code.size() < 9)
        for (const Byte b : random_bytes(16)) {
            if (b >= 240 || code.size() == 9) continue;  // 240 = 12 * 20, so that every letter is as likely
            if (code.size() == 4) code += '-';
            code += kCodeLetters[b % kCodeLetters.size()];
        }
    return code;
}

/// `bcdf ghjk` and `BCDFGHJK` are `BCDF-GHJK`.
std::string normal_code(std::string_view typed) {
    std::string code;
    for (const char c : typed.substr(0, 100)) {
        if (!is_ascii_alnum(c)) continue;
        if (code.size() == 4) code += '-';
        code += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    }
    return code;
}

Result<DeviceGrant> need_waiting(Session& session, std::string_view typed, UnixMillis now) {
    TRY(auto grant, catalog::find_device_grant_by_code(session, normal_code(typed)));
    if (!grant || grant->state != DeviceState::kWaiting || grant->expires <= now)
        return Error{Code::kNotFound, "This code is not known or its time is over. Start again where you got it from.",
                     Reason::kCodeUnknown, "", "code"};
    return std::move(*grant);
}

TokenGrant new_grant() { return {new_token_text(), Secret("hfr_" + random_alphanumeric(43)), kTokenLasts}; }

std::string token_name(const DeviceGrant& grant) { return "oauth-" + ascii_lower(grant.user_code); }

/// The grant's end: it goes, and the person who approved has one token more.
Result<GrantOrError> hand_out(Session& session, Hub& hub, const DeviceGrant& grant, const std::string& address) {
    TRY(catalog::delete_device_grant(session, grant.device_hash));
    TRY(const auto user, catalog::find_user_by_id(session, grant.user.value_or(0)));
    if (!user || user->disabled) return OAuthError::kAccessDenied;
    auto made = new_grant();
    const auto now = hub.clock.now();
    const catalog::AccessToken token{new_row_id(),
                                     user->owner.id,
                                     token_name(grant),
                                     catalog::TokenRole::kWrite,
                                     "",
                                     now,
                                     {},
                                     now + milliseconds(kTokenLasts).count()};
    TRY(catalog::insert_token(session, token, sha256_of(made.access_token.reveal()), sha256_of(made.refresh_token.reveal())));
    TRY(audit(session, hub, Actor{user->owner.name, address}, "token.create", token.name + " (write)"));
    return made;
}

Result<GrantOrError> answer_poll(Session& session, Hub& hub, const DeviceGrant& grant, const std::string& address) {
    const auto now = hub.clock.now();
    if (grant.expires <= now) return OAuthError::kExpiredToken;
    switch (grant.state) {
        case DeviceState::kApproved: return hand_out(session, hub, grant, address);
        case DeviceState::kDenied: return OAuthError::kAccessDenied;
        case DeviceState::kWaiting: break;
    }
    TRY(catalog::poll_device_grant(session, grant.device_hash, now));
    const auto pause = milliseconds(DeviceCodes{}.interval) - kSlack;
    return grant.last_poll + pause.count() > now ? OAuthError::kSlowDown : OAuthError::kPending;
}

}  // namespace

std::string_view name_of(OAuthError error) {
    switch (error) {
        case OAuthError::kPending: return "authorization_pending";
        case OAuthError::kSlowDown: return "slow_down";
        case OAuthError::kAccessDenied: return "access_denied";
        case OAuthError::kExpiredToken: return "expired_token";
        case OAuthError::kInvalidGrant: return "invalid_grant";
        case OAuthError::kInvalidClient: return "invalid_client";
    }
    return "invalid_grant";
}

std::string_view describe(OAuthError error) {
    switch (error) {
        case OAuthError::kPending: return "Nobody has entered the code yet.";
        case OAuthError::kSlowDown: return "Ask less often.";
        case OAuthError::kAccessDenied: return "The request was denied.";
        case OAuthError::kExpiredToken: return "The code has expired. Start again.";
        case OAuthError::kInvalidGrant: return "The code or token is not known, was used, or has expired. Sign in again.";
        case OAuthError::kInvalidClient: return "The client id is not known to this hub.";
    }
    return "";
}

Result<DeviceCodes> begin_device_flow(Hub& hub, const std::string& client_id) {
    DeviceCodes codes{Secret(random_alphanumeric(43)), new_user_code()};
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        const auto now = hub.clock.now();
        TRY(const auto name, client_name(s, client_id));
        if (!name) return Error{Code::kUnauthenticated, std::string(describe(OAuthError::kInvalidClient))};
        TRY(catalog::delete_expired(s, now));
        TRY(const auto waiting, catalog::count_device_grants(s));
        if (waiting >= kMostWaiting)
            return Error{Code::kTooManyRequests, "Too many sign-ins wait for approval. Try again in a few minutes."};
        const auto expires = now + milliseconds(codes.expires_in).count();
        return catalog::insert_device_grant(s, {sha256_of(codes.device_code.reveal()), codes.user_code, client_id,
                                                DeviceState::kWaiting, std::nullopt, now, expires, 0});
    }));
    return codes;
}

Result<GrantOrError> poll_device_flow(Hub& hub, const std::string& device_code, const std::string& client_id,
                                      const std::string& address) {
    return hub.catalog.write([&](Session& s) -> Result<GrantOrError> {
        TRY(const auto grant, catalog::find_device_grant(s, sha256_of(device_code)));
        if (!grant) return OAuthError::kInvalidGrant;
        if (grant->client_id != client_id) return OAuthError::kInvalidClient;
        return answer_poll(s, hub, *grant, address);
    });
}

Result<GrantOrError> refresh_grant(Hub& hub, const std::string& refresh_token, const std::string& client_id) {
    return hub.catalog.write([&](Session& s) -> Result<GrantOrError> {
        TRY(const auto name, client_name(s, client_id));
        if (!name) return OAuthError::kInvalidClient;
        TRY(const auto token, catalog::find_token_by_refresh(s, sha256_of(refresh_token)));
        const auto now = hub.clock.now();
        if (!token || token->expires.value_or(0) + kRefreshLasts.count() <= now) return OAuthError::kInvalidGrant;
        TRY(const auto user, catalog::find_user_by_id(s, token->user));
        if (!user || user->disabled) return OAuthError::kInvalidGrant;
        auto made = new_grant();
        TRY(catalog::replace_token(s, token->id, sha256_of(made.access_token.reveal()), sha256_of(made.refresh_token.reveal()),
                                   now + milliseconds(kTokenLasts).count()));
        return made;
    });
}

Result<DeviceRequest> find_device_request(Hub& hub, std::string_view typed) {
    return hub.catalog.read([&](Session& s) -> Result<DeviceRequest> {
        TRY(const auto grant, need_waiting(s, typed, hub.clock.now()));
        TRY(const auto name, client_name(s, grant.client_id));
        return DeviceRequest{grant.user_code, name.value_or(grant.client_id), grant.created};
    });
}

Result<void> decide_device_request(Hub& hub, const Principal& who, std::string_view typed, Decision decision,
                                   const std::string& address) {
    TRY(require_session(who));
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto grant, need_waiting(s, typed, hub.clock.now()));
        const bool approve = decision == Decision::kApprove;
        TRY(catalog::decide_device_grant(s, grant.user_code, approve ? DeviceState::kApproved : DeviceState::kDenied, who.user));
        return audit(s, hub, actor_of(who, address), approve ? "device.approve" : "device.deny", grant.client_id);
    });
}

}  // namespace mirfa::hub
