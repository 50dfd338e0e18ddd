// SPDX-License-Identifier: Apache-2.0
#include "hub/xet/cas_tokens.h"

#include <charconv>

#include "base/ascii.h"
#include "hub/access/keyring.h"
#include "hub/access/permission.h"

namespace mirfa::hub {
namespace {

constexpr UnixMillis kAnnounced = 15 * 60 * 1000;
constexpr UnixMillis kClockSkew = 90 * 1000;  // clients never refresh on a 401, only by their own clock
constexpr std::string_view kPurpose = "cas-token";

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Result<CasGrant> grant_cas(Hub& hub, const catalog::Repository& repo, const Principal& who, bool write) {
    if (write) TRY(hub.catalog.read([&](catalog::Session& s) { return require(s, who, repo, Action::kReadContent); }));
    const UnixMillis expires = hub.clock.now() + kAnnounced;
    const std::string payload = std::to_string(repo.id) + "|" + std::to_string(who.user) + "|" + (write ? "w" : "r");
    TRY(auto token, hub.keyring.seal(kPurpose, payload, expires + kClockSkew));
    return CasGrant{std::move(token), hub.options.public_url + "/cas", expires / 1000};
}

Result<Principal> open_cas_token(Hub& hub, std::string_view authorization_header) {
    constexpr std::string_view kBearer = "bearer ";
    if (authorization_header.size() <= kBearer.size() || !ascii_iequals(authorization_header.substr(0, kBearer.size()), kBearer))
        return Error{Code::kUnauthenticated, "The chunk store needs a token. Ask the repository's xet token route for one.",
                     Reason::kMissingCredentials};
    TRY(const auto payload, hub.keyring.open(kPurpose, ascii_trim(authorization_header.substr(kBearer.size()))));
    const auto parts = split(payload, '|');
    Principal who;
    who.kind = PrincipalKind::kCasToken;
    who.bound_repo = to_number(parts[0]);
    who.user = parts.size() == 3 ? to_number(parts[1]) : 0;
    who.bound_write = parts.size() == 3 && parts[2] == "w";
    return who;
}

Result<void> require_cas_write(const Principal& cas) {
    if (cas.bound_write) return ok();
    return Error{Code::kForbidden,
                 "This token may read only. Ask the repository's xet-write-token route for one that may write."};
}

}  // namespace mirfa::hub
