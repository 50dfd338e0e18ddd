// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/first_admin.h"

#include "base/digest.h"
#include "base/random.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

constexpr const char* kSetting = "setup-secret-sha256";

Result<bool> opens(Session& session, std::string_view secret) {
    TRY(const auto users, catalog::count_users(session));
    TRY(const auto hash, catalog::find_setting(session, kSetting));
    return users == 0 && hash && equal_in_constant_time(as_bytes(*hash), as_bytes(sha256_of(secret).hex()));
}

Error link_is_used() {
    return Error{Code::kNotFound, "This set-up link has been used or replaced. The server prints the one that is good.",
                 Reason::kSetupClosed};
}

}  // namespace

Result<std::optional<std::string>> ensure_setup_link(Hub& hub) {
    const auto secret = random_alphanumeric(32);
    return hub.catalog.write([&](Session& s) -> Result<std::optional<std::string>> {
        TRY(const auto users, catalog::count_users(s));
        if (users > 0) {
            TRY(catalog::delete_setting(s, kSetting));
            return std::optional<std::string>{};
        }
        TRY(catalog::put_setting(s, kSetting, sha256_of(secret).hex()));
        return std::optional<std::string>(hub.options.public_url + "/setup/" + secret);
    });
}

Result<bool> is_setup_open(Hub& hub, std::string_view secret) {
    return hub.catalog.read([&](Session& s) { return opens(s, secret); });
}

Result<catalog::User> complete_setup(Hub& hub, std::string_view secret, NewUser wanted, const std::string& address) {
    TRY(const bool open, is_setup_open(hub, secret));
    if (!open) return link_is_used();  // before the costly hash of a password
    wanted.is_admin = true;
    TRY(auto user, prepare_user(hub, wanted));
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const bool still_open, opens(s, secret));
        if (!still_open) return link_is_used();
        TRY(insert_prepared(s, hub, Actor{user.owner.name, address}, user));
        TRY(catalog::delete_setting(s, kSetting));
        return ok();
    }));
    return user;
}

}  // namespace mirfa::hub
