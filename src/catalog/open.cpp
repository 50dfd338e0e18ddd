// SPDX-License-Identifier: Apache-2.0
#include "catalog/catalog.h"
#include "catalog/sqlite_catalog.h"

namespace mirfa::catalog {

Result<std::unique_ptr<Catalog>> open_catalog(std::string_view address) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (address.starts_with(kSqlite)) return open_sqlite(std::filesystem::path(address.substr(kSqlite.size())));
    return Error{Code::kUnsupported, "The database address " + std::string(address) + " is not known. Write sqlite:PATH."};
}

}  // namespace mirfa::catalog
