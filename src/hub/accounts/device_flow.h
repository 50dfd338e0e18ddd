// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "base/secret.h"
#include "catalog/tokens.h"
#include "hub/accounts/audit.h"

namespace mirfa::hub {

/// OAuth 2.0 device authorisation (RFC 8628): a program without a browser shows a code, its user enters it on a page
/// where they are signed in, and the program, which keeps asking, gets an access token.
struct DeviceCodes {
    Secret device_code;
    std::string user_code;  ///< `BCDF-GHJK`
    std::chrono::seconds expires_in{900};
    std::chrono::seconds interval{5};
};

struct TokenGrant {
    Secret access_token;   ///< an ordinary `hf_…` token of role write, named `oauth-…`
    Secret refresh_token;  ///< good once; each refresh gives the next
    std::chrono::seconds expires_in{};
};

/// The error words of RFC 6749 5.2 and RFC 8628 3.5.
enum class OAuthError { kPending, kSlowDown, kAccessDenied, kExpiredToken, kInvalidGrant, kInvalidClient };
std::string_view name_of(OAuthError error);
std::string_view describe(OAuthError error);

/// A grant, or why there is none (yet).
using GrantOrError = std::variant<TokenGrant, OAuthError>;

/// Fails: kUnauthenticated for an unknown client; kTooManyRequests when too many wait for approval.
Result<DeviceCodes> begin_device_flow(Hub&, const std::string& client_id);
/// One question of the waiting program. The grant is given once.
Result<GrantOrError> poll_device_flow(Hub&, const std::string& device_code, const std::string& client_id,
                                      const std::string& address);
/// A new access token for a refresh token; both old texts end.
Result<GrantOrError> refresh_grant(Hub&, const std::string& refresh_token, const std::string& client_id);

/// What a person is asked to approve.
struct DeviceRequest {
    std::string user_code;
    std::string client_name;
    UnixMillis created = 0;
};
/// By the code as somebody typed it. Fails: kNotFound when it is unknown, decided or over.
Result<DeviceRequest> find_device_request(Hub&, std::string_view typed_code);
enum class Decision { kApprove, kDeny };
/// Binds the grant to the person who approves. Only a browser session may. Fails: as find_device_request; kForbidden.
Result<void> decide_device_request(Hub&, const Principal&, std::string_view typed_code, Decision, const std::string& address);

}  // namespace mirfa::hub
