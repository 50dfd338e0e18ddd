// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/secret.h"
#include "catalog/accounts.h"
#include "catalog/tokens.h"
#include "hub/accounts/audit.h"

namespace mirfa::hub {

constexpr UnixMillis kSessionLasts = 30LL * 24 * 3600 * 1000;
/// Name of the browser's cookie.
constexpr std::string_view kSessionCookie = "mirfa_session";

struct SignInRequest {
    std::string login;  ///< name or e-mail address
    Secret password;
    std::string address;  ///< of the client
    std::string agent;    ///< its User-Agent
};

struct SignedIn {
    Secret cookie;  ///< value of the cookie; only its hash is kept
    RowId user = 0;
    std::string name;
};

/// Fails: kUnauthenticated/kWrongPassword, the same for an unknown user and a wrong password, after the same time;
///        kForbidden/kAccountDisabled, told to those alone who know the password;
///        kTooManyRequests when this account or address failed too often, saying how long to wait.
Result<SignedIn> sign_in(Hub&, const SignInRequest&);
/// A session for a user who has proved who they are. Where `user` has the password hash it was proved against, that must
/// still be theirs. Fails: kUnauthenticated/kWrongPassword when it was changed meanwhile.
Result<SignedIn> start_session(Hub&, const catalog::User&, const std::string& address, const std::string& agent);
/// Nothing happens when it has ended already.
Result<void> sign_out(Hub&, const Principal&, const std::string& address);
/// The principal of a cookie's value; nothing when the session has ended or the account is disabled.
Result<std::optional<Principal>> find_session(Hub&, std::string_view cookie);

/// Whether the password is the user's, slowed like a sign-in. Fails: kTooManyRequests.
Result<bool> check_password(Hub&, const catalog::User&, const Secret& password, const std::string& address);

/// Counts an attempt to make an account; many of one address must wait as after failed sign-ins. Fails: kTooManyRequests.
Result<void> begin_sign_up(Hub&, const std::string& address);

/// A browser in which somebody is signed in.
struct OpenSession {
    std::string id;     ///< names the session and opens nothing
    std::string agent;  ///< what the browser called itself
    UnixMillis created = 0;
    UnixMillis expires = 0;
    bool is_current = false;  ///< the one that asks
};
/// Newest first.
Result<std::vector<OpenSession>> list_sessions(Hub&, const Principal&);
/// Ends one of one's own. Fails: kNotFound.
Result<void> end_session(Hub&, const Principal&, std::string_view id, const std::string& address);

/// How long somebody must wait after `count` failures of which `free` cost nothing: 1 s, 2 s, 4 s … at most 15 minutes.
UnixMillis login_delay(std::int64_t count, std::int64_t free);

}  // namespace mirfa::hub
