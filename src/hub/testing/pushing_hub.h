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
    /// Pushes one commit as main that has these files, all of one octet.
    std::string push_files(const std::vector<std::string>& paths) {
        std::string script =
            "blob\nmark :1\ndata 1\nx\ncommit refs/made/files\n"
            "committer O <o@example.org> 1700000000 +0000\ndata 1\nm\ndeleteall\n";
        for (const auto& path : paths) script += "M 100644 :1 " + path + "\n";
        git.run({"fast-import", "--quiet", "--force"}, script);
        return push({{"refs/heads/main", "refs/made/files"}});
    }
};

}  // namespace mirfa::hub::testing
