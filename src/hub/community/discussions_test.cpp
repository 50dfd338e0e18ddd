// SPDX-License-Identifier: Apache-2.0
#include "hub/community/discussions.h"

#include <gtest/gtest.h>

#include <thread>

#include "hub/community/testing/proposals.h"
#include "hub/repos/compare.h"
#include "hub/repos/history.h"
#include "hub/repos/large_files.h"

namespace mirfa::hub {
namespace {

using catalog::DiscussionStatus;

class DiscussionsTest : public ::testing::Test, protected testing::HubWithProposals {
protected:
    std::int64_t discuss(const catalog::User& user, const std::string& title) {
        return create_discussion(hub, repo, session_of(user), {title, "", false}).value();
    }
    DiscussionDetails look(std::int64_t number) {
        return load_discussion(hub, repo, session_of(bob), number, WithDiff::kYes).value();
    }
    Result<ObjectId> merge(std::int64_t number) { return merge_pull_request(hub, repo, session_of(alice), number, ""); }
    catalog::RowId first_event(std::int64_t number) { return look(number).events.at(0).id; }

    /// Events in short: `bob comment: text`.
    static std::vector<std::string> lines_of(const DiscussionDetails& details) {
        std::vector<std::string> lines;
        for (const auto& event : details.events) {
            std::string line = event.author + " ";
            if (const auto* comment = std::get_if<Comment>(&event.what)) line += "comment: " + comment->raw;
            if (const auto* status = std::get_if<StatusChange>(&event.what))
                line += "status: " + std::string(name_of(status->status));
            if (const auto* commit = std::get_if<CommitAdded>(&event.what)) line += "commit: " + commit->subject;
            if (const auto* title = std::get_if<TitleChange>(&event.what)) line += "title: " + title->from + " > " + title->to;
            lines.push_back(line);
        }
        return lines;
    }
};

TEST_F(DiscussionsTest, ADraftBeginsAtMainIsPublishedAndMergedAsOneCommitByItsAuthor) {
    const auto who = session_of(bob);
    const auto number = create_discussion(hub, repo, who, {"Better", "Because.", true}).value();
    EXPECT_EQ(number, 1);
    EXPECT_EQ(tip("refs/pr/1"), tip("refs/heads/main"));
    EXPECT_EQ(look(1).facts.status, DiscussionStatus::kDraft);
    const auto first = commit(bob, "refs/pr/1", "Add a", put("a.txt", "a\n")).value().commit;
    const auto second = commit(bob, "refs/pr/1", "Add b", put("b.txt", "b\n")).value().commit;
    EXPECT_EQ(merge(1).error().code, Code::kInvalidArgument) << "a draft";
    ASSERT_TRUE(change_status(hub, repo, who, 1, DiscussionStatus::kOpen, "Ready").has_value());
    const auto merged = merge_pull_request(hub, repo, session_of(alice), 1, "Thanks").value();

    EXPECT_EQ(tip("refs/heads/main"), merged);
    EXPECT_EQ(text_at("refs/heads/main", "a.txt"), "a\n");
    const auto details = look(1);
    EXPECT_EQ(details.facts.status, DiscussionStatus::kMerged);
    EXPECT_EQ(details.facts.merge_commit, merged);
    EXPECT_EQ(lines_of(details),
              (std::vector<std::string>{"bob comment: Because.", "bob commit: Add a", "bob commit: Add b", "bob comment: Ready",
                                        "bob status: open", "alice comment: Thanks", "alice status: merged"}));
    EXPECT_NE(details.pull_request->diff.find("+++ b/a.txt\n@@ -0,0 +1 @@\n+a\n"), std::string::npos)
        << details.pull_request->diff;
    const auto shown = catalog->read([&](catalog::Session& s) { return load_commit(s, repo, merged); }).value();
    EXPECT_EQ(shown.title, "Better (#1)");
    EXPECT_EQ(shown.description, "- Add a (" + first.hex() + ")\n- Add b (" + second.hex() + ")");
    EXPECT_EQ(shown.authors, std::vector<std::string>{"bob"});
    EXPECT_EQ(shown.parents.size(), 1u);
}

TEST_F(DiscussionsTest, WhatWasClosedOrMergedTakesNoMergeNoCommitAndNoSecondMerge) {
    const auto number = propose(bob, "One", put("a.txt", "a"));
    ASSERT_TRUE(change_status(hub, repo, session_of(bob), number, DiscussionStatus::kClosed, "").has_value());
    EXPECT_EQ(merge(number).error().code, Code::kConflict);
    EXPECT_EQ(commit(bob, "refs/pr/1", "More", put("b.txt", "b")).error().code, Code::kForbidden);
    EXPECT_EQ(change_status(hub, repo, session_of(bob), number, DiscussionStatus::kClosed, "").error().code, Code::kConflict);
    ASSERT_TRUE(change_status(hub, repo, session_of(bob), number, DiscussionStatus::kOpen, "").has_value());
    ASSERT_TRUE(merge(number).has_value());
    EXPECT_EQ(merge(number).error().code, Code::kConflict);
    EXPECT_EQ(change_status(hub, repo, session_of(alice), number, DiscussionStatus::kOpen, "").error().code, Code::kConflict);
}

TEST_F(DiscussionsTest, AMergeBringsInWhatBothSidesDid) {
    ASSERT_TRUE(
        commit(alice, "main", "Start", put("list.txt", "one\ntwo\nthree\nfour\nfive\n") + put("old.txt", "old")).has_value());
    const auto number = propose(bob, "Better", put("list.txt", "one\ntwo\nthree\nfour\nFIVE\n") + remove("old.txt"));
    ASSERT_TRUE(
        commit(alice, "main", "On", put("list.txt", "ONE\ntwo\nthree\nfour\nfive\n") + put("new.txt", "new")).has_value());
    EXPECT_EQ(look(number).pull_request->conflicts, std::vector<std::string>{});
    ASSERT_TRUE(merge(number).has_value());
    EXPECT_EQ(text_at("refs/heads/main", "list.txt"), "ONE\ntwo\nthree\nfour\nFIVE\n");
    EXPECT_EQ(text_at("refs/heads/main", "new.txt"), "new");
    EXPECT_EQ(text_at("refs/heads/main", "old.txt"), "");
}

TEST_F(DiscussionsTest, ConflictsAreNamedAndChangeNothing) {
    ASSERT_TRUE(commit(alice, "main", "Start", put("a.txt", "a\n") + put("b.txt", "b\n")).has_value());
    const auto number = propose(bob, "Mine", put("a.txt", "bob\n") + put("b.txt", "bob\n"));
    ASSERT_TRUE(commit(alice, "main", "Yours", put("a.txt", "alice\n") + put("b.txt", "alice\n")).has_value());
    const auto before = tip("refs/heads/main");
    EXPECT_EQ(look(number).pull_request->conflicts, (std::vector<std::string>{"a.txt", "b.txt"}));
    const auto refused = merge(number);
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_NE(refused.error().message.find("a.txt, b.txt changed on both sides"), std::string::npos) << refused.error().message;
    EXPECT_EQ(tip("refs/heads/main"), before);
    EXPECT_EQ(look(number).facts.status, DiscussionStatus::kOpen);
}

TEST_F(DiscussionsTest, AProposalWithoutChangesIsNotMerged) {
    const auto number = propose(bob, "Same", put("a.txt", "a"));
    ASSERT_TRUE(commit(alice, "main", "The same", put("a.txt", "a")).has_value());
    EXPECT_EQ(merge(number).error().code, Code::kInvalidArgument);
}

TEST_F(DiscussionsTest, ASquashedProposalIsStillMergedFromWhereItLeftTheBase) {
    ASSERT_TRUE(commit(alice, "main", "Start", put("keep.txt", "k") + put("gone.txt", "g")).has_value());
    const auto number = propose(bob, "Tidy", remove("gone.txt"));
    ASSERT_TRUE(commit(bob, "refs/pr/1", "More", put("more.txt", "m\n")).has_value());
    const auto squashed = super_squash(hub, repo, session_of(bob), "refs/pr/1", "All of it").value();
    EXPECT_EQ(tip("refs/pr/1"), squashed);
    ASSERT_TRUE(commit(alice, "main", "Meanwhile", put("keep.txt", "K")).has_value());
    const auto shown = look(number);
    EXPECT_EQ(lines_of(shown).back(), "bob commit: All of it");
    EXPECT_NE(shown.pull_request->diff.find("deleted file mode 100644"), std::string::npos) << shown.pull_request->diff;
    EXPECT_EQ(shown.pull_request->diff.find("keep.txt"), std::string::npos) << shown.pull_request->diff;
    ASSERT_TRUE(merge(number).has_value());
    EXPECT_EQ(text_at("refs/heads/main", "gone.txt"), "");
    EXPECT_EQ(text_at("refs/heads/main", "more.txt"), "m\n");
    EXPECT_EQ(text_at("refs/heads/main", "keep.txt"), "K");
}

TEST_F(DiscussionsTest, OnlyTheAuthorOrAWriterSquashesAProposal) {
    propose(bob, "Mine", put("a.txt", "a"));
    const auto carol = add_user("carol");
    EXPECT_EQ(super_squash(hub, repo, session_of(carol), "refs/pr/1", "").error().code, Code::kForbidden);
    EXPECT_TRUE(super_squash(hub, repo, session_of(alice), "refs/pr/1", "").has_value());
}

TEST_F(DiscussionsTest, ProposalsMergedAtOnceAllArrive) {
    constexpr int kCount = 6;
    for (int i = 0; i < kCount; ++i) propose(bob, "Add", put(std::to_string(i) + ".txt", "x"));
    std::vector<std::thread> mergers;
    std::atomic<int> merged{0};
    for (int i = 1; i <= kCount; ++i) mergers.emplace_back([&, i] { merged += merge(i).has_value() ? 1 : 0; });
    for (auto& merger : mergers) merger.join();
    EXPECT_EQ(merged.load(), kCount);
    for (int i = 0; i < kCount; ++i) EXPECT_EQ(text_at("refs/heads/main", std::to_string(i) + ".txt"), "x") << i;
}

TEST_F(DiscussionsTest, ABaseThatIsGoneCannotBeMergedInto) {
    ASSERT_TRUE(create_branch(hub, session_of(alice), repo, {"dev", std::nullopt, false, false}).has_value());
    ASSERT_TRUE(commit(bob, "dev", "For dev", put("a.txt", "a"), true).has_value());
    ASSERT_TRUE(delete_branch(hub, session_of(alice), repo, "dev").has_value());
    EXPECT_TRUE(look(1).pull_request->base_missing);
    EXPECT_EQ(look(1).pull_request->diff, "");
    EXPECT_EQ(merge(1).error().code, Code::kConflict);
}

TEST_F(DiscussionsTest, NumbersAreSharedAndListsAreNarrowed) {
    discuss(bob, "A question");
    propose(bob, "A proposal", put("a.txt", "a"));
    discuss(alice, "An answer");
    ASSERT_TRUE(change_status(hub, repo, session_of(alice), 3, DiscussionStatus::kClosed, "").has_value());
    const auto numbers = [&](const catalog::DiscussionQuery& query) {
        std::vector<std::int64_t> found;
        const auto page = list_discussions(hub, repo, query).value();
        for (const auto& item : page.items) found.push_back(item.num);
        found.push_back(page.count);
        return found;
    };
    EXPECT_EQ(numbers({}), (std::vector<std::int64_t>{3, 2, 1, 3}));
    EXPECT_EQ(numbers({.pull_requests = true}), (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(numbers({.open = false}), (std::vector<std::int64_t>{3, 1}));
    EXPECT_EQ(numbers({.author = "BOB"}), (std::vector<std::int64_t>{2, 1, 2}));
    EXPECT_EQ(numbers({.skip = 1, .limit = 1}), (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(list_discussions(hub, repo, {}).value().closed, 1);
}

TEST_F(DiscussionsTest, TheAuthorAndWritersChangeTitleAndStatusAndNobodyElse) {
    const auto carol = add_user("carol");
    discuss(bob, "Question");
    EXPECT_EQ(change_title(hub, repo, session_of(carol), 1, "Mine now").error().code, Code::kForbidden);
    EXPECT_EQ(change_status(hub, repo, session_of(carol), 1, DiscussionStatus::kClosed, "").error().code, Code::kForbidden);
    EXPECT_EQ(merge_pull_request(hub, repo, session_of(bob), 1, "").error().code, Code::kForbidden);
    ASSERT_TRUE(change_title(hub, repo, session_of(bob), 1, "  A question ").has_value());
    ASSERT_TRUE(change_status(hub, repo, session_of(alice), 1, DiscussionStatus::kClosed, "").has_value());
    EXPECT_EQ(merge(1).error().code, Code::kInvalidArgument) << "no pull request";
    EXPECT_EQ(look(1).facts.title, "A question");
    EXPECT_EQ(lines_of(look(1)),
              (std::vector<std::string>{"bob comment: ", "bob title: Question > A question", "alice status: closed"}));
    for (const auto& bad : {std::string(), std::string(" "), std::string("two\nlines"), std::string(501, 'x')})
        EXPECT_EQ(change_title(hub, repo, session_of(bob), 1, bad).error().code, Code::kInvalidArgument) << bad;
}

TEST_F(DiscussionsTest, ATokenForReadingWritesNothing) {
    discuss(bob, "Question");
    Principal reader = session_of(bob);
    reader.kind = PrincipalKind::kToken;
    reader.token_role = catalog::TokenRole::kRead;
    EXPECT_EQ(create_discussion(hub, repo, reader, {"More", "", false}).error().code, Code::kForbidden);
    EXPECT_EQ(create_discussion(hub, repo, reader, {"More", "", true}).error().code, Code::kForbidden);
    EXPECT_EQ(add_comment(hub, repo, reader, 1, "x").error().code, Code::kForbidden);
    EXPECT_EQ(change_title(hub, repo, reader, 1, "x").error().code, Code::kForbidden);
    EXPECT_EQ(change_status(hub, repo, reader, 1, DiscussionStatus::kClosed, "").error().code, Code::kForbidden);
    EXPECT_EQ(edit_comment(hub, repo, reader, 1, first_event(1), "x").error().code, Code::kForbidden);
    EXPECT_EQ(hide_comment(hub, repo, reader, 1, first_event(1)).error().code, Code::kForbidden);
    EXPECT_EQ(lines_of(look(1)).size(), 1u);
}

TEST_F(DiscussionsTest, AuthorsEditTheirCommentsAndEarlierTextsAreKept) {
    discuss(bob, "Question");
    const auto made = add_comment(hub, repo, session_of(bob), 1, "**First**").value();
    EXPECT_EQ(std::get<Comment>(made.what).html, "<p><strong>First</strong></p>\n");
    EXPECT_EQ(edit_comment(hub, repo, session_of(alice), 1, made.id, "x").error().code, Code::kForbidden);
    EXPECT_EQ(edit_comment(hub, repo, session_of(bob), 1, made.id + 1, "x").error().code, Code::kNotFound);
    clock.time += 1'000;
    const auto edited =
        std::get<Comment>(edit_comment(hub, repo, session_of(bob), 1, made.id, "<script>Second</script>").value().what);
    EXPECT_EQ(edited.raw, "<script>Second</script>");
    EXPECT_EQ(edited.html.find("<script"), std::string::npos) << edited.html;
    EXPECT_TRUE(edited.edited);
    EXPECT_EQ(edited.updated, clock.time);
    ASSERT_EQ(edited.history.size(), 1u);
    EXPECT_EQ(edited.history[0].raw, "**First**");
    EXPECT_EQ(edited.history[0].written, clock.time - 1'000);
}

TEST_F(DiscussionsTest, AHiddenCommentIsGoneForGood) {
    const auto carol = add_user("carol");
    discuss(bob, "Question");
    const auto id = add_comment(hub, repo, session_of(bob), 1, "secret one").value().id;
    ASSERT_TRUE(edit_comment(hub, repo, session_of(bob), 1, id, "secret two").has_value());
    EXPECT_EQ(hide_comment(hub, repo, session_of(carol), 1, id).error().code, Code::kForbidden);
    ASSERT_TRUE(hide_comment(hub, repo, session_of(alice), 1, id).has_value());
    const auto rows = catalog->read([&](catalog::Session& s) { return catalog::events_of(s, look(1).facts.id); }).value();
    for (const auto& row : rows) EXPECT_EQ(row.data.find("secret"), std::string::npos) << row.data;
    const auto hidden = std::get<Comment>(hide_comment(hub, repo, session_of(bob), 1, id).value().what);
    EXPECT_TRUE(hidden.hidden);
    EXPECT_EQ(hidden.raw, "This comment has been hidden");
    EXPECT_EQ(edit_comment(hub, repo, session_of(bob), 1, id, "back").error().code, Code::kConflict);
}

TEST_F(DiscussionsTest, WhereDiscussionsAreDisabledNothingIsOpenedOrSaid) {
    discuss(bob, "Before");
    propose(bob, "Before too", put("a.txt", "a"));
    repo = change_settings(hub, session_of(alice), repo, {.discussions_disabled = true}).value();
    EXPECT_EQ(create_discussion(hub, repo, session_of(bob), {"More", "", false}).error().code, Code::kForbidden);
    EXPECT_EQ(create_discussion(hub, repo, session_of(bob), {"More", "", true}).error().code, Code::kForbidden);
    EXPECT_EQ(add_comment(hub, repo, session_of(bob), 1, "x").error().code, Code::kForbidden);
    EXPECT_EQ(commit(bob, "main", "More", put("b.txt", "b"), true).error().code, Code::kForbidden);
    EXPECT_TRUE(merge(2).has_value()) << "what is there can be brought to an end";
    repo = change_settings(hub, session_of(alice), repo, {.discussions_disabled = false}).value();
    EXPECT_EQ(discuss(bob, "After"), 3);
}

TEST_F(DiscussionsTest, ProposalsToAGatedRepositoryShowTheirFilesOnlyToThoseWhoMayReadThem) {
    ASSERT_TRUE(commit(alice, "main", "Add", put("a.txt", "guarded\n")).has_value());
    ASSERT_TRUE(commit(alice, "main", "Change", put("a.txt", "more\n"), true).has_value());
    repo = change_settings(hub, session_of(alice), repo, {.gated = "manual"}).value();
    EXPECT_EQ(look(1).pull_request->diff, "");
    EXPECT_NE(load_discussion(hub, repo, session_of(alice), 1, WithDiff::kYes).value().pull_request->diff, "");
}

TEST_F(DiscussionsTest, TextsHaveLimits) {
    discuss(bob, "Question");
    EXPECT_EQ(add_comment(hub, repo, session_of(bob), 1, " \n").error().code, Code::kInvalidArgument);
    EXPECT_EQ(add_comment(hub, repo, session_of(bob), 1, std::string((64u << 10) + 1, 'x')).error().code, Code::kTooLarge);
    EXPECT_EQ(add_comment(hub, repo, session_of(bob), 7, "x").error().code, Code::kNotFound);
    const std::string deep = std::string(2'000, '>') + " & <b>";
    const auto shown = std::get<Comment>(add_comment(hub, repo, session_of(bob), 1, deep).value().what).html;
    EXPECT_TRUE(shown.starts_with("<pre>") && shown.ends_with(" &amp; &lt;b></pre>")) << shown;
}

TEST_F(DiscussionsTest, ComparisonsAreOfTwoOrThreeDotsOrOneCommit) {
    ASSERT_TRUE(commit(alice, "main", "Add a", put("a.txt", "a\n")).has_value());
    ASSERT_TRUE(create_branch(hub, session_of(alice), repo, {"side", std::nullopt, false, false}).has_value());
    ASSERT_TRUE(commit(alice, "side", "Add b", put("b.txt", "b\n")).has_value());
    ASSERT_TRUE(commit(alice, "main", "Change a", put("a.txt", "A\n")).has_value());
    const auto raw = [&](const std::string& spec) { return compare_revisions(hub, repo, spec, DiffForm::kRaw).value(); };
    const std::string a_changes = "\ta.txt\n";
    const std::string b_added =
        "T 2\t:000000 100644 0000000000000000000000000000000000000000... "
        "61780798228d17af2d34fce4cfbdf35556832472... A\tb.txt\n";
    EXPECT_EQ(raw("main...side"), b_added);
    EXPECT_EQ(raw("side"), b_added);
    EXPECT_TRUE(raw("main..side").ends_with(b_added) && raw("main..side").find(a_changes) != std::string::npos)
        << raw("main..side");
    EXPECT_EQ(raw("..side"), raw("main..side"));
    EXPECT_EQ(raw("main..main"), "");
    EXPECT_EQ(compare_revisions(hub, repo, "main...side", DiffForm::kUnified).value(),
              "diff --git a/b.txt b/b.txt\nnew file mode 100644\nindex 0000000..6178079\n--- /dev/null\n+++ b/b.txt\n@@ -0,0 +1 "
              "@@\n+b\n");
    EXPECT_EQ(compare_revisions(hub, repo, "main..nowhere", DiffForm::kRaw).error().reason, Reason::kRevisionNotFound);
    ASSERT_TRUE(create_branch(hub, session_of(alice), repo, {"alone", std::nullopt, false, true}).has_value());
    EXPECT_EQ(compare_revisions(hub, repo, "main...alone", DiffForm::kRaw).error().code, Code::kInvalidArgument);
    EXPECT_TRUE(compare_revisions(hub, repo, "main..alone", DiffForm::kRaw).has_value());
}

TEST_F(DiscussionsTest, LargeFilesAreSharedOnlyFromWhereTheyAreAndToWhereOneMayWrite) {
    const auto sha256 = hold_large(repo, "weights");
    const auto other = sha256_of(as_bytes("other weights"));
    const auto target = add_model(bob, "copy");
    const auto share = [&](const catalog::User& who, const catalog::Repository& from, const catalog::Repository& to,
                           const Sha256& what) {
        return share_large_files(hub, from, session_of(who), catalog::RepoType::kModel, to.owner_name, to.name,
                                 {{what, std::nullopt}});
    };
    EXPECT_EQ(share(alice, repo, target, sha256).error().code, Code::kForbidden) << "alice may not write there";
    EXPECT_TRUE(share(bob, repo, target, sha256).value().empty());
    EXPECT_TRUE(share(bob, repo, target, sha256).value().empty()) << "again is fine";
    ASSERT_EQ(share(bob, repo, target, other).value().size(), 1u);
    const auto hidden = add_model(alice, "hidden", true);
    hold_large(hidden, "other weights");
    EXPECT_EQ(share(bob, hidden, target, other).error().reason, Reason::kRepoNotFound);
    EXPECT_EQ(share(bob, repo, hidden, sha256).error().reason, Reason::kRepoNotFound);
    const auto held = list_large_files(hub, target, std::nullopt, 10).value();
    ASSERT_EQ(held.items.size(), 1u);
    EXPECT_EQ(held.items[0].object.sha256, sha256);
}

}  // namespace
}  // namespace mirfa::hub
