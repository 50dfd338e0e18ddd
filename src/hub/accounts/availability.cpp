// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/availability.h"

#include "hub/access/names.h"
#include "hub/access/permission.h"
#include "hub/accounts/detail/account_rules.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

Availability free_unless(bool taken) { return {taken ? Reason::kNameTaken : Reason::kNone}; }

}  // namespace

Result<Availability> check_owner_availability(Hub& hub, const std::string& name) {
    if (const auto rules = check_owner_name(name); !rules.has_value()) return Availability{rules.error().reason};
    return hub.catalog.read([&](Session& s) -> Result<Availability> {
        TRY(const auto taken, catalog::find_owner(s, name));
        return free_unless(taken.has_value());
    });
}

Result<Availability> check_repo_availability(Hub& hub, const Principal& who, catalog::RepoType type,
                                             const std::string& owner_name, const std::string& name) {
    return hub.catalog.read([&](Session& s) -> Result<Availability> {
        TRY(const auto owner, catalog::find_owner(s, owner_name));
        if (!owner || owner->kind == catalog::OwnerKind::kDeleted)
            return Error{Code::kNotFound, "There is no user or organization called \"" + owner_name.substr(0, 100) + "\"."};
        TRY(require_create(s, who, *owner, type));
        if (const auto rules = check_repo_name(name); !rules.has_value()) return Availability{rules.error().reason};
        TRY(const auto taken, catalog::find_repository(s, type, owner->name, name));
        return free_unless(taken.has_value());
    });
}

}  // namespace mirfa::hub
