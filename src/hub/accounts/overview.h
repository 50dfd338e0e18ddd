// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/large.h"
#include "catalog/settings.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// What the hub keeps, for its administrators.
struct Storage {
    catalog::StorageTotals totals;
    std::optional<std::uint64_t> free_octets;  ///< that still fit; nothing where the store cannot tell
};
Result<Storage> load_storage(Hub&);

/// What happened to accounts and repositories, newest first, before the event `before`.
Result<std::vector<catalog::AuditEvent>> list_audit(Hub&, int limit, catalog::RowId before = INT64_MAX);

}  // namespace mirfa::hub
