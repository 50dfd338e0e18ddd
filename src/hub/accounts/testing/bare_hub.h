// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>

#include "base/file.h"
#include "catalog/sqlite_catalog.h"
#include "hub/access/keyring.h"
#include "hub/accounts/accounts.h"

namespace mirfa::hub::testing {

class SetClock final : public Clock {
public:
    std::atomic<UnixMillis> time = 1'700'000'000'000;  // runners of jobs look at it from threads of their own
    UnixMillis now() const override { return time; }
    void pass(std::chrono::milliseconds span) { time += span.count(); }
};

/// A hub with a catalog in a temporary folder and a clock that stands still. The stores of large bytes are places
/// without anything in them: rules about accounts never touch them.
struct BareHub {
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::unique_ptr<catalog::Catalog> catalog = catalog::open_sqlite(folder.path() / "db").value();
    SetClock clock;
    Keyring keyring{*catalog, clock};
    alignas(std::max_align_t) std::array<std::byte, 64> nothing{};
    Hub hub{
        *catalog, place<blob::Store>(), place<blob::ChunkTables>(), place<git::NodeCache>(), clock, keyring, place<Counters>(),
        {}};
    Actor admin{"admin", "local"};

    template <class T>
    T& place() {
        return *reinterpret_cast<T*>(nothing.data());
    }
    catalog::User add_user(const std::string& name, bool is_admin = false) {
        return create_user(hub, admin, {name, name + "@corp.test", Secret("password of " + name), "", is_admin}).value();
    }
    /// What the audit table tells, newest first, as `actor action target`.
    std::vector<std::string> audit_lines() {
        std::vector<std::string> lines;
        const auto events = catalog->read([](catalog::Session& s) { return catalog::list_audit_events(s, 100); }).value();
        for (const auto& event : events) lines.push_back(event.actor + " " + event.action + " " + event.target);
        return lines;
    }
};

}  // namespace mirfa::hub::testing
