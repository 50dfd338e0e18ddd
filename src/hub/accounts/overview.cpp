// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/overview.h"

#include "blob/store.h"

namespace mirfa::hub {

using catalog::Session;

Result<Storage> load_storage(Hub& hub) {
    TRY(const auto totals, hub.catalog.read([](Session& s) { return catalog::storage_totals(s); }));
    TRY(const auto free_octets, hub.store.free_bytes());
    return Storage{totals, free_octets};
}

Result<std::vector<catalog::AuditEvent>> list_audit(Hub& hub, int limit, catalog::RowId before) {
    return hub.catalog.read([&](Session& s) { return catalog::list_audit_events(s, limit, before); });
}

}  // namespace mirfa::hub
