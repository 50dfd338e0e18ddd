// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "http/request.h"

namespace mirfa::server::testing {

/// One line of [routes]: a request, what it needs, and the statuses it has when it is allowed.
struct MatrixCase {
    std::string route;  ///< verb and pattern, as the table of routes has them
    std::vector<std::string> needs;
    http::Verb verb = http::Verb::kGet;
    std::string target;  ///< with $placeholders
    std::string kind;    ///< of the body; "" for none
    std::string body;    ///< with $placeholders
    std::vector<int> answers;
    bool rebuild = false;  ///< the request destroys the repository

    bool is_safe() const { return verb == http::Verb::kGet || verb == http::Verb::kHead; }
    bool needs_any_of(const std::string& words) const;
};

/// A table of verdicts: `cells[row][column]`, rows in their order.
struct MatrixGrid {
    std::vector<std::string> columns;
    std::vector<std::string> rows;
    std::map<std::string, std::map<std::string, std::string>> cells;

    const std::string& at(const std::string& row, const std::string& column) const { return cells.at(row).at(column); }
};

/// permission_matrix.txt, read.
struct PermissionMatrix {
    std::vector<MatrixCase> cases;
    std::map<std::string, MatrixGrid> grids;

    /// Stops the test program with the line's number when a line cannot be read.
    static PermissionMatrix read(const std::string& path);
};

}  // namespace mirfa::server::testing
