// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/settings.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// Who does something to an account, as the audit table keeps it. Whether they may was decided before.
struct Actor {
    std::string name;
    std::string address;  ///< of the client; "local" for the administration program
};
inline Actor actor_of(const Principal& who, std::string_view address) {
    return {who.name.empty() ? "-" : who.name, std::string(address)};
}

/// Adds a line to the audit table in the same transaction as what it tells of.
Result<void> audit(catalog::Session&, const Hub&, const Actor& by, std::string_view action, std::string_view target);

}  // namespace mirfa::hub
