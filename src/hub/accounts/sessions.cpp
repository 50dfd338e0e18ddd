// SPDX-License-Identifier: Apache-2.0
// Guessing is slowed twice: per account, counted before the password is looked at so that attempts side by side count
// too, and per address, counted after a failure so that a right password does not wipe out an address's other failures.
#include "hub/accounts/sessions.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/digest.h"
#include "base/network.h"
#include "base/random.h"
#include "hub/accounts/passwords.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using catalog::User;

constexpr UnixMillis kSecond = 1000;
constexpr UnixMillis kLongestDelay = 15 * 60 * kSecond;
constexpr UnixMillis kForgottenAfter = 3600 * kSecond;
constexpr std::int64_t kFreeForAccount = 5;
constexpr std::int64_t kFreeForAddress = 20;
constexpr std::int64_t kFreeSignUps = 10;
constexpr std::size_t kCookieLetters = 43;
constexpr std::size_t kMaxLogin = 254;

std::string address_key(std::string_view address) { return "address:" + network_of(address); }
std::string sign_up_key(std::string_view address) { return "sign-up:" + network_of(address); }
std::string account_key(std::string_view name) { return "account:" + ascii_lower(name); }

Result<void> check_delay(Session& session, const std::string& key, std::int64_t free, UnixMillis now,
                         std::string_view what = "failed sign-ins") {
    TRY(const auto failures, catalog::login_failures(session, key));
    if (failures.count == 0) return ok();
    if (failures.last + kForgottenAfter <= now) return catalog::clear_login_failures(session, key);
    const auto wait = failures.last + login_delay(failures.count, free) - now;
    if (wait <= 0) return ok();
    const auto seconds = (wait + kSecond - 1) / kSecond;
    return Error{Code::kTooManyRequests, "Too many " + std::string(what) + ". Try again in " + std::to_string(seconds) +
                                             (seconds == 1 ? " second." : " seconds.")};
}

Result<void> begin_attempt(Hub& hub, const std::string& name, const std::string& address) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        const auto now = hub.clock.now();
        TRY(check_delay(s, address_key(address), kFreeForAddress, now));
        TRY(check_delay(s, account_key(name), kFreeForAccount, now));
        return catalog::add_login_failure(s, account_key(name), now);
    });
}

Result<void> record_failure(Hub& hub, const std::string& name, const std::string& address) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(catalog::add_login_failure(s, address_key(address), hub.clock.now()));
        return audit(s, hub, Actor{"-", address}, "sign-in.fail", name);
    });
}

/// The attempt, whoever the user is: an empty hash stands for nobody.
Result<bool> attempt(Hub& hub, const std::string& name, const std::string& hash, const Secret& password,
                     const std::string& address) {
    TRY(begin_attempt(hub, name, address));
    TRY(const bool right, verify_password(hash, password));
    if (!right) {
        TRY(record_failure(hub, name, address));
        return false;
    }
    TRY(hub.catalog.write([&](Session& s) { return catalog::clear_login_failures(s, account_key(name)); }));
    return true;
}

Result<std::optional<User>> find_by_login(Hub& hub, const std::string& login) {
    return hub.catalog.read([&](Session& s) {
        return login.find('@') == login.npos ? catalog::find_user(s, login) : catalog::find_user_by_email(s, login);
    });
}

Error wrong_sign_in() { return Error{Code::kUnauthenticated, "The name or the password is not right.", Reason::kWrongPassword}; }

Result<void> refuse_disabled(Hub& hub, const User& user, const std::string& address) {
    TRY(hub.catalog.write([&](Session& s) {
        return audit(s, hub, Actor{user.owner.name, address}, "sign-in.refuse", user.owner.name);
    }));
    return Error{Code::kForbidden, "This account was disabled by an administrator of this hub.", Reason::kAccountDisabled};
}

/// Names a session without opening it: the hash itself is the key of its CSRF token.
std::string id_of(const catalog::WebSession& session) {
    return hmac_sha256(session.hash.view(), as_bytes("mirfa session id")).hex().substr(0, 24);
}

}  // namespace

UnixMillis login_delay(std::int64_t count, std::int64_t free) {
    if (count < free) return 0;
    const auto doublings = count - free;
    return doublings >= 10 ? kLongestDelay : std::min(kSecond << doublings, kLongestDelay);
}

Result<bool> check_password(Hub& hub, const User& user, const Secret& password, const std::string& address) {
    return attempt(hub, user.owner.name, user.password_hash, password, address);
}

Result<SignedIn> sign_in(Hub& hub, const SignInRequest& request) {
    if (request.login.empty() || request.login.size() > kMaxLogin || request.password.reveal().size() > 1024)
        return wrong_sign_in();
    TRY(const auto user, find_by_login(hub, request.login));
    const auto name = user ? user->owner.name : request.login;
    const auto hash = user ? user->password_hash : std::string();
    TRY(const bool right, attempt(hub, name, hash, request.password, request.address));
    if (!right) return wrong_sign_in();
    if (user->disabled) TRY(refuse_disabled(hub, *user, request.address));
    return start_session(hub, *user, request.address, request.agent);
}

Result<SignedIn> start_session(Hub& hub, const User& user, const std::string& address, const std::string& agent) {
    const auto cookie = random_alphanumeric(kCookieLetters);
    const auto now = hub.clock.now();
    const catalog::WebSession session{sha256_of(cookie), user.owner.id, now, now, now + kSessionLasts, agent.substr(0, 200)};
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        // The password may have been changed since it was looked at: then all sessions have ended, and this one with them.
        TRY(const auto current, catalog::find_user_by_id(s, user.owner.id));
        const bool was_looked_at = !user.password_hash.empty();
        if (!current || (was_looked_at && current->password_hash != user.password_hash)) return wrong_sign_in();
        TRY(catalog::delete_expired(s, now));
        TRY(catalog::insert_web_session(s, session));
        return audit(s, hub, Actor{user.owner.name, address}, "sign-in", user.owner.name);
    }));
    return SignedIn{Secret(cookie), user.owner.id, user.owner.name};
}

Result<void> sign_out(Hub& hub, const Principal& who, const std::string& address) {
    if (who.kind != PrincipalKind::kSession) return ok();
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(catalog::delete_web_session(s, who.session));
        return audit(s, hub, actor_of(who, address), "sign-out", who.name);
    });
}

Result<void> begin_sign_up(Hub& hub, const std::string& address) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        const auto now = hub.clock.now();
        TRY(check_delay(s, sign_up_key(address), kFreeSignUps, now, "attempts to make an account"));
        return catalog::add_login_failure(s, sign_up_key(address), now);
    });
}

Result<std::vector<OpenSession>> list_sessions(Hub& hub, const Principal& who) {
    TRY(const auto rows, hub.catalog.read([&](Session& s) { return catalog::web_sessions_of(s, who.user, hub.clock.now()); }));
    std::vector<OpenSession> sessions;
    for (const auto& row : rows)
        sessions.push_back(
            {id_of(row), row.agent, row.created, row.expires, who.kind == PrincipalKind::kSession && row.hash == who.session});
    return sessions;
}

Result<void> end_session(Hub& hub, const Principal& who, std::string_view id, const std::string& address) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto rows, catalog::web_sessions_of(s, who.user, hub.clock.now()));
        const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return id_of(row) == id; });
        if (found == rows.end()) return Error{Code::kNotFound, "There is no such session. It may have ended already."};
        TRY(catalog::delete_web_session(s, found->hash));
        return audit(s, hub, actor_of(who, address), "session.end", who.name);
    });
}

Result<std::optional<Principal>> find_session(Hub& hub, std::string_view cookie) {
    if (cookie.size() != kCookieLetters) return std::optional<Principal>{};
    return hub.catalog.read([&](Session& s) -> Result<std::optional<Principal>> {
        const auto hash = sha256_of(cookie);
        TRY(const auto session, catalog::find_web_session(s, hash));
        if (!session || session->expires <= hub.clock.now()) return std::optional<Principal>{};
        TRY(const auto user, catalog::find_user_by_id(s, session->user));
        if (!user || user->disabled) return std::optional<Principal>{};
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user->owner.id;
        who.name = user->owner.name;
        who.is_admin = user->is_admin;
        who.session = hash;
        return std::optional<Principal>(std::move(who));
    });
}

}  // namespace mirfa::hub
