// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <type_traits>

#include "catalog/session.h"

namespace mirfa::catalog {

/// The facts of one hub in an SQL database.
///
/// Threads: any. Reads run at once, each on a snapshot of its own. Writes of one process go one after another through
/// one thread, which puts those that wait together into one durable transaction, each under a savepoint of its own: a
/// write that fails changes nothing and does not disturb its neighbours. Other processes may use the same database.
class Catalog {
public:
    virtual ~Catalog() = default;

    /// Runs `body(Session&)` (gives a Result) on a snapshot.
    template <class Body>
    auto read(Body&& body) -> std::invoke_result_t<Body, Session&> {
        return run(body, &Catalog::run_read);
    }
    /// Runs `body(Session&)` (gives a Result) as a transaction; success means durable. The body runs on the writer
    /// thread, so it must be short, must not wait for anything, and must not call the catalog itself.
    /// Fails: as the body; kOutOfSpace; kUnavailable when another process holds the database for too long.
    template <class Body>
    auto write(Body&& body) -> std::invoke_result_t<Body, Session&> {
        return run(body, &Catalog::run_write);
    }
    /// A number that is another one after anything in the database was changed, by whichever process: while it is the
    /// same, what was read after it was given is still so. Nothing when that cannot be told cheaply. Does not wait.
    virtual std::optional<std::int64_t> version() { return std::nullopt; }
    /// Octets free on the disk that the database grows on; nothing when that cannot be told. Does not wait.
    virtual Result<std::optional<std::uint64_t>> free_bytes() { return std::optional<std::uint64_t>(); }
    /// A consistent copy in the new file or folder `target`, taken while others read and write.
    virtual Result<void> backup(const std::filesystem::path& target) = 0;

protected:
    using Function = std::function<Result<void>(Session&)>;
    virtual Result<void> run_read(const Function& body) = 0;
    virtual Result<void> run_write(const Function& body) = 0;

private:
    template <class Body>
    auto run(Body& body, Result<void> (Catalog::*runner)(const Function&)) -> std::invoke_result_t<Body, Session&> {
        using Given = std::invoke_result_t<Body, Session&>;
        std::optional<Given> given;
        auto outcome = (this->*runner)([&](Session& session) -> Result<void> {
            given.emplace(body(session));
            if (!given->has_value()) return given->error();
            return ok();
        });
        if (!outcome.has_value()) return std::move(outcome).error();
        return std::move(*given);
    }
};

/// Opens by address: `sqlite:PATH`. Runs the migrations that are missing.
/// Fails: kUnsupported for another scheme or when the schema is newer than this program; kUnavailable; kCorrupt.
Result<std::unique_ptr<Catalog>> open_catalog(std::string_view address);

/// One numbered step of the schema. `sql` may hold `{{sqlite}}…{{end}}` parts, which PostgreSQL leaves out, and
/// `{{postgres}}…{{end}}` parts, which SQLite does.
struct Migration {
    int number;
    std::string_view name;
    std::string_view sql;
};
std::span<const Migration> migrations();
/// The statements of a migration in one dialect, split at `;` line ends.
std::vector<std::string> statements_of(const Migration& migration, Dialect dialect);

}  // namespace mirfa::catalog
