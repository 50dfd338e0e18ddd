// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>

#include "format/pkt_line.h"
#include "git/testing/git_program.h"
#include "hub/commits/git_service.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub::testing {

/// A hub with the model alice/m, and the real git program, which makes histories that are pushed to it.
struct PushingHub : WholeHub {
    git::testing::GitProgram git{true};
    Principal alice = add_user("alice");
    catalog::Repository repo = add_repo(alice, "m");

    /// Pushes as git would. Gives the report.
    std::string push(const std::vector<std::pair<std::string, std::string>>& refs) {
        std::string body, wanted;
        for (const auto& [name, revision] : refs) {
            const auto before = ref(repo, name);
            const auto after = git.id(revision);
            format::append_pkt_line(body, (before ? before->target : ObjectId{}).hex() + " " + after.hex() + " " + name +
                                              (body.empty() ? std::string("\0report-status", 14) : "") + "\n");
            wanted += after.hex() + "\n";
        }
        format::append_pkt_flush(body);
        const auto branches =
            catalog->read([&](catalog::Session& s) { return catalog::list_refs(s, repo.id, "refs/heads/"); }).value();
        for (const auto& known : branches)
            if (git.try_run({"cat-file", "-e", known.commit.hex()}).first == 0) wanted += "^" + known.commit.hex() + "\n";
        const auto pack = pack_of(wanted);
        PushRequest request(hub, repo, alice);
        EXPECT_TRUE(request.feed(as_bytes(body)).has_value());
        EXPECT_TRUE(request.feed(as_bytes(pack)).has_value());
        auto report = request.finish();
        EXPECT_TRUE(report.has_value());
        return report.value();
    }
    std::string pack_of(const std::string& revisions) {
        const auto name = git.run({"pack-objects", "--revs", "-q", (git.folder() / "out").string()}, revisions);
        std::ifstream file(git.folder() / ("out-" + name + ".pack"), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
};

}  // namespace mirfa::hub::testing
