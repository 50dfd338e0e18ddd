// SPDX-License-Identifier: Apache-2.0
#include "catalog/session.h"

namespace mirfa::catalog {
namespace {

std::vector<const Statement*>& registry() {
    static std::vector<const Statement*> statements;
    return statements;
}

}  // namespace

Statement::Statement(const char* sqlite, const char* postgres) : sqlite_(sqlite), postgres_(postgres) {
    registry().push_back(this);
}
const std::vector<const Statement*>& Statement::all() { return registry(); }

}  // namespace mirfa::catalog
