// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "base/ascii.h"
#include "catalog/catalog.h"

namespace mirfa::catalog {
namespace {

/// `a{{sqlite}}b{{end}}c` is `abc` for SQLite and `ac` for PostgreSQL; `{{postgres}}` the other way round.
std::string in_dialect(std::string_view sql, Dialect dialect) {
    constexpr std::string_view kEnd = "{{end}}";
    const std::string_view mine = dialect == Dialect::kSqlite ? "{{sqlite}}" : "{{postgres}}";
    std::string text;
    for (;;) {
        const auto begin = sql.find("{{");
        text += sql.substr(0, begin);
        if (begin == std::string_view::npos) return text;
        sql.remove_prefix(begin);
        const auto name_end = sql.find("}}") + 2;
        const auto end = sql.find(kEnd);
        if (sql.substr(0, name_end) == mine) text += sql.substr(name_end, end - name_end);
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
