// SPDX-License-Identifier: Apache-2.0
// Pages of repositories, with what hostile people would put into them.
#include <gtest/gtest.h>

#include "hub/commits/commit.h"
#include "hub/community/discussions.h"
#include "hub/repos/repositories.h"
#include "pages/testing/browser.h"
#include "pages/testing/page_hub.h"

namespace mirfa::pages {
namespace {

using testing::Browser;
using testing::shows;

struct File {
    std::string path;
    std::string content;
};

class RepositoryPagesTest : public ::testing::Test, protected testing::PageHub {
protected:
    Browser browser{hub};
    catalog::User alice = add_user("alice");
    catalog::User bob = add_user("bob");

    static hub::Principal as(const catalog::User& user) {
        hub::Principal who;
        who.kind = hub::PrincipalKind::kToken;
        who.user = user.owner.id;
        who.name = user.owner.name;
        who.token_role = catalog::TokenRole::kWrite;
        return who;
    }
    catalog::Repository make(const std::string& name, catalog::RepoType type = catalog::RepoType::kModel,
                             bool is_private = false) {
        hub::NewRepository wanted;
        wanted.type = type;
        wanted.name = name;
        wanted.is_private = is_private;
        if (type == catalog::RepoType::kSpace) wanted.sdk = "static";
        return hub::create_repository(hub, as(alice), wanted).value().repo;
    }
    hub::CommitOutcome commit(const catalog::Repository& repo, const std::vector<File>& files,
                              const std::string& title = "Add files", const std::string& revision = "main",
                              bool create_pr = false, const catalog::User* by = nullptr) {
        clock.pass(std::chrono::seconds(60));
        hub::CommitRequest request(hub, repo, as(by != nullptr ? *by : alice), revision, create_pr);
        format::JsonWriter header;
        header.object().field("key", "header").object("value").field("summary", title).field("description", "").end().end();
        std::string body = std::move(header).take() + "\n";
        for (const auto& file : files) {
            format::JsonWriter line;
            line.object().field("key", "file").object("value").field("path", file.path);
            line.field("content", to_base64(as_bytes(file.content))).field("encoding", "base64").end().end();
            body += std::move(line).take() + "\n";
        }
        EXPECT_TRUE(request.feed(as_bytes(body)).has_value());
        auto outcome = request.finish();
        EXPECT_TRUE(outcome.has_value()) << (outcome.has_value() ? "" : describe(outcome.error()));
        return outcome.value();
    }
    void branch(const catalog::Repository& repo, const std::string& name) {
        const auto made = hub::create_branch(hub, as(alice), repo, {name, "main", false, false});
        ASSERT_TRUE(made.has_value()) << describe(made.error());
    }
    http::Response get(const std::string& path) { return browser.get(path); }
    void expect_inert(const http::Response& answer) {
        for (const char* part : {"<script>", "<img src=x", "<b>", "onerror=\"", "href=\"javascript"})
            EXPECT_FALSE(shows(answer, part)) << part;
        EXPECT_TRUE(answer.headers.get("Content-Security-Policy").starts_with("default-src 'none'"));
    }
};

TEST_F(RepositoryPagesTest, WhatPeopleWriteCannotActHere) {
    const auto repo = make("m");
    const std::string evil = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    commit(repo,
           {{"README.md", "# " + evil + "\n\n[a](javascript:alert(1)) ![b](https://elsewhere.test/t.png)"},
            {evil.substr(0, 8) + ".txt", evil},
            {"a\"b'c&d/<b>.md", evil},
            {"\xe2\x80\xaegnp.exe", "x"}},
           evil);
    branch(repo, "<b>\"'&");
    for (const auto* path : {"/alice/m/commits/main", "/alice/m/blob/main/a%22b%27c%26d/%3Cb%3E.md", "/alice/m/commit/main"}) {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 200) << path;
        expect_inert(answer);
    }
    for (const auto* path : {"/alice/m/blob/main/%3Cscript%3E", "/alice/m/commit/%3Cscript%3E"}) {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 404) << path;
        expect_inert(answer);
    }
}

TEST_F(RepositoryPagesTest, RevisionsWithSlashesWorkInEverySpelling) {
    const auto repo = make("m");
    commit(repo, {{"x/y.txt", "on main"}});
    branch(repo, "feat/x");
    commit(repo, {{"x/y.txt", "on the branch"}}, "Branch", "feat/x");
    const auto pull = commit(repo, {{"x/y.txt", "proposed"}}, "Proposal", "main", true, &bob);
    ASSERT_EQ(pull.pull_request, 1);
    for (const auto* revision : {"feat%2Fx", "feat/x", "refs/heads/feat/x", "refs%2Fheads%2Ffeat%2Fx"})
        EXPECT_EQ(get("/alice/m/resolve/" + std::string(revision) + "/x/y.txt").text, "on the branch") << revision;
    for (const auto* revision : {"refs/pr/1", "refs%2Fpr%2F1"}) {
        EXPECT_EQ(get("/alice/m/resolve/" + std::string(revision) + "/x/y.txt").text, "proposed") << revision;
        const auto commits = get("/alice/m/commits/" + std::string(revision));
        EXPECT_TRUE(shows(commits, "Proposal") || commits.headers.get("Location") == "/alice/m/commits/refs%2Fpr%2F1")
            << revision;
        EXPECT_TRUE(shows(get("/alice/m/commits/refs%2Fpr%2F1"), "Proposal"));
    }
    EXPECT_EQ(get("/alice/m/blob/" + pull.commit.hex().substr(0, 10) + "/x/y.txt").status, 200);
    EXPECT_EQ(get("/alice/m/blob/feat%2Fx/x/y.txt").status, 200);
    EXPECT_EQ(get("/alice/m/blob/feat/x/x/y.txt").headers.get("Location"), "/alice/m/blob/feat%2Fx/x/y.txt");
    EXPECT_EQ(get("/alice/m/commits/nowhere").status, 404);
}

TEST_F(RepositoryPagesTest, FilesAndFoldersLeadToEachOthersPages) {
    const auto repo = make("m");
    commit(repo, {{"a/b.txt", "text"}});
    EXPECT_EQ(get("/alice/m/blob/main/a").headers.get("Location"), "/alice/m/tree/main/a");
    EXPECT_EQ(get("/alice/m/blob/main").headers.get("Location"), "/alice/m/tree/main");
    EXPECT_EQ(get("/alice/m/tree").status, 200);
    EXPECT_EQ(get("/alice/m/tree/main/").status, 200);
    EXPECT_EQ(get("/alice/m/blob/main/none.txt").status, 404);
}

TEST_F(RepositoryPagesTest, HiddenAndMissingRepositoriesLookAlike) {
    const auto repo = make("closed", catalog::RepoType::kModel, true);
    const auto pull = commit(repo, {{"a.txt", "secret"}}, "Proposal", "main", true);
    ASSERT_TRUE(pull.pull_request);
    const auto strangers_see = [&](const std::string& rest) {
        const auto hidden = get("/alice/closed" + rest);
        const auto missing = get("/alice/neverr" + rest);
        EXPECT_EQ(hidden.status, 404) << rest;
        EXPECT_EQ(std::regex_replace(hidden.text, std::regex("closed"), "neverr"), missing.text) << rest;
        EXPECT_FALSE(shows(hidden, "secret")) << rest;
    };
    const std::vector<std::string> pages = {"",
                                            "/tree/main",
                                            "/blob/refs%2Fpr%2F1/a.txt",
                                            "/commits/main",
                                            "/commit/main",
                                            "/jobs",
                                            "/discussions",
                                            "/discussions/1"};
    for (const auto& page : pages) strangers_see(page);
    ASSERT_EQ(browser.sign_in("bob"), 200);
    for (const auto& page : pages) strangers_see(page);
    ASSERT_EQ(browser.sign_in("alice"), 200);
    for (const auto& page : pages) EXPECT_EQ(get("/alice/closed" + page).status, 200) << page;
}

TEST_F(RepositoryPagesTest, AGateHidesContentsButNotNames) {
    const auto repo = make("m");
    commit(repo, {{"README.md", "secret card"}, {"a.txt", "secret line"}}, "Fill it");
    commit(repo, {{"a.txt", "secret proposal"}}, "Proposal", "main", true);
    hub::SettingsChange gate;
    gate.gated = "manual";
    ASSERT_TRUE(hub::change_settings(hub, as(alice), repo, gate).has_value());
    for (const auto* who : {"", "bob"}) {
        browser.forget();
        if (*who != '\0') {
            ASSERT_EQ(browser.sign_in(who), 200);
        }
        for (const auto* page : {"/alice/m", "/alice/m/tree/main", "/alice/m/blob/main/a.txt", "/alice/m/commits/main",
                                 "/alice/m/commit/main", "/alice/m/discussions/1"}) {
            const auto answer = get(page);
            EXPECT_EQ(answer.status, 200) << page;
            EXPECT_FALSE(shows(answer, "secret")) << page;
        }
    }
    ASSERT_EQ(browser.sign_in("alice"), 200);
    EXPECT_TRUE(shows(get("/alice/m"), "secret card"));
    EXPECT_TRUE(shows(get("/alice/m/commit/refs%2Fpr%2F1"), "secret proposal"));
}

TEST_F(RepositoryPagesTest, AMovedRepositoryIsFoundUnderItsOldName) {
    const auto repo = make("old");
    commit(repo, {{"a b.txt", "x"}});
    ASSERT_TRUE(hub::move_repository(hub, as(alice), repo, "alice", "new").has_value());
    const auto answer = get("/alice/old/blob/main/a%20b.txt?x=1");
    EXPECT_EQ(answer.status, 307);
    EXPECT_EQ(answer.headers.get("Location"), "/alice/new/blob/main/a%20b.txt?x=1");
    EXPECT_EQ(get("/alice/old").headers.get("Location"), "/alice/new");
}

}  // namespace
}  // namespace mirfa::pages
