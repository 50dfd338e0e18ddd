// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

#include "base/testing/power.h"
#include "blob/chunk_tables.h"
#include "blob/folder_store.h"
#include "blob/testing/forgetful_files.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/testing/forgetful_vfs.h"
#include "git/node_cache.h"
#include "hub/access/keyring.h"
#include "hub/hub.h"
#include "hub/repos/counters.h"

namespace mirfa::hub {

/// A hub on a machine whose disks, that of the store and that of the database, forget at a power cut whatever was not
/// synced.
class ForgetfulMachine {
public:
    /// The hub while the power is on.
    struct Running {
        std::unique_ptr<catalog::Catalog> catalog;
        std::unique_ptr<blob::Store> store;
        blob::ChunkTables chunk_tables;
        git::NodeCache git_cache;
        Keyring keyring;
        Counters counters;
        Hub hub;

        Running(std::unique_ptr<catalog::Catalog> opened, std::unique_ptr<blob::Store> store_opened,
                const std::filesystem::path& cache)
            : catalog(std::move(opened)),
              store(std::move(store_opened)),
              chunk_tables(*store),
              git_cache(cache, 1u << 30),
              keyring(*catalog, system_clock()),
              hub{*catalog, *store, chunk_tables, git_cache, system_clock(), keyring, counters, {}} {}
    };

    ForgetfulMachine() {
        std::filesystem::create_directory(folder_.path() / "db");
        std::filesystem::create_directory(folder_.path() / "store");
        files_.emplace(folder_.path() / "store", &power);
        vfs_.emplace(folder_.path() / "db", power);
    }

    Power power;

    /// Fails: as the disks do once the power is off.
    Result<std::unique_ptr<Running>> start() {
        TRY(auto catalog, catalog::open_sqlite(folder_.path() / "db/hub.db", vfs_->name()));
        TRY(auto store, blob::open_folder_store(folder_.path() / "store", {.files = &*files_}));
        return std::make_unique<Running>(std::move(catalog), std::move(store), folder_.path() / "cache");
    }

    /// The store's disk takes so many octets more.
    void fill_store_after(std::uint64_t octets) { files_->fill_after(octets); }
    void make_room() { files_->fill_after(std::numeric_limits<std::uint64_t>::max()); }

    /// What comes after the cut, with `running` gone while the power was off.
    void cut_power(std::unique_ptr<Running> running, unsigned seed) {
        using Vfs = catalog::ForgetfulVfs::Unsynced;
        using Files = blob::ForgetfulFiles::Unsynced;
        power.stop_after(0);
        running.reset();
        files_->cut_power(seed % 2 == 0 ? Files::kLost : Files::kKept);
        vfs_->cut_power(seed % 3 == 0 ? Vfs::kLost : seed % 3 == 1 ? Vfs::kSome : Vfs::kKept, seed);
    }

private:
    TemporaryFolder folder_ = TemporaryFolder::create().value();
    std::optional<blob::ForgetfulFiles> files_;
    std::optional<catalog::ForgetfulVfs> vfs_;
};

}  // namespace mirfa::hub
