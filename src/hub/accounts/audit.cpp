// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/audit.h"

namespace mirfa::hub {

Result<void> audit(catalog::Session& session, const Hub& hub, const Actor& by, std::string_view action, std::string_view target) {
    return catalog::add_audit_event(session, {hub.clock.now(), by.name, std::string(action), std::string(target), by.address});
}

}  // namespace mirfa::hub
