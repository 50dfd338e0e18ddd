// SPDX-License-Identifier: Apache-2.0
#include "catalog/testing/temporary_postgres.h"

#include <unistd.h>

#include <cstdlib>

namespace mirfa::catalog {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

/// Runs a line of shell, as the user `postgres` when this is root.
bool run(const std::string& line) {
    const std::string whole =
        ::geteuid() == 0 ? "cd / && setpriv --reuid=postgres --regid=postgres --clear-groups sh -c '" + line + "'" : line;
    return std::system(whole.c_str()) == 0;
}

}  // namespace

Result<std::unique_ptr<TemporaryPostgres>> TemporaryPostgres::start() {
    if (::access((std::string(kPrograms) + "initdb").c_str(), X_OK) != 0)
        return Error{Code::kUnsupported, "PostgreSQL 15 is not installed."};
    TRY(auto folder, TemporaryFolder::create());
    const std::string path = folder.path().string();
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    auto server = std::unique_ptr<TemporaryPostgres>(new TemporaryPostgres(std::move(folder)));
    const std::string quiet = " >" + path + "/log 2>&1";
    if (!run(std::string(kPrograms) + "initdb -D " + path + "/data -U mirfa -A trust --no-sync -E UTF8" + quiet))
        return internal_error("initdb failed");
    const std::string options = "-c listen_addresses= -c unix_socket_directories=" + path + " -c fsync=off";
    if (!run(std::string(kPrograms) + "pg_ctl -D " + path + "/data -w -t 60 -o \"" + options + "\" start" + quiet))
        return internal_error("pg_ctl start failed");
    server->connection_string_ = "host=" + path + " user=mirfa dbname=postgres";
    return server;
}

TemporaryPostgres::~TemporaryPostgres() {
    if (!connection_string_.empty())
        run(std::string(kPrograms) + "pg_ctl -D " + folder_.path().string() + "/data -m immediate -w stop >/dev/null 2>&1");
}

}  // namespace mirfa::catalog
