// SPDX-License-Identifier: Apache-2.0
// The database on a disk that forgets, and first the proof that this disk does forget.
#include "catalog/testing/forgetful_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/file.h"
#include "catalog/settings.h"
#include "catalog/sqlite_catalog.h"

namespace mirfa::catalog {
namespace {

using Unsynced = ForgetfulVfs::Unsynced;

struct ForgetfulDisk {
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::filesystem::path file = folder.path() / "mirfa.db";
    Power power;
    ForgetfulVfs vfs{folder.path(), power};
};

/// A bare connection, with the settings that a test wants to look at.
class Database {
public:
    explicit Database(ForgetfulDisk& disk) {
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
        EXPECT_EQ(sqlite3_open_v2(disk.file.c_str(), &db_, flags, disk.vfs.name()), SQLITE_OK);
    }
    ~Database() { sqlite3_close_v2(db_); }
    int run(const char* sql) { return sqlite3_exec(db_, sql, nullptr, nullptr, nullptr); }

private:
    sqlite3* db_ = nullptr;
};

/// Whether a table made under these settings is there after a power cut.
bool outlives_a_power_cut(const char* settings, Unsynced unsynced) {
    ForgetfulDisk disk;
    {
        Database database(disk);
        EXPECT_EQ(database.run(settings), SQLITE_OK);
        EXPECT_EQ(database.run("CREATE TABLE told (a)"), SQLITE_OK);
        disk.power.stop_after(0);
    }
    disk.vfs.cut_power(unsynced);
    return Database(disk).run("SELECT * FROM told") == SQLITE_OK;
}

TEST(ForgetfulVfs, ForgetsWhatWasNotSynced) {
    EXPECT_FALSE(outlives_a_power_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", Unsynced::kLost));
    EXPECT_FALSE(outlives_a_power_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", Unsynced::kLost));
    // The journal comes back, for the folder was not synced when it went, and undoes the transaction.
    EXPECT_FALSE(outlives_a_power_cut("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL", Unsynced::kLost));
}

TEST(ForgetfulVfs, KeepsWhatWasSyncedOrHappenedToReachTheDisk) {
    EXPECT_TRUE(outlives_a_power_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", Unsynced::kLost));
    EXPECT_TRUE(outlives_a_power_cut("PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA", Unsynced::kLost));
    EXPECT_TRUE(outlives_a_power_cut("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF", Unsynced::kKept));
}

TEST(ForgetfulVfs, ChangesNothingOnceThePowerIsOff) {
    ForgetfulDisk disk;
    Database database(disk);
    EXPECT_EQ(database.run("CREATE TABLE before (a)"), SQLITE_OK);
    disk.power.stop_after(0);
    EXPECT_NE(database.run("CREATE TABLE later (a)"), SQLITE_OK);
}

class CatalogPowerCuts : public testing::TestWithParam<Unsynced> {};

/// Also while the database is made: the first changes are the migrations.
TEST_P(CatalogPowerCuts, LoseNoAcknowledgedWriteAtAnyChange) {
    bool stopped = true;
    int cuts_in_writes = 0;
    for (unsigned changes = 0; stopped; changes += changes < 40 ? 3 : 11) {
        ForgetfulDisk disk;
        disk.power.stop_after(changes);
        int told = 0;
        if (const auto catalog = open_sqlite(disk.file, disk.vfs.name()); catalog.has_value()) {
            const auto put_next = [&](Session& s) { return put_setting(s, "n" + std::to_string(told), std::string(3'000, 'x')); };
            while (told < 20 && catalog.value()->write(put_next).has_value()) ++told;
            cuts_in_writes += told < 20 ? 1 : 0;
            stopped = told < 20;
            disk.power.stop_after(0);
        }
        disk.vfs.cut_power(GetParam(), changes);
        const auto reopened = open_sqlite(disk.file, disk.vfs.name());
        ASSERT_TRUE(reopened.has_value()) << "after " << changes << " changes: " << describe(reopened.error());
        for (int i = 0; i < told; ++i) {
            const auto found = reopened.value()->read([&](Session& s) { return find_setting(s, "n" + std::to_string(i)); });
            ASSERT_TRUE(found.has_value() && found.value())
                << "lost write " << i << " of " << told << " after " << changes << " changes";
        }
    }
    EXPECT_GT(cuts_in_writes, 5);
}

INSTANTIATE_TEST_SUITE_P(Disks, CatalogPowerCuts, testing::Values(Unsynced::kLost, Unsynced::kKept, Unsynced::kSome));

}  // namespace
}  // namespace mirfa::catalog
