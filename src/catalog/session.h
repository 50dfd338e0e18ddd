// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/fixed_bytes.h"
#include "base/result.h"

namespace mirfa::catalog {

/// Primary key of most tables; see new_row_id().
using RowId = std::int64_t;

enum class Dialect { kSqlite, kPostgres };

/// One SQL text, written so that SQLite and PostgreSQL both take it: `$1` parameters, BIGINT/TEXT/BYTEA, ON CONFLICT.
/// Where they have nothing in common (full-text search), a text for each.
/// Statements at namespace scope register themselves, so that a test can prepare each on both. Threads: any, constant.
class Statement {
public:
    explicit Statement(const char* sql) : Statement(sql, sql) {}
    Statement(const char* sqlite, const char* postgres);
    std::string_view sql(Dialect dialect = Dialect::kSqlite) const { return dialect == Dialect::kSqlite ? sqlite_ : postgres_; }
    static const std::vector<const Statement*>& all();

private:
    const char* sqlite_;
    const char* postgres_;
};

/// A parameter; borrows texts and octets until the call returns.
class Value {
public:
    using Any = std::variant<std::monostate, std::int64_t, std::string_view, ByteView>;
    Value(std::nullptr_t) {}
    Value(bool value) : any_(std::int64_t{value}) {}
    Value(int value) : any_(std::int64_t{value}) {}
    Value(std::int64_t value) : any_(value) {}
    Value(std::uint64_t value) : any_(static_cast<std::int64_t>(value)) {}
    Value(std::string_view value) : any_(value) {}
    Value(const std::string& value) : any_(std::string_view(value)) {}
    Value(const char* value) : any_(std::string_view(value)) {}
    Value(ByteView value) : any_(value) {}
    Value(const Bytes& value) : any_(ByteView(value)) {}
    template <class Tag, std::size_t N>
    Value(const FixedBytes<Tag, N>& value) : any_(value.view()) {}
    template <class T>
    Value(const std::optional<T>& value) : any_(value ? Value(*value).any_ : Any{}) {}
    const Any& any() const { return any_; }

private:
    Any any_;
};

/// The row a query stands on. Views end with the callback. NULL reads as 0, "" or no octets.
class Row {
public:
    virtual ~Row() = default;
    virtual bool is_null(int column) const = 0;
    virtual std::int64_t integer(int column) const = 0;
    virtual std::string_view text(int column) const = 0;
    virtual ByteView blob(int column) const = 0;

    std::string string(int column) const { return std::string(text(column)); }
    bool boolean(int column) const { return integer(column) != 0; }
    /// Octets of exactly the type's length. Another length makes the whole query fail with kCorrupt.
    template <class T>
    T fixed(int column) const {
        auto value = T::from(blob(column));
        if (!value.has_value()) corrupt_ = true;
        return value.has_value() ? value.value() : T{};
    }
    template <class T>
    std::optional<T> optional_fixed(int column) const {
        if (is_null(column)) return std::nullopt;
        return fixed<T>(column);
    }
    std::optional<std::int64_t> optional_integer(int column) const {
        if (is_null(column)) return std::nullopt;
        return integer(column);
    }
    bool corrupt() const { return corrupt_; }

private:
    mutable bool corrupt_ = false;
};

/// A snapshot to read from, or a transaction to write in. Threads: the one that was given it.
class Session {
public:
    using Parameters = std::initializer_list<Value>;
    using RowFunction = std::function<Result<void>(const Row&)>;

    virtual ~Session() = default;
    virtual Dialect dialect() const { return Dialect::kSqlite; }
    /// Calls `row` for each row in order; its failure ends the query and is handed on.
    virtual Result<void> each(std::string_view sql, std::span<const Value> parameters, const RowFunction& row) = 0;

    Result<void> each(const Statement& statement, Parameters parameters, const RowFunction& row) {
        return each(statement.sql(dialect()), std::span(parameters.begin(), parameters.size()), row);
    }
    /// Gives: how many rows were changed. Fails: kAlreadyExists for a key that is taken; kOutOfSpace; kInternal.
    virtual Result<std::int64_t> change(std::string_view sql, std::span<const Value> parameters) = 0;
    Result<std::int64_t> change(const Statement& statement, Parameters parameters) {
        return change(statement.sql(dialect()), std::span(parameters.begin(), parameters.size()));
    }
};

/// The first row through `map`, or nothing.
template <class Map>
auto find_row(Session& session, const Statement& statement, Session::Parameters parameters, Map map)
    -> Result<std::optional<decltype(map(std::declval<const Row&>()))>> {
    std::optional<decltype(map(std::declval<const Row&>()))> found;
    TRY(session.each(statement, parameters, [&](const Row& row) -> Result<void> {
        if (!found) found.emplace(map(row));
        return ok();
    }));
    return found;
}

/// Every row through `map`.
template <class Map>
auto list_rows(Session& session, const Statement& statement, Session::Parameters parameters, Map map)
    -> Result<std::vector<decltype(map(std::declval<const Row&>()))>> {
    std::vector<decltype(map(std::declval<const Row&>()))> rows;
    TRY(session.each(statement, parameters, [&](const Row& row) -> Result<void> {
        rows.push_back(map(row));
        return ok();
    }));
    return rows;
}

}  // namespace mirfa::catalog
