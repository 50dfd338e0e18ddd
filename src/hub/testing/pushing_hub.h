// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hub/testing/git_push.h"

namespace mirfa::hub::testing {

/// A hub with the model alice/m, and the real git program, which makes histories that are pushed to it.
struct PushingHub : WholeHub {
    git::testing::GitProgram git{true};
    Principal alice = add_user("alice");
    catalog::Repository repo = add_repo(alice, "m");

    /// Pushes as git would. Gives the report.
    std::string push(const std::vector<std::pair<std::string, std::string>>& refs) {
        return testing::push(*this, git, alice, repo, refs);
    }
};

}  // namespace mirfa::hub::testing
