// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>

#include "format/pkt_line.h"
#include "git/testing/git_program.h"
#include "hub/commits/push.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub::testing {

/// What follows the head of a push: a pack with all that the branches of `repo` do not have yet.
inline std::string pack_for(WholeHub& world, git::testing::GitProgram& git, const catalog::Repository& repo,
                            const std::vector<ObjectId>& wanted) {
    std::string revisions;
    for (const auto& tip : wanted) revisions += tip.hex() + "\n";
    const auto branches =
        world.catalog->read([&](catalog::Session& s) { return catalog::list_refs(s, repo.id, "refs/heads/"); }).value();
    for (const auto& known : branches)
        if (git.try_run({"cat-file", "-e", known.commit.hex()}).first == 0) revisions += "^" + known.commit.hex() + "\n";
    const auto name = git.run({"pack-objects", "--revs", "-q", (git.folder() / "out").string()}, revisions);
    std::ifstream file(git.folder() / ("out-" + name + ".pack"), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The head of a push: what each ref is now, and the id that it is to have.
inline std::string push_head(WholeHub& world, const catalog::Repository& repo,
                             const std::vector<std::pair<std::string, ObjectId>>& refs, const std::string& abilities = "") {
    std::string head;
    for (const auto& [name, after] : refs) {
        const auto before = world.ref(repo, name);
        const auto words = head.empty() ? std::string(1, '\0') + "report-status" + abilities : "";
        format::append_pkt_line(head,
                                (before ? before->target : ObjectId{}).hex() + " " + after.hex() + " " + name + words + "\n");
    }
    format::append_pkt_flush(head);
    return head;
}

/// Pushes revisions to refs as git would. Gives the report.
inline std::string push(WholeHub& world, git::testing::GitProgram& git, const Principal& who, const catalog::Repository& repo,
                        const std::vector<std::pair<std::string, std::string>>& refs, const std::string& abilities = "") {
    std::vector<std::pair<std::string, ObjectId>> commands;
    std::vector<ObjectId> wanted;
    for (const auto& [name, revision] : refs) {
        wanted.push_back(git.id(revision));
        commands.emplace_back(name, wanted.back());
    }
    PushRequest request(world.hub, repo, who);
    EXPECT_TRUE(request.feed(as_bytes(push_head(world, repo, commands, abilities))).has_value());
    EXPECT_TRUE(request.feed(as_bytes(pack_for(world, git, repo, wanted))).has_value());
    auto report = request.finish();
    EXPECT_TRUE(report.has_value());
    return report.value();
}

}  // namespace mirfa::hub::testing
