// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"
#include "base/digest.h"
#include "catalog/accounts.h"
#include "hub/accounts/sessions.h"
#include "hub/accounts/tokens.h"

namespace mirfa::hub {
namespace {

constexpr std::size_t kLongestToken = 256;

Error bad_credentials() {
    return Error{Code::kUnauthenticated, "Invalid credentials in Authorization header", Reason::kBadCredentials};
}

/// The token of a Basic header: the password, or the user name where no real password is given.
Result<std::string> token_of_basic(std::string_view encoded) {
    auto decoded = from_base64(encoded);
    if (!decoded.has_value()) return bad_credentials();
    const std::string pair(as_text(decoded.value()));
    const auto colon = pair.find(':');
    if (colon == pair.npos) return bad_credentials();
    const auto password = pair.substr(colon + 1);
    return password.empty() || password == "x-oauth-basic" ? pair.substr(0, colon) : password;
}

Result<std::string> token_of_header(std::string_view header) {
    const auto blank = header.find(' ');
    if (blank == header.npos) return bad_credentials();
    const auto scheme = header.substr(0, blank);
    const auto rest = ascii_trim(header.substr(blank));
    if (ascii_iequals(scheme, "Bearer")) return std::string(rest);
    if (ascii_iequals(scheme, "Basic")) return token_of_basic(rest);
    return bad_credentials();
}

Result<Principal> principal_of(const catalog::AccessToken& token, const catalog::User& user) {
    Principal who;
    who.kind = PrincipalKind::kToken;
    who.user = user.owner.id;
    who.name = user.owner.name;
    who.token = token.id;
    who.token_name = token.name;
    who.token_role = token.role;
    who.expires = token.expires;
    // A token that was narrowed to scopes does not carry the power over the whole hub.
    who.is_admin = user.is_admin && token.role != catalog::TokenRole::kFineGrained;
    TRY(who.scopes, parse_scopes(token.scopes));
    return who;
}

Result<Principal> authenticate_token(Hub& hub, LastUsed& last_used, const std::string& text) {
    if (!text.starts_with("hf_") || text.size() > kLongestToken) return bad_credentials();
    const auto hash = sha256_of(text);
    return hub.catalog.read([&](catalog::Session& s) -> Result<Principal> {
        TRY(const auto token, catalog::find_token(s, hash));
        const auto now = hub.clock.now();
        if (!token || (token->expires && *token->expires <= now)) return bad_credentials();
        TRY(const auto user, catalog::find_user_by_id(s, token->user));
        if (!user || user->disabled) return bad_credentials();
        last_used.note(token->id, now);
        return principal_of(*token, *user);
    });
}

/// The value of our cookie among those of a Cookie header.
std::string_view session_cookie(std::string_view header) {
    for (auto part : split(header, ';')) {
        part = ascii_trim(part);
        const auto equals = part.find('=');
        if (equals != part.npos && part.substr(0, equals) == kSessionCookie) return part.substr(equals + 1);
    }
    return {};
}

Result<Principal> proved_by(Hub& hub, LastUsed& last_used, const Credentials& given) {
    if (!given.authorization.empty()) {
        TRY(const auto text, token_of_header(ascii_trim(given.authorization)));
        return authenticate_token(hub, last_used, text);
    }
    const auto cookie = session_cookie(given.cookie);
    if (cookie.empty()) return Principal{};
    TRY(const auto session, find_session(hub, cookie));
    return session.value_or(Principal{});
}

}  // namespace

Result<Principal> authenticate(Hub& hub, LastUsed& last_used, const Credentials& given) {
    TRY(auto who, proved_by(hub, last_used, given));
    who.address = given.address;
    return who;
}

}  // namespace mirfa::hub
