// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog.h"

#include <gtest/gtest.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <latch>
#include <set>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "catalog/accounts.h"
#include "catalog/history.h"
#include "catalog/large.h"
#include "catalog/objects.h"
#include "catalog/repos.h"
#include "catalog/scans.h"
#include "catalog/settings.h"
#include "catalog/sqlite_catalog.h"
#include "catalog/tokens.h"

namespace mirfa::catalog {
namespace {

class CatalogTest : public testing::Test {
protected:
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::string address = "sqlite:" + (folder.path() / "mirfa.db").string();
    std::unique_ptr<Catalog> catalog = open_catalog(address).value();

    User add_user(const std::string& name) {
        User user{
            {static_cast<RowId>(std::hash<std::string>{}(name) >> 2), OwnerKind::kUser, name, name, 1}, name + "@x", "", false};
        EXPECT_TRUE(catalog->write([&](Session& s) { return insert_user(s, user); }).has_value());
        return user;
    }
    Repository add_repo(const User& owner, const std::string& name, bool is_private = false) {
        Repository repo;
        repo.id = static_cast<RowId>(std::hash<std::string>{}(owner.owner.name + name) >> 2);
        repo.owner = owner.owner.id;
        repo.creator = owner.owner.id;
        repo.name = name;
        repo.is_private = is_private;
        repo.created = 5;
        EXPECT_TRUE(catalog->write([&](Session& s) { return insert_repository(s, repo); }).has_value());
        return repo;
    }
};

TEST_F(CatalogTest, ADatabaseOfTheFirstReleaseIsBroughtUpToDate) {
    const auto path = folder.path() / "old.db";
    sqlite3* old = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &old), SQLITE_OK);
    auto statements = statements_of(migrations()[0], Dialect::kSqlite);
    statements.push_back("INSERT INTO owner (id, kind, name, name_key, fullname, created) VALUES (7, 1, 'Ann', 'ann', 'A', 1)");
    statements.push_back(
        "INSERT INTO user_account (owner_id, email, email_key, password_hash, is_admin) VALUES (7, 'e', 'e', '', 1)");
    statements.push_back("PRAGMA user_version=1");
    for (const auto& sql : statements) ASSERT_EQ(sqlite3_exec(old, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(old);
    const auto opened = open_catalog("sqlite:" + path.string()).value();
    const auto ann = opened->read([](Session& s) { return find_user(s, "ann"); }).value().value();
    EXPECT_EQ(ann.owner.fullname, "A");
    EXPECT_EQ(ann.owner.bio, "");
    EXPECT_EQ(ann.owner.avatar, 0);
    EXPECT_TRUE(ann.is_admin);
    EXPECT_FALSE(ann.disabled);
}

TEST_F(CatalogTest, WhatWasScannedBeforeRulesHadVersionsIsFoundAndReplaced) {
    const auto path = folder.path() / "old.db";
    sqlite3* old = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &old), SQLITE_OK);
    std::vector<std::string> statements;
    for (const auto& migration : migrations())
        if (migration.number <= 6) std::ranges::copy(statements_of(migration, Dialect::kSqlite), std::back_inserter(statements));
    statements.push_back("INSERT INTO file_scan (content, status, report, scanned) VALUES (x'01', 'safe', '{}', 5)");
    statements.push_back("PRAGMA user_version=6");
    for (const auto& sql : statements) ASSERT_EQ(sqlite3_exec(old, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(old);
    const auto opened = open_catalog("sqlite:" + path.string()).value();
    const auto find = [&](int reading) { return opened->read([&](Session& s) { return find_scan(s, {{1}, reading}); }).value(); };
    const FileScan before{"safe", "{}", 0}, after{"unsafe", "{\"a\":1}", 3};
    EXPECT_EQ(find(0), before);
    EXPECT_EQ(find(2), before);
    ASSERT_TRUE(opened->write([&](Session& s) { return put_scan(s, {{1}, 2}, after, 6); }).has_value());
    EXPECT_EQ(find(2), after);
    EXPECT_EQ(find(0), before);
    ASSERT_TRUE(opened->write([&](Session& s) { return put_scan(s, {{1}, 2}, {"safe", "{}", 2}, 7); }).has_value());
    EXPECT_EQ(find(2), after);
    EXPECT_EQ(opened->read([](Session& s) { return find_scan(s, {{2}, 0}); }).value(), std::nullopt);
}

TEST_F(CatalogTest, AFailedWriteChangesNothing) {
    auto failed = catalog->write([](Session& s) -> Result<void> {
        TRY(put_setting(s, "a", "1"));
        return Error{Code::kConflict, "no"};
    });
    EXPECT_EQ(failed.error().code, Code::kConflict);
    EXPECT_FALSE(catalog->read([](Session& s) { return find_setting(s, "a"); }).value().has_value());
}

TEST_F(CatalogTest, TheVersionChangesWithEveryWriteOfAnybodyAndWithNothingElse) {
    const auto other = open_catalog(address).value();  // as another process would
    const auto before = catalog->version();
    ASSERT_TRUE(before.has_value());
    EXPECT_TRUE(catalog->read([](Session& s) { return find_setting(s, "a"); }).has_value());
    EXPECT_EQ(catalog->version(), before);
    EXPECT_TRUE(catalog->write([](Session& s) { return put_setting(s, "a", "1"); }).has_value());
    const auto after_own = catalog->version();
    EXPECT_NE(after_own, before);
    EXPECT_TRUE(other->write([](Session& s) { return put_setting(s, "a", "2"); }).has_value());
    EXPECT_NE(catalog->version(), after_own);
    EXPECT_NE(catalog->version(), before);
    EXPECT_EQ(catalog->version(), catalog->version());
}

TEST_F(CatalogTest, WritersAtOnceAllSucceedAndAreThereAfterReopening) {
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 8; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                const auto key = std::to_string(t) + "/" + std::to_string(i);
                if (!catalog->write([&](Session& s) { return put_setting(s, key, "x"); }).has_value()) ++failures;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
    catalog.reset();
    catalog = open_catalog(address).value();
    EXPECT_EQ(catalog->read([](Session& s) { return find_setting(s, "7/24"); }).value(), "x");
}

TEST_F(CatalogTest, AnotherProcessWritesToTheSameDatabase) {
    auto other = open_catalog(address).value();
    ASSERT_TRUE(other->write([](Session& s) { return put_setting(s, "from", "other"); }).has_value());
    EXPECT_EQ(catalog->read([](Session& s) { return find_setting(s, "from"); }).value(), "other");
}

/// Whether another process sees SQLite's lock of this one on a database: that it is in use at all. In WAL mode every
/// connection holds a shared lock from its first read to its end (510 octets behind 2^30 + 2 of the database file).
bool others_see_it_in_use(const std::filesystem::path& file) {
    const pid_t child = ::fork();  // which inherits no locks
    if (child == 0) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
        struct flock lock {};
        lock.l_type = F_WRLCK;
        lock.l_start = 0x40000002;
        lock.l_len = 510;
        ::_exit(::fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type == F_RDLCK ? 0 : 1);
    }
    int status = 1;
    ::waitpid(child, &status, 0);
    return status == 0;
}

// A token revoked by `mirfa admin` went on working: opening one more connection had opened and closed the database file
// besides, which dropped all locks of the server; the other program, as it seemed the last one, took the log away.
TEST_F(CatalogTest, MoreConnectionsDoNotGiveUpTheLockOnTheDatabase) {
    const auto file = folder.path() / "mirfa.db";
    ASSERT_TRUE(others_see_it_in_use(file));
    ASSERT_TRUE(catalog
                    ->read([&](Session& outer) -> Result<void> {
                        TRY(find_setting(outer, "k"));
                        return catalog->read(
                            [&](Session& inner) -> Result<void> {  // while one is in use, a second connection is opened
                                TRY(find_setting(inner, "k"));
                                return ok();
                            });
                    })
                    .has_value());
    EXPECT_TRUE(others_see_it_in_use(file));
}

/// Three writes that become one transaction: the writer is kept busy until all of them wait.
class GroupedWrites {
public:
    explicit GroupedWrites(Catalog& catalog)
        : catalog_(catalog), blocker_([this] {
              (void)catalog_.write([this](Session&) -> Result<void> {
                  started_.count_down();
                  go_.wait();
                  return ok();
              });
          }) {
        started_.wait();
    }
    void add(std::function<Result<void>(Session&)> body) {
        outcomes_.emplace_back(std::async(std::launch::async, [this, body = std::move(body)] {
            waiting_.fetch_add(1);
            return catalog_.write(body);
        }));
    }
    std::vector<Result<void>> finish() {
        while (waiting_ < static_cast<int>(outcomes_.size())) std::this_thread::yield();
        go_.count_down();
        blocker_.join();
        std::vector<Result<void>> all;
        for (auto& outcome : outcomes_) all.push_back(outcome.get());
        return all;
    }

private:
    Catalog& catalog_;
    std::latch started_{1};
    std::latch go_{1};
    std::atomic<int> waiting_ = 0;
    std::vector<std::future<Result<void>>> outcomes_;
    std::thread blocker_;
};

TEST_F(CatalogTest, AFullDiskFailsEveryWriteOfTheTransactionAndSaysSo) {
    GroupedWrites group(*catalog);
    const std::string large(1 << 20, 'x');
    for (const char* key : {"a", "b"}) group.add([=](Session& s) { return put_setting(s, key, "1"); });
    group.add([&](Session& s) -> Result<void> {
        TRY(s.change("PRAGMA max_page_count=1", std::span<const Value>{}));  // SQLite makes it what there is
        return put_setting(s, "large", large);
    });
    const auto outcomes = group.finish();
    EXPECT_EQ(outcomes[2].error().code, Code::kOutOfSpace);
    for (int i = 0; i < 2; ++i) {
        const auto key = i == 0 ? "a" : "b";
        const auto stored = catalog->read([&](Session& s) { return find_setting(s, key); }).value();
        EXPECT_EQ(stored.has_value(), outcomes[i].has_value()) << key;
        EXPECT_TRUE(outcomes[i].has_value() || outcomes[i].error().code == Code::kOutOfSpace);
    }
    ASSERT_TRUE(catalog
                    ->write([](Session& s) -> Result<void> {
                        TRY(s.change("PRAGMA max_page_count=1000000", std::span<const Value>{}));
                        return put_setting(s, "later", "1");
                    })
                    .has_value());
}

TEST_F(CatalogTest, AWriteWhoseSavepointIsGoneTakesTheWholeTransactionWithIt) {
    GroupedWrites group(*catalog);
    group.add([](Session& s) { return put_setting(s, "a", "1"); });
    group.add([](Session& s) -> Result<void> {
        TRY(put_setting(s, "half", "1"));
        TRY(s.change("RELEASE one", std::span<const Value>{}));
        return Error{Code::kConflict, "no"};
    });
    const auto outcomes = group.finish();
    EXPECT_FALSE(outcomes[1].has_value());
    const auto stored = [&](const char* key) { return catalog->read([&](Session& s) { return find_setting(s, key); }).value(); };
    EXPECT_FALSE(stored("half").has_value());
    EXPECT_EQ(stored("a").has_value(), outcomes[0].has_value());
}

TEST_F(CatalogTest, DatabaseLogAndBackupAreReadableToTheirOwnerAlone) {
    catalog.reset();
    const auto before = ::umask(0);
    catalog = open_catalog("sqlite:" + (folder.path() / "other.db").string()).value();
    ASSERT_TRUE(catalog->write([](Session& s) { return put_setting(s, "k", "v"); }).has_value());
    ASSERT_TRUE(catalog->backup(folder.path() / "copy.db").has_value());
    ::umask(before);
    for (const char* name : {"other.db", "other.db-wal", "other.db-shm", "copy.db"})
        EXPECT_EQ(std::filesystem::status(folder.path() / name).permissions() & std::filesystem::perms::all,
                  std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
            << name;
}

TEST_F(CatalogTest, ASnapshotIsNotWrittenTo) {
    EXPECT_FALSE(catalog->read([](Session& s) { return put_setting(s, "k", "v"); }).has_value());
    EXPECT_FALSE(catalog->read([](Session& s) { return find_setting(s, "k"); }).value().has_value());
}

TEST_F(CatalogTest, AQueryInsideItselfIsAnErrorAndNotTheWrongRows) {
    ASSERT_TRUE(catalog
                    ->write([](Session& s) -> Result<void> {
                        TRY(put_setting(s, "a", "1"));
                        return put_setting(s, "b", "2");
                    })
                    .has_value());
    const auto outcome = catalog->read([](Session& s) -> Result<void> {
        constexpr std::string_view kSql = "SELECT key FROM setting ORDER BY key";
        return s.each(kSql, {}, [&](const Row&) { return s.each(kSql, {}, [](const Row&) -> Result<void> { return ok(); }); });
    });
    EXPECT_EQ(outcome.error().code, Code::kInternal);
}

TEST_F(CatalogTest, ReadersThatOverlapWithoutEndDoNotLetTheLogGrow) {
    catalog.reset();
    const auto file = folder.path() / "busy.db";
    catalog = open_sqlite(file, nullptr, 300).value();
    std::atomic<bool> stop = false;
    std::atomic<std::int64_t> begun = 0;
    const auto read = [&] {
        while (!stop)
            (void)catalog->read([&](Session& s) -> Result<void> {
                TRY(find_setting(s, "k"));
                const auto mine = ++begun;
                while (!stop && begun == mine) std::this_thread::yield();  // until the next has begun
                return ok();
            });
    };
    std::thread one(read), two(read);
    const std::string large(400'000, 'x');
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(catalog->write([&](Session& s) { return put_setting(s, "k", large); }).has_value());
    stop = true;
    one.join();
    two.join();
    EXPECT_LT(std::filesystem::file_size(file.string() + "-wal"), 40u * 400'000u / 2);
}

TEST_F(CatalogTest, ABackupIsACompleteDatabase) {
    ASSERT_TRUE(catalog->write([](Session& s) { return put_setting(s, "k", "v"); }).has_value());
    const auto copy = folder.path() / "copy.db";
    ASSERT_TRUE(catalog->backup(copy).has_value());
    auto restored = open_catalog("sqlite:" + copy.string()).value();
    EXPECT_EQ(restored->read([](Session& s) { return find_setting(s, "k"); }).value(), "v");
}

TEST_F(CatalogTest, ADatabaseOfANewerProgramIsRefused) {
    ASSERT_TRUE(catalog
                    ->write([](Session& s) -> Result<void> {
                        TRY(s.change("PRAGMA user_version=9999", std::span<const Value>{}));
                        return ok();
                    })
                    .has_value());
    catalog.reset();
    EXPECT_EQ(open_catalog(address).error().code, Code::kUnsupported);
}

TEST_F(CatalogTest, NamesAreFoundInAnyCaseAndStayTakenAfterDeletion) {
    const auto alice = add_user("Alice");
    EXPECT_EQ(catalog->read([](Session& s) { return find_user(s, "aLICE"); }).value()->owner.name, "Alice");
    ASSERT_TRUE(catalog->write([&](Session& s) { return delete_owner(s, alice.owner.id); }).has_value());
    EXPECT_FALSE(catalog->read([](Session& s) { return find_user(s, "alice"); }).value().has_value());
    User again = alice;
    again.owner.id += 1;
    EXPECT_EQ(catalog->write([&](Session& s) { return insert_user(s, again); }).error().code, Code::kAlreadyExists);
}

TEST_F(CatalogTest, AMovedRepositoryIsFoundThroughItsOldName) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    const auto repo = add_repo(alice, "m");
    ASSERT_TRUE(catalog->write([&](Session& s) { return move_repository(s, repo, bob.owner.id, "n"); }).has_value());
    EXPECT_FALSE(catalog->read([](Session& s) { return find_repository(s, RepoType::kModel, "alice", "m"); }).value());
    EXPECT_EQ(catalog->read([](Session& s) { return find_redirect(s, RepoType::kModel, "ALICE", "M"); }).value()->full_name(),
              "bob/n");
}

TEST_F(CatalogTest, ListsShowPrivateRepositoriesOnlyToThoseWhoMayReadThem) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    add_repo(alice, "open");
    add_repo(alice, "secret", true);
    const auto names = [&](std::optional<RowId> viewer) {
        RepoQuery query;
        query.viewer = viewer;
        std::vector<std::string> found;
        auto rows = catalog->read([&](Session& s) { return list_repositories(s, query); });
        EXPECT_TRUE(rows.has_value()) << describe(rows.error());
        for (const auto& repo : rows.value()) found.push_back(repo.name);
        std::sort(found.begin(), found.end());
        return found;
    };
    EXPECT_EQ(names({}), std::vector<std::string>{"open"});
    EXPECT_EQ(names(bob.owner.id), std::vector<std::string>{"open"});
    EXPECT_EQ(names(alice.owner.id), (std::vector<std::string>{"open", "secret"}));
}

TEST_F(CatalogTest, PagesOfAListNeitherRepeatNorSkip) {
    const auto alice = add_user("alice");
    for (int i = 0; i < 7; ++i) add_repo(alice, "r" + std::to_string(i));
    RepoQuery query;
    query.limit = 3;
    query.search = {"ALICE/r"};
    std::set<std::string> seen;
    for (int page = 0; page < 4; ++page) {
        const auto rows = catalog->read([&](Session& s) { return list_repositories(s, query); }).value();
        for (const auto& row : rows) EXPECT_TRUE(seen.insert(row.name).second);
        if (rows.empty()) break;
        query.after = {sort_value(rows.back(), query.sort), rows.back().id};
    }
    EXPECT_EQ(seen.size(), 7u);
}

TEST_F(CatalogTest, ContentOfAnotherRepositoryIsNotFoundThroughThisOne) {
    const auto alice = add_user("alice");
    const auto mine = add_repo(alice, "mine");
    const auto other = add_repo(alice, "other");
    const auto sha = sha256_of("x");
    ASSERT_TRUE(catalog
                    ->write([&](Session& s) -> Result<void> {
                        TRY(put_large_object(s, {sha, 1, true, std::nullopt, 1}));
                        return hold_object(s, mine.id, sha, alice.owner.id, Door::kLfs, 1, 100);
                    })
                    .has_value());
    EXPECT_TRUE(catalog->read([&](Session& s) { return find_repo_object(s, mine.id, sha); }).value().has_value());
    EXPECT_FALSE(catalog->read([&](Session& s) { return find_repo_object(s, other.id, sha); }).value().has_value());
    EXPECT_TRUE(catalog->write([&](Session& s) { return make_hold_firm(s, mine.id, sha); }).value());
    EXPECT_FALSE(catalog->write([&](Session& s) { return make_hold_firm(s, other.id, sha); }).value());
}

TEST_F(CatalogTest, WhatARepositoryStoresCountsEachBlobAndXorbOnce) {
    const auto alice = add_user("alice");
    const auto repo = add_repo(alice, "m"), empty = add_repo(alice, "empty");
    const auto store = [&](Session& s, const char* name, std::int64_t size, bool raw, const std::optional<XetHash>& file,
                           bool firm) -> Result<void> {
        const auto sha = sha256_of(as_bytes(std::string_view(name)));
        if (file) TRY(insert_xet_file(s, {*file, size, sha, {{XetHash{{7}}, 0, 1, 100}}, 1}));
        TRY(put_large_object(s, {sha, size, raw, file, 1}));
        TRY(hold_object(s, repo.id, sha, alice.owner.id, Door::kLfs, 1, 100));
        if (firm) TRY(make_hold_firm(s, repo.id, sha));
        return ok();
    };
    const auto stored = catalog->write([&](Session& s) -> Result<void> {
        TRY(insert_xorb(s, {XetHash{{7}}, 60, 100, 1, 1}));
        TRY(store(s, "raw", 50, true, std::nullopt, true));
        TRY(store(s, "xet", 100, false, XetHash{{1}}, true));
        TRY(store(s, "the same again", 100, false, XetHash{{2}}, true));
        return store(s, "no commit names it", 1000, true, std::nullopt, false);
    });
    ASSERT_TRUE(stored.has_value()) << describe(stored.error());
    const auto storage = catalog->read([&](Session& s) { return repo_storage(s, repo.id); }).value();
    EXPECT_EQ(storage.logical, 250);
    EXPECT_EQ(storage.stored, 50 + 60);
    EXPECT_EQ(storage.objects, 3);
    EXPECT_EQ(catalog->read([&](Session& s) { return repo_storage(s, empty.id); }).value().logical, 0);
}

TEST_F(CatalogTest, ARepositoryThatWasDeletedHoldsNothingAnyMore) {
    const auto alice = add_user("alice");
    const auto repo = add_repo(alice, "m");
    ASSERT_TRUE(catalog->write([&](Session& s) { return delete_repository(s, repo.id); }).has_value());
    const auto held =
        catalog->write([&](Session& s) { return hold_object(s, repo.id, sha256_of("x"), alice.owner.id, Door::kLfs, 1, 9); });
    EXPECT_EQ(held.error().reason, Reason::kRepoNotFound);
}

/// What SQLite says it will do for a statement.
std::string plan_of(Catalog& catalog, std::string_view sql) {
    std::string plan;
    const auto outcome = catalog.read([&](Session& s) {
        return s.each("EXPLAIN QUERY PLAN " + std::string(sql), {}, [&](const Row& row) -> Result<void> {
            plan += row.string(3) + "\n";
            return ok();
        });
    });
    EXPECT_TRUE(outcome.has_value()) << describe(outcome.error());
    return plan;
}

TEST_F(CatalogTest, OldEventsAreForgottenOldestFirstAndAFewAtATime) {
    ASSERT_TRUE(catalog
                    ->write([&](Session& s) -> Result<void> {
                        for (const UnixMillis at : {30, 10, 20, 40})
                            TRY(add_audit_event(s, {at, "ann", "sign-in", std::to_string(at), ""}));
                        return ok();
                    })
                    .has_value());
    const auto left_after = [&](UnixMillis before, int most) {
        EXPECT_TRUE(catalog->write([&](Session& s) { return delete_audit_events(s, before, most); }).has_value());
        const auto events = catalog->read([](Session& s) { return list_audit_events(s, 10); }).value();
        std::set<std::string> left;
        for (const auto& event : events) left.insert(event.target);
        return left;
    };
    EXPECT_EQ(left_after(40, 2), (std::set<std::string>{"30", "40"}));
    EXPECT_EQ(left_after(40, 2), (std::set<std::string>{"40"}));
    EXPECT_EQ(left_after(40, 2), (std::set<std::string>{"40"}));
}

TEST_F(CatalogTest, NoStatementReadsAWholeTableUnlessItIsAShortOneOrRare) {
    const std::set<std::string> may_scan = {"signing_key",  // a few rows
                                            "invitation",   // at most a thousand
                                            "owner",        // the administrator's lists
                                            "audit_event",  // the newest of it, by its key
                                            "user_account",
                                            "web_session",
                                            "device_grant",
                                            "login_failure",
                                            "multipart_upload",
                                            "repository_text",  // SQLite's word for its full-text index
                                            "best",
                                            "counted"};  // a limited number of rows of a subquery
    for (const auto* statement : Statement::all()) {
        if (statement->sql().find("CAST(COALESCE(SUM(") != std::string::npos) continue;  // storage_totals(), below
        const auto plan = plan_of(*catalog, statement->sql());
        for (auto at = plan.find("SCAN "); at != std::string::npos; at = plan.find("SCAN ", at + 1)) {
            if (at != 0 && plan[at - 1] != '\n') continue;
            const auto name = plan.substr(at + 5, plan.find_first_of(" \n", at + 5) - at - 5);
            if (name.starts_with("CONSTANT") || name.starts_with("(")) continue;
            EXPECT_TRUE(may_scan.contains(name)) << statement->sql() << "\n" << plan;
        }
    }
}

// Administrators ask for it now and then. Rows of repositories hold cards, which it must not read.
TEST_F(CatalogTest, TheTotalOfStorageReadsNoRowsOfRepositories) {
    const auto plan = plan_of(*catalog, "SELECT CAST(COALESCE(SUM(used_storage), 0) AS BIGINT) FROM repository");
    EXPECT_NE(plan.find("USING COVERING INDEX repository_used_storage"), std::string::npos) << plan;
    EXPECT_EQ(catalog->read([](Session& s) { return storage_totals(s); }).value().logical, 0);
}

TEST_F(CatalogTest, ListsOfRepositoriesWalkAnIndexInTheirOrder) {
    for (const char* after : {"", "AND (r.likes, r.id) < ($2, $3)"})
        for (const char* hidden : {"", "AND (r.private = 0)"}) {
            const auto plan =
                plan_of(*catalog, "SELECT r.id, o.name FROM repository r JOIN owner o ON o.id = r.owner_id WHERE (r.type = $1) " +
                                      std::string(after) + hidden + " ORDER BY r.likes DESC, r.id DESC LIMIT 9");
            EXPECT_NE(plan.find("USING INDEX repository_likes"), std::string::npos) << plan;
            EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
        }
}

TEST_F(CatalogTest, TheLastChangeOfAPathIsFoundOnItsLine) {
    const RowId repo = 7;
    ASSERT_TRUE(catalog
                    ->write([&](Session& s) -> Result<void> {
                        TRY(insert_line(s, repo, 1, std::nullopt));
                        for (int p = 1; p <= 5; ++p) {
                            ObjectId oid;
                            oid.octets[0] = static_cast<Byte>(p);
                            TRY(insert_place(s, repo, {oid, 1, p, p, p, {}}));
                            TRY(insert_paths(s, repo, 1, p, {p % 2 == 0 ? "even" : "odd"}));
                        }
                        return ok();
                    })
                    .has_value());
    const auto last = [&](const char* path, int position) {
        return catalog->read([&](Session& s) { return last_change(s, repo, path, 1, position); }).value();
    };
    EXPECT_EQ(last("even", 5), 4);
    EXPECT_EQ(last("odd", 5), 5);
    EXPECT_EQ(last("even", 1), std::nullopt);
    EXPECT_EQ(catalog->read([&](Session& s) { return commits_with_prefix(s, repo, "03"); }).value().size(), 1u);
}

TEST(Statements, ArePreparedBySqliteWithoutComplaint) {
    const auto folder = TemporaryFolder::create().value();
    auto catalog = open_catalog("sqlite:" + (folder.path() / "db").string()).value();
    ASSERT_GT(Statement::all().size(), 80u);
    for (const auto* statement : Statement::all()) {
        std::string explained = "EXPLAIN " + std::string(statement->sql());
        auto outcome = catalog->write([&](Session& s) -> Result<void> {
            return s.each(explained, std::span<const Value>{}, [](const Row&) -> Result<void> { return ok(); });
        });
        EXPECT_TRUE(outcome.has_value()) << describe(outcome.error());
    }
}

}  // namespace
}  // namespace mirfa::catalog
