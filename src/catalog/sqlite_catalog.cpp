// SPDX-License-Identifier: Apache-2.0
// One writer connection owned by one thread, and as many reader connections as there are readers at once. The writer
// takes everything that waits into one transaction: BEGIN IMMEDIATE, a savepoint per write, COMMIT with a sync. Only
// when COMMIT has succeeded are the waiting callers told. Checkpoints run after that, so that nobody waits for them.
#include "catalog/sqlite_catalog.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"

namespace mirfa::catalog {
namespace {

const FaultPoint kBeforeCommit("catalog-before-commit");
const FaultPoint kAfterCommit("catalog-after-commit");

constexpr int kBusyMillis = 30'000;
constexpr std::size_t kMaxGroup = 64;        // writes put into one transaction
constexpr std::size_t kMaxStatements = 400;  // prepared per connection; dynamic ones push out nothing else
constexpr int kCheckpointPages = 1'000;      // of the log; as SQLite itself would do it
constexpr int kRestartWaitMillis = 500;      // for readers, before the log may begin anew
constexpr std::chrono::seconds kRestartPause{30};

Error sqlite_error(sqlite3* db, std::string_view what) {
    const int code = db != nullptr ? sqlite3_extended_errcode(db) : SQLITE_NOMEM;
    auto detail = std::string(what) + ": " + (db != nullptr ? sqlite3_errmsg(db) : "no memory");
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            if (code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE)
                return Error{Code::kAlreadyExists, "Something of this name exists already.", Reason::kNone, detail};
            return internal_error(detail);
        case SQLITE_FULL:
            return Error{Code::kOutOfSpace, "The server's disk is full. Ask its administrator to make room.", Reason::kNone,
                         detail};
        case SQLITE_BUSY: return Error{Code::kUnavailable, "The database is busy. Try again in a moment.", Reason::kNone, detail};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Error{Code::kCorrupt, "The database file is damaged. Restore it from a backup.", Reason::kNone, detail};
        default: return internal_error(detail);
    }
}

class SqliteRow final : public Row {
public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    std::int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    std::string_view text(int column) const override {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    ByteView blob(int column) const override {
        const auto* octets = static_cast<const Byte*>(sqlite3_column_blob(statement_, column));
        return {octets, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }

private:
    sqlite3_stmt* statement_;
};

class Connection final : public Session {
public:
    static Result<std::unique_ptr<Connection>> open(const std::filesystem::path& file, const char* vfs) {
        auto connection = std::unique_ptr<Connection>(new Connection);
        TRY(make_private(file));
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        if (sqlite3_open_v2(file.c_str(), &connection->db_, flags, vfs) != SQLITE_OK)
            return sqlite_error(connection->db_, "open");
        sqlite3_busy_timeout(connection->db_, kBusyMillis);
        sqlite3_extended_result_codes(connection->db_, 1);
        for (const char* pragma :
             {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA cache_size=-8000",
              "PRAGMA temp_store=MEMORY", "PRAGMA mmap_size=0", "PRAGMA journal_size_limit=67108864"})
            TRY(connection->run(pragma));
        sqlite3_wal_hook(connection->db_, &Connection::note_log, connection.get());
        return connection;
    }
    ~Connection() override {
        for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
        sqlite3_close_v2(db_);
    }

    Result<void> run(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return sqlite_error(db_, sql);
        return ok();
    }

    using Session::change;
    using Session::each;

    Result<void> each(std::string_view sql, std::span<const Value> parameters, const RowFunction& row) override {
        TRY(auto* statement, prepared(sql));
        const Reset reset{statement};
        TRY(bind(statement, parameters));
        const SqliteRow current(statement);
        int step;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
            TRY(row(current));
            if (current.corrupt())
                return Error{Code::kCorrupt, "A row of the database is damaged.", Reason::kNone, std::string(sql)};
        }
        if (step != SQLITE_DONE) return sqlite_error(db_, sql);
        return ok();
    }

    Result<std::int64_t> change(std::string_view sql, std::span<const Value> parameters) override {
        TRY(auto* statement, prepared(sql));
        const Reset reset{statement};
        TRY(bind(statement, parameters));
        int step;
        while ((step = sqlite3_step(statement)) == SQLITE_ROW) {}
        if (step != SQLITE_DONE) return sqlite_error(db_, sql);
        return std::int64_t{sqlite3_changes64(db_)};
    }

    sqlite3* handle() { return db_; }
    bool in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

    /// Pages in the log after the last commit of this connection.
    int log_pages() const { return log_pages_; }
    /// Moves what the log holds into the database, as far as readers let it.
    void checkpoint() { (void)sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr); }
    /// The same, and waits a moment for the readers of the log, so that it begins anew. Gives whether it does.
    bool restart_log() {
        sqlite3_busy_timeout(db_, kRestartWaitMillis);
        const int code = sqlite3_wal_checkpoint_v2(db_, nullptr, SQLITE_CHECKPOINT_RESTART, nullptr, nullptr);
        sqlite3_busy_timeout(db_, kBusyMillis);
        return code == SQLITE_OK;
    }

private:
    struct Reset {
        sqlite3_stmt* statement;
        ~Reset() {
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
        }
    };

    Connection() = default;

    /// SQLite gives its log the rights of the database file: so that has to be there with the right ones first.
    /// A file that exists must not be opened here: closing it would drop every lock that SQLite holds on it in this
    /// process, and the next process to leave the database would take the log away under us.
    static Result<void> make_private(const std::filesystem::path& file) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor < 0 && errno != EEXIST) return system_error("open " + file.string(), errno);
        if (descriptor >= 0) ::close(descriptor);
        return ok();
    }

    static int note_log(void* self, sqlite3*, const char*, int pages) {
        static_cast<Connection*>(self)->log_pages_ = pages;
        return SQLITE_OK;
    }

    Result<sqlite3_stmt*> prepared(std::string_view sql) {
        const auto found = statements_.find(std::string(sql));
        if (found != statements_.end()) {
            // Its rows would go on under new parameters.
            if (sqlite3_stmt_busy(found->second) != 0) return internal_error("a query inside itself: " + std::string(sql));
            return found->second;
        }
        if (statements_.size() >= kMaxStatements) forget_statements();
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
            SQLITE_OK)
            return sqlite_error(db_, sql);
        statements_.emplace(sql, statement);
        return statement;
    }

    /// Statements in the middle of their rows are kept: their owner is further up the stack.
    void forget_statements() {
        std::erase_if(statements_, [](const auto& entry) {
            if (sqlite3_stmt_busy(entry.second) != 0) return false;
            sqlite3_finalize(entry.second);
            return true;
        });
    }

    Result<void> bind(sqlite3_stmt* statement, std::span<const Value> parameters) {
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            // SQLite numbers `$N` by first appearance, not by N: ask for the place.
            const auto name = "$" + std::to_string(i + 1);
            const int place = sqlite3_bind_parameter_index(statement, name.c_str());
            if (place != 0 && bind_one(statement, place, parameters[i]) != SQLITE_OK) return sqlite_error(db_, "bind");
        }
        return ok();
    }

    static int bind_one(sqlite3_stmt* statement, int place, const Value& value) {
        struct Binder {
            sqlite3_stmt* statement;
            int place;
            int operator()(std::monostate) const { return sqlite3_bind_null(statement, place); }
            int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, place, number); }
            int operator()(std::string_view text) const {
                return sqlite3_bind_text64(statement, place, text.data() == nullptr ? "" : text.data(), text.size(),
                                           SQLITE_STATIC, SQLITE_UTF8);
            }
            int operator()(ByteView octets) const {
                const void* data = octets.data() == nullptr ? static_cast<const void*>("") : octets.data();
                return sqlite3_bind_blob64(statement, place, data, octets.size(), SQLITE_STATIC);
            }
        };
        return std::visit(Binder{statement, place}, value.any());
    }

    sqlite3* db_ = nullptr;
    int log_pages_ = 0;
    std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

class SqliteCatalog final : public Catalog {
public:
    SqliteCatalog(std::filesystem::path file, std::string vfs, int log_limit, std::unique_ptr<Connection> writer,
                  std::unique_ptr<Connection> watch)
        : file_(std::move(file)),
          vfs_(std::move(vfs)),
          log_limit_(log_limit),
          writer_(std::move(writer)),
          watch_(std::move(watch)),
          thread_([this] { write_loop(); }) {}

    ~SqliteCatalog() override {
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }

    /// SQLite's own number for a connection that never writes itself: every commit of another one, in this process or
    /// not, changes it. It is read in the shared memory of the log.
    std::optional<std::int64_t> version() override {
        const std::lock_guard lock(watch_mutex_);
        std::optional<std::int64_t> number;
        const auto read = watch_->each("PRAGMA data_version", {}, [&](const Row& row) -> Result<void> {
            number = row.integer(0);
            return ok();
        });
        return read.has_value() ? number : std::nullopt;
    }

    Result<std::optional<std::uint64_t>> free_bytes() override {
        TRY(const auto free, free_space(file_));
        return std::optional<std::uint64_t>(free);
    }
    Result<void> backup(const std::filesystem::path& target) override {
        TRY(auto source, Connection::open(file_, vfs()));
        // It holds what the database holds: it must not be anybody else's to read, not even while it is written.
        TRY(auto made, File::create_new(target));
        // VACUUM INTO reads one snapshot and writes a file that is complete or not there.
        TRY(source->change("VACUUM INTO $1", std::initializer_list<Value>{Value(target.native())}));
        TRY(made.sync());
        return sync_folder(target.parent_path());
    }

protected:
    Result<void> run_read(const Function& body) override {
        TRY(auto connection, take_reader());
        auto outcome = read_on(*connection, body);
        give_back(std::move(connection));
        return outcome;
    }

    Result<void> run_write(const Function& body) override {
        Waiting waiting{&body, std::nullopt};
        std::unique_lock lock(mutex_);
        if (stopping_) return Error{Code::kUnavailable, "The server is stopping. Try again in a moment."};
        queue_.push_back(&waiting);
        wake_.notify_one();
        done_.wait(lock, [&] { return waiting.outcome.has_value(); });
        return std::move(*waiting.outcome);
    }

private:
    struct Waiting {
        const Function* body;
        std::optional<Result<void>> outcome;  // guarded by mutex_ once the transaction has ended
    };

    const char* vfs() const { return vfs_.empty() ? nullptr : vfs_.c_str(); }

    static Result<void> read_on(Connection& connection, const Function& body) {
        TRY(connection.run("BEGIN"));
        auto outcome = body(connection);
        TRY(connection.run("COMMIT"));
        return outcome;
    }

    Result<std::unique_ptr<Connection>> take_reader() {
        {
            const std::lock_guard lock(readers_mutex_);
            if (!readers_.empty()) {
                auto connection = std::move(readers_.back());
                readers_.pop_back();
                return connection;
            }
        }
        TRY(auto connection, Connection::open(file_, vfs()));
        TRY(connection->run("PRAGMA query_only=ON"));  // what writes must take its turn
        return connection;
    }

    void give_back(std::unique_ptr<Connection> connection) {
        if (connection->in_transaction()) return;  // do not use it again
        const std::lock_guard lock(readers_mutex_);
        readers_.push_back(std::move(connection));
    }

    void write_loop() {
        pthread_setname_np(pthread_self(), "catalog-writer");
        for (;;) {
            std::vector<Waiting*> group;
            {
                std::unique_lock lock(mutex_);
                wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
                if (queue_.empty()) return;
                while (!queue_.empty() && group.size() < kMaxGroup) {
                    group.push_back(queue_.front());
                    queue_.pop_front();
                }
            }
            auto outcomes = write_group(group);
            {
                const std::lock_guard lock(mutex_);
                for (std::size_t i = 0; i < group.size(); ++i) group[i]->outcome.emplace(std::move(outcomes[i]));
            }
            done_.notify_all();
            tend_log();
        }
    }

    /// Readers that overlap without end would let the log grow without end.
    void tend_log() {
        if (writer_->log_pages() < kCheckpointPages && writer_->log_pages() < log_limit_) return;
        const auto now = std::chrono::steady_clock::now();
        if (writer_->log_pages() < log_limit_ || now < next_restart_) return writer_->checkpoint();
        if (!writer_->restart_log()) next_restart_ = now + kRestartPause;  // a long reader: do not hold up writes again soon
    }

    std::vector<Result<void>> write_group(const std::vector<Waiting*>& group) {
        broken_off_.reset();
        if (auto begun = writer_->run("BEGIN IMMEDIATE"); !begun.has_value())
            return std::vector<Result<void>>(group.size(), begun);
        std::vector<Result<void>> outcomes;
        for (const Waiting* waiting : group) outcomes.push_back(write_one(*waiting->body));
        kBeforeCommit.reach();
        const Result<void> committed = broken_off_ ? Result<void>(*broken_off_) : writer_->run("COMMIT");
        kAfterCommit.reach();
        if (committed.has_value()) return outcomes;
        log(LogLevel::kError, "catalog: a transaction of {} writes was not stored: {}", group.size(),
            describe(committed.error()));
        if (writer_->in_transaction()) (void)writer_->run("ROLLBACK");
        for (auto& outcome : outcomes)
            if (outcome.has_value()) outcome = committed;
        return outcomes;
    }

    Result<void> write_one(const Function& body) {
        if (broken_off_) return *broken_off_;
        TRY(writer_->run("SAVEPOINT one"));
        auto outcome = guarded(body);
        // A full disk, for one, ends the whole transaction, whatever the body made of the error.
        if (!writer_->in_transaction()) return break_off(outcome);
        auto ended = outcome.has_value() ? Result<void>(ok()) : writer_->run("ROLLBACK TO one");
        if (ended.has_value()) ended = writer_->run("RELEASE one");
        if (ended.has_value()) return outcome;
        if (writer_->in_transaction()) (void)writer_->run("ROLLBACK");  // or half a write would be stored with the others
        return break_off(ended);
    }

    /// Nothing more can be part of this transaction, and what was is lost.
    Result<void> break_off(const Result<void>& why) {
        broken_off_ = Error{Code::kUnavailable, "The write could not be stored. Try again."};
        if (!why.has_value() && why.error().code == Code::kOutOfSpace)
            broken_off_ = why.error();
        else if (!why.has_value())
            broken_off_->detail = describe(why.error());
        return *broken_off_;
    }

    Result<void> guarded(const Function& body) {
        try {
            return body(*writer_);
        } catch (const std::exception& thrown) {
            return internal_error(std::string("a write threw: ") + thrown.what());
        }
    }

    const std::filesystem::path file_;
    const std::string vfs_;
    const int log_limit_;
    std::unique_ptr<Connection> writer_;                  // of the writer thread alone, like the next two
    std::optional<Error> broken_off_;                     // why the transaction that is open will not be stored
    std::chrono::steady_clock::time_point next_restart_;  // of the log

    std::mutex watch_mutex_;
    std::unique_ptr<Connection> watch_;  // guarded by watch_mutex_

    std::mutex readers_mutex_;
    std::vector<std::unique_ptr<Connection>> readers_;  // guarded by readers_mutex_

    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    std::deque<Waiting*> queue_;  // guarded by mutex_
    bool stopping_ = false;       // guarded by mutex_
    std::thread thread_;
};

Result<int> schema_version(Connection& connection) {
    int version = 0;
    TRY(connection.each("PRAGMA user_version", {}, [&](const Row& row) -> Result<void> {
        version = static_cast<int>(row.integer(0));
        return ok();
    }));
    return version;
}

Result<void> migrate_in_transaction(Connection& connection) {
    TRY(const int have, schema_version(connection));
    const int newest = migrations().back().number;
    if (have > newest)
        return Error{Code::kUnsupported, "The data folder was made by a newer Mirfa (schema " + std::to_string(have) +
                                             ", this program knows " + std::to_string(newest) + "). Use the newer program."};
    for (const auto& migration : migrations()) {
        if (migration.number <= have) continue;
        for (const auto& sql : statements_of(migration, Dialect::kSqlite)) TRY(connection.run(sql.c_str()));
        TRY(connection.run(("PRAGMA user_version=" + std::to_string(migration.number)).c_str()));
    }
    return ok();
}

Result<void> migrate(Connection& connection) {
    TRY(const int have, schema_version(connection));
    if (have == migrations().back().number) return ok();
    TRY(connection.run("BEGIN IMMEDIATE"));  // another process may be migrating at this moment
    auto migrated = migrate_in_transaction(connection);
    TRY(connection.run(migrated.has_value() ? "COMMIT" : "ROLLBACK"));
    return migrated;
}

/// Root making files in another user's folder would lock that user's server out of its own database.
Result<void> refuse_foreign_folder(const std::filesystem::path& folder) {
    struct stat info {};
    if (::stat(folder.c_str(), &info) != 0) return system_error("stat " + folder.string(), errno);
    if (info.st_uid == ::geteuid()) return ok();
    return Error{Code::kForbidden, "The data folder " + folder.string() +
                                       " belongs to another user. Run this command as that user (for example with sudo -u)."};
}

}  // namespace

Result<std::unique_ptr<Catalog>> open_sqlite(const std::filesystem::path& file, const char* vfs, int log_limit_pages) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    TRY(ensure_folder(folder));
    TRY(refuse_foreign_folder(folder));
    TRY(auto writer, Connection::open(file, vfs));
    TRY(migrate(*writer));
    TRY(auto watch, Connection::open(file, vfs));
    sqlite3_busy_timeout(watch->handle(), 0);  // version() does not wait
    return std::unique_ptr<Catalog>(
        new SqliteCatalog(file, vfs == nullptr ? "" : vfs, log_limit_pages, std::move(writer), std::move(watch)));
}

}  // namespace mirfa::catalog
