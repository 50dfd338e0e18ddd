// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "base/file.h"

namespace mirfa::catalog {

/// A PostgreSQL server of its own in a temporary folder, reached through a socket there, gone with this object.
/// Uses Debian's postgresql-15; as root it runs as the user `postgres`, because the server refuses to run as root.
class TemporaryPostgres {
public:
    /// Fails: kUnsupported when PostgreSQL is not installed; kInternal with what it printed.
    static Result<std::unique_ptr<TemporaryPostgres>> start();
    ~TemporaryPostgres();
    /// For libpq.
    const std::string& connection_string() const { return connection_string_; }

private:
    explicit TemporaryPostgres(TemporaryFolder folder) : folder_(std::move(folder)) {}
    TemporaryFolder folder_;
    std::string connection_string_;
};

}  // namespace mirfa::catalog
