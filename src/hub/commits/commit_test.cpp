// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/commit.h"

#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "catalog/history.h"
#include "format/gitattributes.h"
#include "format/lfs_pointer.h"
#include "git/tree.h"
#include "hub/commits/describe_commit.h"
#include "hub/commits/preupload.h"
#include "hub/commits/tree_of.h"
#include "hub/community/events.h"
#include "hub/repos/history.h"
#include "hub/repos/revisions.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

using catalog::OrgRole;
using catalog::Session;

class CommitTest : public ::testing::Test, protected testing::WholeHub {
protected:
    Principal alice = add_user("alice");
    Principal bob = add_user("bob");
    catalog::Repository repo = add_repo(alice, "m");

    std::string text_at(const std::string& revision, const std::string& path) {
        return catalog
            ->read([&](Session& s) -> Result<std::string> {
                CatalogObjects objects(s, repo.id);
                TRY(const auto at, resolve_revision(s, repo, revision));
                TRY(const auto tree, tree_of(objects, at.commit));
                TRY(const auto entry, git::find_path(objects, tree, path));
                if (!entry) return std::string("(none)");
                TRY(const auto data, read_object(objects, entry->id, git::ObjectType::kBlob));
                return std::string(as_text(data));
            })
            .value();
    }
    std::int64_t line_of(const ObjectId& commit) {
        return catalog->read([&](Session& s) { return catalog::find_place(s, repo.id, commit); }).value()->line;
    }
    void make_branch(const std::string& name) {
        const auto made = create_branch(hub, alice, repo, {name, std::nullopt, false, false});
        ASSERT_TRUE(made.has_value()) << describe(made.error());
    }
};

TEST_F(CommitTest, APointerToContentOfAnotherRepositoryIsRefusedWhateverLineItComesIn) {
    const auto other = add_repo(alice, "other");
    const std::string content = "weights";
    const auto oid = upload(alice, other, content);
    const auto by_name = commit(alice, repo, "main", lfs_line("w.bin", oid, content.size()));
    EXPECT_EQ(by_name.error().reason, Reason::kContentMissing);
    const auto as_file = commit(alice, repo, "main", file_line("w.bin", format::write_lfs_pointer({oid, content.size()})));
    EXPECT_EQ(as_file.error().reason, Reason::kContentMissing);
    EXPECT_EQ(text_at("main", "w.bin"), "(none)");
}

TEST_F(CommitTest, APointerThatSaysAnotherSizeThanTheContentHasIsRefused) {
    const auto oid = upload(alice, repo, "weights");
    const auto wrong = commit(alice, repo, "main", file_line("w.bin", format::write_lfs_pointer({oid, 8})));
    ASSERT_FALSE(wrong.has_value());
    EXPECT_NE(wrong.error().message.find("7 octets"), std::string::npos) << wrong.error().message;
    EXPECT_TRUE(commit(alice, repo, "main", file_line("w.bin", format::write_lfs_pointer({oid, 7}))).has_value());
}

TEST_F(CommitTest, ACopyOfALargeFileIsTrackedToo) {
    const auto oid = upload(alice, repo, "weights");
    ASSERT_TRUE(commit(alice, repo, "main", lfs_line("w.bin", oid, 7)).has_value());
    ASSERT_TRUE(create_tag(hub, alice, repo, "main", "v1", "").has_value());
    const auto copied =
        commit(alice, repo, "main",
               "{\"key\":\"copyFile\",\"value\":{\"path\":\"deep/other.name\",\"srcPath\":\"w.bin\",\"srcRevision\":\"v1\"}}\n");
    ASSERT_TRUE(copied.has_value()) << describe(copied.error());
    EXPECT_EQ(text_at("main", "deep/other.name"), text_at("main", "w.bin"));
    EXPECT_NE(text_at("main", ".gitattributes").find("deep/other.name filter=lfs"), std::string::npos);
}

/// The rules were built anew for each file that they did not cover yet: 12,000 files took three minutes.
TEST_F(CommitTest, EachLargeFileThatNoRuleCoversGetsOneLine) {
    const auto oid = upload(alice, repo, "weights");
    std::string lines = lfs_line("covered.bin", oid, 7);
    for (int i = 0; i < 400; ++i) lines += lfs_line("f.own" + std::to_string(i), oid, 7);
    ASSERT_TRUE(commit(alice, repo, "main", lines + lfs_line("f.own7", oid, 7)).has_value());
    const auto text = text_at("main", ".gitattributes");
    EXPECT_TRUE(text.starts_with(format::default_gitattributes(format::AttributesFor::kModel)));
    EXPECT_EQ(text.find("covered"), std::string::npos);
    for (int i = 0; i < 400; ++i) {
        const auto line = "\nf.own" + std::to_string(i) + " filter=lfs";
        ASSERT_NE(text.find(line), std::string::npos) << i;
        ASSERT_EQ(text.find(line), text.rfind(line)) << i;
    }
}

TEST_F(CommitTest, RulesThatTakeTooLongToMatchAreRefused) {
    std::vector<PlannedFile> files;
    for (int i = 0; i < 50; ++i) files.push_back({std::string(200, 'a') + std::to_string(i), {}, 1});
    std::string rules;
    for (int i = 0; i < 50; ++i) rules += "*a*a*a*b filter=lfs\n";
    const auto head = ref(repo, "refs/heads/main")->commit;
    EXPECT_TRUE(plan_upload(hub, repo, head, files, rules, "").has_value());
    EXPECT_EQ(plan_upload(hub, repo, head, files, rules, "", 100'000).error().code, Code::kTooLarge);
    EXPECT_EQ(plan_upload(hub, repo, head, files, "", rules, 100'000).error().code, Code::kTooLarge);
}

/// create_pr=1 made titles and comments of any length, over any number of lines.
TEST_F(CommitTest, APullRequestTakesItsTitleFromTheFirstLineOfTheCommit) {
    std::string letters;
    for (int i = 0; i < 300; ++i) letters += "م";  // two octets each
    const auto propose = [&](const std::string& summary, const std::string& description) {
        CommitRequest request(hub, repo, alice, "main", true);
        const auto header = boost::json::serialize(boost::json::object{
            {"key", "header"}, {"value", boost::json::object{{"summary", summary}, {"description", description}}}});
        EXPECT_TRUE(request.feed(as_bytes(header + "\n" + file_line("a", summary.substr(0, 9)))).has_value());
        const auto made = request.finish();
        EXPECT_TRUE(made.has_value()) << describe(made.error());
        return load_discussion(hub, repo, alice, made.value().pull_request.value(), WithDiff::kNo).value();
    };
    const auto lines = propose("\n Better\tweights \nsecond line", "d");
    EXPECT_EQ(lines.facts.title, "Better weights");
    EXPECT_EQ(std::get<CommitAdded>(lines.events.at(1).what).subject, "Better weights");
    const auto longer = propose("x" + letters, letters + letters);
    EXPECT_EQ(longer.facts.title, ("x" + letters).substr(0, 499));
    EXPECT_EQ(std::get<Comment>(longer.events.at(0).what).raw, letters + letters);
    std::string description(kMaxComment - 1, 'd');
    EXPECT_EQ(std::get<Comment>(propose("y", description + letters).events.at(0).what).raw, description);
    EXPECT_EQ(propose(std::string("\x01\x7f"), "").facts.title, "Pull request 4");
}

TEST_F(CommitTest, APullRequestMaySayMoreThanItsCommit) {
    CommitRequest request(hub, repo, alice, "main", true);
    const std::string header = R"({"key":"header","value":{"summary":"Add weights","description":"In short."}})";
    ASSERT_TRUE(request.feed(as_bytes(header + "\n" + file_line("a", "a"))).has_value());
    request.propose_with("At length.");
    const auto made = request.finish().value();
    EXPECT_EQ(
        std::get<Comment>(load_discussion(hub, repo, alice, *made.pull_request, WithDiff::kNo).value().events.at(0).what).raw,
        "At length.");
    const auto commit = hub.catalog.read([&](catalog::Session& s) { return load_commit(s, repo, made.commit); }).value();
    EXPECT_EQ(commit.description, "In short.");
}

/// Staged objects are dropped when they are a day old; a clock put forward makes them that in the middle of a push.
TEST_F(CommitTest, StagedObjectsThatAreGoneFailTheCommit) {
    const auto before = ref(repo, "refs/heads/main");
    const Bytes large[] = {random_bytes(9u << 20), random_bytes(100)};
    const auto commit_them = [&](bool drop) {
        NewObjects objects(hub, repo.id);
        const auto first = objects.add(git::ObjectType::kBlob, large[0]).value();  // more than is kept in memory
        EXPECT_EQ(objects.add(git::ObjectType::kBlob, large[0]).value(), first);   // staged a second time
        const auto second = objects.add(git::ObjectType::kBlob, large[1]).value();
        const auto tree = git::put_object(objects, git::ObjectType::kTree,
                                          git::write_tree({{git::kModeFile, "a", first}, {git::kModeFile, "b", second}}))
                              .value();
        const auto made = add_commit(objects, tree, {before->commit}, {"a", "a@b", 1, 0}, "t", "").value();
        Changes changes{.objects = &objects, .commits = {describe_commit(objects, made).value()}};
        changes.refs.push_back({"refs/heads/main", before->target, catalog::Ref{"refs/heads/main", made, made}});
        if (drop) {
            EXPECT_TRUE(catalog->write([](Session& s) { return catalog::delete_staged_before(s, INT64_MAX); }).has_value());
        }
        return commit_changes(hub, repo, changes);
    };
    EXPECT_EQ(commit_them(true).error().code, Code::kUnavailable);
    EXPECT_EQ(ref(repo, "refs/heads/main")->target, before->target);
    ASSERT_TRUE(commit_them(false).has_value());
    EXPECT_EQ(text_at("main", "a"), as_text(large[0]));
}

TEST_F(CommitTest, ABranchIsNotMadeWhereAnotherHasAFolder) {
    make_branch("a");
    EXPECT_EQ(create_branch(hub, alice, repo, {"a/b", std::nullopt, false, false}).error().code, Code::kAlreadyExists);
    make_branch("x/y");
    EXPECT_EQ(create_branch(hub, alice, repo, {"x", std::nullopt, false, false}).error().code, Code::kAlreadyExists);
    ASSERT_TRUE(delete_branch(hub, alice, repo, "a").has_value());
    make_branch("a/b");
}

TEST_F(CommitTest, OnlyAnAdministratorPutsMainElsewhere) {
    add_organization("corp", {{alice, OrgRole::kAdmin}, {bob, OrgRole::kWrite}});
    const auto shared = add_repo(alice, "shared", "corp");
    const NewBranch elsewhere{"main", std::nullopt, true, true};
    EXPECT_EQ(create_branch(hub, bob, shared, elsewhere).error().code, Code::kForbidden);
    EXPECT_TRUE(create_branch(hub, alice, shared, elsewhere).has_value());
}

TEST_F(CommitTest, RightsThatEndedWhileTheBodyCameInDoNotCount) {
    add_organization("corp", {{alice, OrgRole::kAdmin}, {bob, OrgRole::kWrite}});
    const auto shared = add_repo(alice, "shared", "corp");
    CommitRequest request(hub, shared, bob, "main", false);
    ASSERT_TRUE(request.feed(as_bytes("{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n" + file_line("a", "1"))).has_value());
    ASSERT_TRUE(catalog->write([&](Session& s) { return catalog::delete_member(s, shared.owner, bob.user); }).has_value());
    EXPECT_EQ(request.finish().error().code, Code::kForbidden);
}

TEST_F(CommitTest, OnlyBranchesAndPullRequestsAreSquashed) {
    ASSERT_TRUE(create_tag(hub, alice, repo, "main", "v1", "").has_value());
    const auto before = ref(repo, "refs/tags/v1")->commit;
    EXPECT_EQ(super_squash(hub, repo, alice, "refs/tags/v1", "").error().code, Code::kInvalidArgument);
    EXPECT_EQ(ref(repo, "refs/tags/v1")->commit, before);
    EXPECT_TRUE(super_squash(hub, repo, alice, "main", "").has_value());
}

TEST_F(CommitTest, MainKeepsItsLineOfHistoryWhenBranchesLeaveIt) {
    const auto line = line_of(ref(repo, "refs/heads/main")->commit);
    for (int i = 0; i < 3; ++i) {
        const auto branch = "b" + std::to_string(i);
        make_branch(branch);
        const auto aside = commit(alice, repo, branch, file_line("aside" + branch, "1")).value();
        const auto ahead = commit(alice, repo, "main", file_line("ahead" + branch, "1")).value();
        EXPECT_NE(line_of(aside.commit), line);
        EXPECT_EQ(line_of(ahead.commit), line);
        const auto further = commit(alice, repo, branch, file_line("aside" + branch, "2")).value();
        EXPECT_EQ(line_of(further.commit), line_of(aside.commit));
    }
}

TEST_F(CommitTest, SettingsChangedAtOnceAreBothKept) {
    const auto seen_by_both = repo;
    ASSERT_TRUE(change_settings(hub, alice, seen_by_both, {.is_private = true}).has_value());
    const auto changed = change_settings(hub, alice, seen_by_both, {.description = "d"}).value();
    EXPECT_TRUE(changed.is_private);
}

TEST_F(CommitTest, ARepositoryThatWasMovedMeanwhileIsFoundThroughBothOldNames) {
    const auto seen = repo;
    ASSERT_TRUE(move_repository(hub, alice, seen, "alice", "second").has_value());
    ASSERT_TRUE(move_repository(hub, alice, seen, "alice", "third").has_value());
    for (const char* name : {"m", "second"})
        EXPECT_EQ(catalog->read([&](Session& s) { return catalog::find_redirect(s, repo.type, "alice", name); }).value()->name,
                  "third")
            << name;
}

TEST_F(CommitTest, WhoLostARepositoryToAnotherOwnerDoesNotDeleteItAnyMore) {
    add_organization("corp", {{alice, OrgRole::kContributor}, {bob, OrgRole::kAdmin}});
    auto theirs = add_repo(bob, "n");
    ASSERT_TRUE(move_repository(hub, bob, theirs, "corp", "n").has_value());
    theirs.owner = alice.user;  // as somebody would hold it who loaded the row before
    EXPECT_FALSE(delete_repository(hub, alice, theirs).has_value());
}

TEST_F(CommitTest, AnUploadToARepositoryThatIsDeletedMeanwhileFails) {
    auto upload = LargeUpload::begin(hub, repo.id, alice.user, catalog::Door::kLfs).value();
    ASSERT_TRUE(upload->write(as_bytes("x")).has_value());
    ASSERT_TRUE(delete_repository(hub, alice, repo).has_value());
    EXPECT_EQ(upload->finish().error().reason, Reason::kRepoNotFound);
}

}  // namespace
}  // namespace mirfa::hub
