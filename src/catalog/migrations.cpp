// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "base/ascii.h"
#include "catalog/catalog.h"

namespace mirfa::catalog {
namespace {

/// `a{{sqlite}}b{{end}}c` is `abc` for SQLite and `ac` for PostgreSQL.
std::string in_dialect(std::string_view sql, Dialect dialect) {
    constexpr std::string_view kBegin = "{{sqlite}}";
    constexpr std::string_view kEnd = "{{end}}";
    std::string text;
    for (;;) {
        const auto begin = sql.find(kBegin);
        text += sql.substr(0, begin);
        if (begin == std::string_view::npos) return text;
        const auto end = sql.find(kEnd, begin);
        if (dialect == Dialect::kSqlite) text += sql.substr(begin + kBegin.size(), end - begin - kBegin.size());
        sql.remove_prefix(end + kEnd.size());
    }
}

}  // namespace

std::vector<std::string> statements_of(const Migration& migration, Dialect dialect) {
    std::vector<std::string> statements;
    std::string current;
    const std::string sql = in_dialect(migration.sql, dialect);
    for (const auto line : split(sql, '\n')) {
        if (ascii_trim(line).starts_with("--")) continue;
        current.append(line).append("\n");
        if (!ascii_trim(line).ends_with(";")) continue;
        statements.push_back(std::move(current));
        current.clear();
    }
    return statements;
}

}  // namespace mirfa::catalog
