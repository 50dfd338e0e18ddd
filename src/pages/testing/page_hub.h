// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "blob/chunk_tables.h"
#include "blob/memory_store.h"
#include "git/node_cache.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/repos/counters.h"

namespace mirfa::pages::testing {

/// Where syncing costs nothing, when the machine has such a place: tests of rules make thousands of commits.
inline std::filesystem::path quick_folder() {
    const std::filesystem::path in_memory = "/dev/shm";
    return std::filesystem::is_directory(in_memory) ? in_memory : std::filesystem::path{};
}

/// A hub with everything in it: the catalog and git's cache in a temporary folder, large bytes in memory, a clock that
/// stands still, and people who can sign in with a password.
struct PageHub {
    TemporaryFolder folder = TemporaryFolder::create(quick_folder()).value();
    std::unique_ptr<catalog::Catalog> catalog = catalog::open_sqlite(folder.path() / "db").value();
    hub::testing::SetClock clock;
    hub::Keyring keyring{*catalog, clock};
    std::unique_ptr<blob::Store> store = blob::make_memory_store();
    blob::ChunkTables chunk_tables{*store};
    git::NodeCache git_cache{folder.path() / "git-cache", 1u << 30};
    hub::Counters counters;
    hub::Hub hub{*catalog, *store, chunk_tables, git_cache, clock, keyring, counters, {}};
    hub::Actor admin{"admin", "local"};

    catalog::User add_user(const std::string& name, bool is_admin = false) {
        return hub::create_user(hub, admin, {name, name + "@corp.test", Secret("password of " + name), "", is_admin}).value();
    }
};

}  // namespace mirfa::pages::testing
