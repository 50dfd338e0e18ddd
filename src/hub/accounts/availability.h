// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Whether a name may be taken, for forms that say so while it is typed.
struct Availability {
    Reason reason = Reason::kNone;  ///< kNameInvalid, kNameReserved, kNameTaken; kNone: it is free
    bool available() const { return reason == Reason::kNone; }
};

/// For a user or an organisation. Names of deleted owners are taken.
Result<Availability> check_owner_availability(Hub&, const std::string& name);
/// For a repository. Fails: kNotFound for an owner that is not there; kForbidden for one under which the caller may not
/// create any, whatever the name, so that nothing is told of what is hidden.
Result<Availability> check_repo_availability(Hub&, const Principal&, catalog::RepoType type, const std::string& owner,
                                             const std::string& name);

}  // namespace mirfa::hub
