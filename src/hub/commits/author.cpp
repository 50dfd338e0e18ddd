// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/author.h"

#include "catalog/accounts.h"

namespace mirfa::hub {

Result<git::Identity> author_of(Hub& hub, const Principal& who) {
    TRY(const auto user, hub.catalog.read([&](catalog::Session& s) { return catalog::find_user_by_id(s, who.user); }));
    if (!user) return Error{Code::kUnauthenticated, "Your account does not exist any more.", Reason::kMissingCredentials};
    return git::Identity{user->owner.name, user->email, hub.clock.now() / 1000, 0};
}

}  // namespace mirfa::hub
