// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/accounts/accounts.h"

namespace mirfa::hub {

/// While the hub has no user: makes a new one-time link (an older one ends) and gives its URL, to be printed on the
/// terminal. Nothing once there is a user.
Result<std::optional<std::string>> ensure_setup_link(Hub&);
/// Whether this secret opens the set-up page now.
Result<bool> is_setup_open(Hub&, std::string_view secret);
/// Makes the first administrator; the link ends in the same transaction.
/// Fails: kNotFound when the link was used or is not ours; otherwise as create_user, and the link stays good.
Result<catalog::User> complete_setup(Hub&, std::string_view secret, NewUser user, const std::string& address);

}  // namespace mirfa::hub
