// SPDX-License-Identifier: Apache-2.0
// What clients read of discussions, comparisons, likes, tags and large files, and what they are told of what is missing.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/in_process.h"
#include "base/random.h"
#include "hub/community/testing/proposals.h"
#include "hub/repos/search.h"

namespace mirfa::api {
namespace {

using enum http::Verb;

class CommunityApiTest : public ::testing::Test, protected hub::testing::HubWithProposals {
protected:
    testing::InProcess client{hub};
    const std::string of_alice = token_of(alice);
    const std::string of_bob = token_of(bob);

    std::string token_of(const catalog::User& user) {
        return hub::create_token(hub, admin, user.owner.id, {"t", catalog::TokenRole::kWrite}).value().text.reveal();
    }
    http::Response get(const std::string& path, const std::string& token = "") {
        return client.send(
            kGet, path,
            token.empty() ? testing::InProcess::Fields{} : testing::InProcess::Fields{{"Authorization", "Bearer " + token}});
    }
    http::Response post(const std::string& path, const std::string& token, const std::string& body) {
        return client.send(kPost, path, {{"Authorization", "Bearer " + token}}, body);
    }
    static boost::json::value json_of(const http::Response& response) { return format::parse_json(response.text).value(); }
    const std::string base = "/api/models/alice/m";
};

TEST_F(CommunityApiTest, ADiscussionIsShownAsClientsReadIt) {
    const auto made =
        json_of(post(base + "/discussions", of_bob, R"({"title":"Why?","description":"*Tell* me","pullRequest":false})"));
    EXPECT_EQ(boost::json::serialize(made),
              R"({"num":1,"pullRequest":false,"url":"http://127.0.0.1:8080/alice/m/discussions/1"})");
    const auto answer = get(base + "/discussions/1?diff=1");
    EXPECT_EQ(answer.status, 200);
    const auto now = to_iso8601(clock.time);
    const auto id = std::string(json_of(answer).at("events").at(0).at("id").as_string());
    EXPECT_EQ(id.size(), 24u);
    const std::string bob_json =
        R"({"name":"bob","fullname":"bob","avatarUrl":"http://127.0.0.1:8080/avatars/bob.svg","type":"user"})";
    EXPECT_EQ(answer.text,
              R"({"num":1,"title":"Why?","status":"open","isPullRequest":false,"pinned":false,"createdAt":")" + now +
                  R"(","numComments":1,"updatedAt":")" + now + R"(","author":)" + bob_json +
                  R"(,"repo":{"name":"alice/m","type":"model"},"events":[{"id":")" + id + R"(","createdAt":")" + now +
                  R"(","author":)" + bob_json +
                  R"(,"type":"comment","data":{"edited":false,"hidden":false,"numEdits":0,"latest":{"raw":"*Tell* me",)"
                  R"("html":"<p><em>Tell</em> me</p>\n","updatedAt":")" +
                  now + R"(","author":)" + bob_json + R"(},"history":[]}}]})");
    const auto listed = json_of(get(base + "/discussions?p=0&type=discussion&status=open&author=bob"));
    EXPECT_EQ(listed.at("count").as_int64(), 1);
    EXPECT_EQ(listed.at("start").as_int64(), 0);
    EXPECT_EQ(listed.at("discussions").at(0).at("num").as_int64(), 1);
    EXPECT_EQ(get(base + "/discussions?status=odd").status, 400);
    for (const auto& number : {"0", "7", "x", "-1", "99999999999999999999"})
        EXPECT_EQ(get(base + "/discussions/" + number).status, 404) << number;
}

TEST_F(CommunityApiTest, EveryChangeAnswersWithTheEventItMade) {
    post(base + "/discussions", of_bob, R"({"title":"Why?"})");
    const auto event_of = [&](const std::string& what, const std::string& body, const char* name) {
        const auto answer = post(base + "/discussions/1/" + what, of_bob, body);
        EXPECT_EQ(answer.status, 200) << answer.text;
        return json_of(answer).at(name);
    };
    const auto comment = event_of("comment", R"({"comment":"One"})", "newMessage");
    const std::string id(comment.at("id").as_string());
    EXPECT_EQ(comment.at("data").at("latest").at("raw").as_string(), "One");
    EXPECT_EQ(boost::json::serialize(event_of("title", R"({"title":"How?"})", "newTitle").at("data")),
              R"({"from":"Why?","to":"How?"})");
    const auto edited = event_of("comment/" + id + "/edit", R"({"content":"Two"})", "updatedComment").at("data");
    EXPECT_EQ(edited.at("history").at(0).at("raw").as_string(), "One");
    EXPECT_EQ(edited.at("numEdits").as_int64(), 1);
    EXPECT_TRUE(event_of("comment/" + id + "/hide", "null", "updatedComment").at("data").at("hidden").as_bool());
    EXPECT_EQ(boost::json::serialize(event_of("status", R"({"status":"closed","comment":"Enough"})", "newStatus").at("data")),
              R"({"status":"closed"})");
    EXPECT_EQ(post(base + "/discussions/1/status", of_bob, R"({"status":"merged"})").status, 400);
    EXPECT_EQ(post(base + "/discussions/1/status", of_bob, R"({"status":"closed"})").status, 409);
    EXPECT_EQ(post(base + "/discussions/1/comment/zzz/edit", of_bob, R"({"content":"x"})").status, 404);
    EXPECT_EQ(post(base + "/discussions/1/comment/" + id + "/edit", of_bob, R"({"content":"x"})").status, 409) << "hidden";
    EXPECT_EQ(post(base + "/discussions/1/comment", of_bob, "{}").status, 400);
}

TEST_F(CommunityApiTest, APullRequestTellsItsBaseConflictsDiffAndMerge) {
    ASSERT_TRUE(commit(alice, "main", "Start", put("a.txt", "a\n")).has_value());
    propose(bob, "Mine", put("a.txt", "bob\n"));
    const auto open = json_of(get(base + "/discussions/1?diff=1"));
    EXPECT_EQ(boost::json::serialize(open.at("changes")),
              R"({"base":"refs/heads/main","head":")" + tip("refs/pr/1").hex() + R"("})");
    EXPECT_EQ(boost::json::serialize(open.at("filesWithConflicts")), "[]");
    EXPECT_NE(open.at("diff").as_string().find("-a\n+bob\n"), std::string::npos);
    EXPECT_EQ(json_of(get(base + "/discussions/1")).at("diff").as_string(), "") << "not asked for";
    EXPECT_EQ(open.at("events").at(1).at("data").at("oid").as_string(), tip("refs/pr/1").hex());

    EXPECT_EQ(post(base + "/discussions/1/merge", of_bob, "null").status, 403);
    EXPECT_EQ(post(base + "/discussions/1/merge", of_alice, "null").status, 200);
    const auto merged = json_of(get(base + "/discussions/1"));
    EXPECT_EQ(merged.at("status").as_string(), "merged");
    EXPECT_EQ(merged.at("changes").at("mergeCommitId").as_string(), tip("refs/heads/main").hex());
    const auto again = post(base + "/discussions/1/merge", of_alice, "");
    EXPECT_EQ(again.status, 409);
    EXPECT_FALSE(again.headers.get("X-Error-Message").empty());
}

TEST_F(CommunityApiTest, ListsAreSearchedSortedAndBeginWithWhatIsPinned) {
    for (const auto* title : {"Weights of 100%", "A 100 questions", "Licence?"})
        post(base + "/discussions", of_bob, std::string(R"({"title":")") + title + R"("})");
    clock.time += 1'000;
    post(base + "/discussions/1/comment", of_bob, R"({"comment":"Hm"})");
    const auto numbers = [&](const std::string& query) {
        std::string text;
        const auto answer = json_of(get(base + "/discussions" + query));
        for (const auto& item : answer.at("discussions").as_array()) text += std::to_string(item.at("num").as_int64());
        EXPECT_EQ(answer.at("count").as_int64(), static_cast<std::int64_t>(text.size())) << query;
        return text;
    };
    EXPECT_EQ(numbers("?search=100"), "21");
    EXPECT_EQ(numbers("?search=100%25"), "1") << "a sign of patterns stands for itself";
    EXPECT_EQ(numbers("?search=LICENCE"), "3");
    EXPECT_EQ(numbers("?search=_"), "");
    EXPECT_EQ(numbers("?sort=oldest"), "123");
    EXPECT_EQ(numbers("?sort=recently-updated"), "132");
    EXPECT_EQ(numbers("?sort=most-commented"), "132");
    EXPECT_EQ(get(base + "/discussions?sort=odd").status, 400);
    EXPECT_EQ(get(base + "/discussions?search=" + std::string(501, 'x')).status, 400);

    EXPECT_EQ(post(base + "/discussions/2/pin", of_bob, R"({"pinned":true})").status, 403);
    const auto pinned = json_of(post(base + "/discussions/2/pin", of_alice, R"({"pinned":true})")).at("newPinning");
    EXPECT_EQ(pinned.at("type").as_string(), "pinning-change");
    EXPECT_TRUE(pinned.at("data").at("pinned").as_bool());
    EXPECT_EQ(post(base + "/discussions/2/pin", of_alice, R"({"pinned":true})").status, 409);
    EXPECT_EQ(numbers("?sort=recently-created"), "231");
    EXPECT_EQ(numbers(""), "321") << "clients that know nothing of pins";
    EXPECT_TRUE(json_of(get(base + "/discussions/2")).at("pinned").as_bool());
    EXPECT_EQ(post(base + "/discussions/2/pin", of_alice, R"({"pinned":false})").status, 200);
    EXPECT_EQ(numbers("?sort=recently-created"), "321");
}

TEST_F(CommunityApiTest, ListsCountEachState) {
    ASSERT_TRUE(commit(alice, "main", "Start", put("a.txt", "a\n")).has_value());
    propose(bob, "Mine", put("b.txt", "b\n"));
    post(base + "/discussions", of_bob, R"({"title":"One"})");
    post(base + "/discussions", of_bob, R"({"title":"Two"})");
    post(base + "/discussions/2/status", of_bob, R"({"status":"closed"})");
    post(base + "/discussions/1/merge", of_alice, "null");
    const auto open = json_of(get(base + "/discussions?status=open"));
    EXPECT_EQ(open.at("count").as_int64(), 1);
    EXPECT_EQ(open.at("numOpenDiscussions").as_int64(), 1);
    EXPECT_EQ(open.at("numClosedDiscussions").as_int64(), 2);
    EXPECT_EQ(open.at("numMergedDiscussions").as_int64(), 1);
    EXPECT_EQ(json_of(get(base + "/discussions?status=merged")).at("discussions").at(0).at("num").as_int64(), 1);
}

TEST_F(CommunityApiTest, ADiscussionIsDeletedForGoodAndItsNumberIsNotGivenAgain) {
    const auto send_delete = [&](const std::string& path, const std::string& token) {
        return client.send(kDelete, base + path, {{"Authorization", "Bearer " + token}}).status;
    };
    ASSERT_TRUE(commit(alice, "main", "Start", put("a.txt", "a\n")).has_value());
    propose(bob, "Mine", put("b.txt", "b\n"));
    post(base + "/discussions", of_bob, R"({"title":"Noise"})");
    EXPECT_EQ(send_delete("/discussions/2", of_bob), 403);
    EXPECT_EQ(send_delete("/discussions/2", of_alice), 200);
    EXPECT_EQ(get(base + "/discussions/2").status, 404);
    EXPECT_EQ(send_delete("/discussions/2", of_alice), 404);

    EXPECT_EQ(send_delete("/discussions/1/ref", of_alice), 409) << "open";
    post(base + "/discussions/1/status", of_bob, R"({"status":"closed"})");
    EXPECT_EQ(send_delete("/discussions/1/ref", of_bob), 403);
    EXPECT_EQ(send_delete("/discussions/1/ref", of_alice), 200);
    EXPECT_EQ(send_delete("/discussions/1/ref", of_alice), 404);
    EXPECT_EQ(get(base + "/tree/refs%2Fpr%2F1").status, 404);
    const auto left = json_of(get(base + "/discussions/1?diff=1"));
    EXPECT_TRUE(left.at("changes").at("refDeleted").as_bool());
    EXPECT_EQ(left.at("diff").as_string(), "");
    EXPECT_EQ(post(base + "/discussions/1/status", of_bob, R"({"status":"open"})").status, 409);
    EXPECT_EQ(post(base + "/discussions/1/comment", of_bob, R"({"comment":"Still here"})").status, 200);

    propose(bob, "Other", put("b.txt", "b\n"));
    EXPECT_EQ(send_delete("/discussions/3", of_alice), 200);
    EXPECT_EQ(get(base + "/tree/refs%2Fpr%2F3").status, 404);
    EXPECT_EQ(json_of(post(base + "/discussions", of_bob, R"({"title":"Next"})")).at("num").as_int64(), 4);
}

TEST_F(CommunityApiTest, ConflictsAnswer409AndNameTheFiles) {
    ASSERT_TRUE(commit(alice, "main", "Start", put("a.txt", "a\n")).has_value());
    propose(bob, "Mine", put("a.txt", "bob\n"));
    ASSERT_TRUE(commit(alice, "main", "Yours", put("a.txt", "alice\n")).has_value());
    EXPECT_EQ(boost::json::serialize(json_of(get(base + "/discussions/1")).at("filesWithConflicts")), R"(["a.txt"])");
    const auto refused = post(base + "/discussions/1/merge", of_alice, R"({"comment":"Now"})");
    EXPECT_EQ(refused.status, 409);
    EXPECT_NE(json_of(refused).at("error").as_string().find("a.txt"), std::string::npos);
    EXPECT_EQ(json_of(get(base + "/discussions/1")).at("events").as_array().size(), 2u) << "the comment is not kept either";
}

TEST_F(CommunityApiTest, HiddenRepositoriesHideTheirDiscussionsToo) {
    add_model(alice, "closed", true);
    const std::string closed = "/api/models/alice/closed";
    EXPECT_EQ(post(closed + "/discussions", of_alice, R"({"title":"Ours","pullRequest":true})").status, 200);
    for (const auto& path : {"/discussions", "/discussions/1", "/discussions/9", "/compare/main", "/lfs-files"}) {
        EXPECT_EQ(get(closed + path, of_alice).status, std::string(path) == "/discussions/9" ? 404 : 200) << path;
        const auto stranger = get(closed + path, of_bob);
        EXPECT_EQ(stranger.status, 404) << path;
        EXPECT_EQ(stranger.headers.get("X-Error-Code"), "RepoNotFound") << path;
        EXPECT_EQ(get(closed + path).status, 401) << path;
    }
    for (const auto& path : {"/discussions", "/discussions/1/comment", "/discussions/1/merge", "/lfs-files/duplicate"})
        EXPECT_EQ(post(closed + path, of_bob, R"({"title":"x","comment":"x"})").status, 404) << path;
}

TEST_F(CommunityApiTest, NobodyWritesWithoutSigningIn) {
    post(base + "/discussions", of_bob, R"({"title":"Why?"})");
    for (const auto& path :
         {"/discussions", "/discussions/1/comment", "/discussions/1/title", "/discussions/1/status", "/discussions/1/merge"})
        EXPECT_EQ(client.send(kPost, base + path, {}, R"({"title":"x","comment":"x","status":"closed"})").status, 401) << path;
    EXPECT_EQ(get(base + "/lfs-files").status, 401);
    EXPECT_EQ(get(base + "/lfs-files", of_bob).status, 403) << "needs the right to write";
}

TEST_F(CommunityApiTest, ComparisonsArePlainTextInBothForms) {
    ASSERT_TRUE(commit(alice, "main", "Add", put("weights/a b.txt", "x\n")).has_value());
    const auto sha256 = hold_large(repo, "weights");
    ASSERT_TRUE(commit(alice, "main", "Large",
                       R"({"key":"lfsFile","value":{"path":"w.bin","algo":"sha256","oid":")" + sha256.hex() +
                           R"(","size":7}})"
                           "\n")
                    .has_value());
    const auto text = get(base + "/compare/main");
    EXPECT_EQ(text.status, 200);
    EXPECT_EQ(text.headers.get("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_NE(text.text.find("+oid sha256:" + sha256.hex() + "\n+size 7\n"), std::string::npos) << text.text;
    const auto raw = get(base + "/compare/main?raw=true");
    EXPECT_TRUE(raw.text.starts_with("B 7\t:000000 100644 ") && raw.text.ends_with("... A\tw.bin\n")) << raw.text;
    const auto before = tip("refs/heads/main");
    ASSERT_TRUE(commit(bob, "main", "Away", hub::testing::HubWithProposals::remove("weights/a b.txt"), true).has_value());
    for (const auto& spec : {"main..refs%2Fpr%2F1", "main..refs/pr/1", "main...refs%2Fpr%2F1"}) {
        const auto gone = get(base + "/compare/" + spec + "?raw=true");
        EXPECT_TRUE(gone.text.starts_with("T 2\t:100644 000000 ") && gone.text.ends_with("... D\tweights/a b.txt\n"))
            << spec << gone.text;
    }
    EXPECT_EQ(get(base + "/compare/" + before.hex() + ".." + before.hex()).text, "");
    EXPECT_EQ(get(base + "/compare/nowhere").headers.get("X-Error-Code"), "RevisionNotFound");
}

TEST_F(CommunityApiTest, LargeFilesAreListedPageByPageWithTheirNames) {
    std::string lines;
    for (const auto& name : {"a.bin", "b.bin"})
        lines += R"({"key":"lfsFile","value":{"path":")" + std::string(name) + R"(","algo":"sha256","oid":")" +
                 hold_large(repo, name).hex() + "\"}}\n";
    ASSERT_TRUE(commit(alice, "main", "Large", lines).has_value());
    hold_large(repo, "not committed");
    std::set<std::string> names;
    std::string path = base + "/lfs-files?limit=2";
    for (int pages = 1; !path.empty(); ++pages) {
        ASSERT_LE(pages, 2);
        const auto page = get(path, of_alice);
        const auto items = json_of(page);
        for (const auto& item : items.as_array()) {
            EXPECT_EQ(item.at("oid").as_string().size(), 64u);
            EXPECT_EQ(item.at("pushedAt").as_string(), to_iso8601(clock.time));
            names.insert(std::string(item.at("filename").as_string()));
        }
        const std::string link = page.headers.has("Link") ? std::string(page.headers.get("Link")) : "";
        const auto at = link.find("/api/");
        path = at == std::string::npos ? "" : link.substr(at, link.find('>') - at);
    }
    EXPECT_EQ(names, (std::set<std::string>{"a.bin", "b.bin", sha256_of(as_bytes("not committed")).hex()}));
}

TEST_F(CommunityApiTest, ThoseWhoAdministerSeeTheSettingsAndTheStorage) {
    ASSERT_TRUE(commit(alice, "main", "Large",
                       R"({"key":"lfsFile","value":{"path":"w.bin","algo":"sha256","oid":")" + hold_large(repo, "weights").hex() +
                           "\"}}\n")
                    .has_value());
    EXPECT_EQ(get(base + "/storage", of_alice).text, R"({"logical":7,"stored":7,"saved":0,"objects":1})");
    EXPECT_EQ(get(base + "/storage", of_bob).status, 403);
    EXPECT_EQ(get(base + "/settings", of_alice).text,
              R"({"private":false,"visibility":"public","gated":false,"discussionsDisabled":false})");
    const testing::InProcess::Fields alices = {{"Authorization", "Bearer " + of_alice}};
    EXPECT_EQ(client.send(kPut, base + "/settings", alices, R"({"gated":"auto","discussionsDisabled":true})").status, 200);
    EXPECT_EQ(get(base + "/settings", of_alice).text,
              R"({"private":false,"visibility":"public","gated":"auto","discussionsDisabled":true})");
    EXPECT_EQ(get(base + "/settings").status, 401);
}

TEST_F(CommunityApiTest, APullRequestStoresWhatItsCommitsBringBeyondTheBase) {
    const auto large = [&](const std::string& path, const std::string& content) {
        return R"({"key":"lfsFile","value":{"path":")" + path + R"(","algo":"sha256","oid":")" + hold_large(repo, content).hex() +
               "\"}}\n";
    };
    const auto storage = [&](const std::string& token) { return get(base + "/discussions/1/storage", token).text; };
    ASSERT_TRUE(commit(alice, "main", "Weights", large("old.bin", "old")).has_value());
    // Twice the same content, one that main has under another name, and a text.
    ASSERT_EQ(propose(bob, "More", large("a.bin", "12345") + large("b.bin", "12345") + large("c.bin", "old") + put("t", "text")),
              1);
    EXPECT_EQ(storage(of_bob), R"({"logical":5,"objects":1})");
    // What a later commit takes away is stored still; what only main has is not the proposal's.
    ASSERT_TRUE(commit(bob, "refs/pr/1", "Again", large("a.bin", "1234567") + remove("b.bin")).has_value());
    ASSERT_TRUE(commit(alice, "main", "New weights", large("old.bin", "newer")).has_value());
    EXPECT_EQ(storage(of_alice), R"({"logical":12,"objects":2})");
    EXPECT_EQ(get(base + "/discussions/1/storage").status, 401);
    EXPECT_EQ(get(base + "/discussions/7/storage", of_bob).status, 404);
    EXPECT_EQ(get(base + "/discussions/1/storage", token_of(add_user("carol"))).status, 403);
    EXPECT_EQ(post(base + "/discussions/1/merge", of_alice, "{}").status, 200);
    EXPECT_EQ(storage(of_alice), R"({"logical":5,"objects":1})") << "what main never had";
    EXPECT_EQ(client.send(kDelete, base + "/discussions/1/ref", {{"Authorization", "Bearer " + of_alice}}).status, 200);
    EXPECT_EQ(storage(of_alice), R"({"logical":0,"objects":0})");
    ASSERT_EQ(post(base + "/discussions", of_bob, R"({"title":"Why?","description":"","pullRequest":false})").status, 200);
    EXPECT_EQ(get(base + "/discussions/2/storage", of_bob).status, 400);
}

TEST_F(CommunityApiTest, LargeFilesAreHandedToAnotherRepository) {
    add_model(bob, "copy");
    const auto sha256 = hold_large(repo, "weights").hex();
    const std::string zeros(64, '0');
    const auto body = [&](const std::string& target, const std::string& files) {
        return R"({"target":{"type":"model","name":")" + target + R"("},"files":[)" + files + "]}";
    };
    const auto file = [](const std::string& oid) {
        return R"({"xetHash":")" + oid + R"(","sha256":")" + oid + R"(","filename":"w.bin"})";
    };
    const auto done = post(base + "/lfs-files/duplicate", of_bob, body("bob/copy", file(sha256) + "," + file(zeros)));
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(done.text, R"({"failed":[{"sha256":")" + zeros + R"(","error":"The repository alice/m holds no such file."}]})");
    EXPECT_EQ(post(base + "/lfs-files/duplicate", of_bob, body("alice/m", file(sha256))).status, 403);
    EXPECT_EQ(post(base + "/lfs-files/duplicate", of_bob, body("bob", file(sha256))).status, 400);
    EXPECT_EQ(post(base + "/lfs-files/duplicate", of_bob, R"({"files":[]})").status, 400);
    std::string many = file(sha256);
    for (int i = 0; i < 500; ++i) many += "," + file(sha256);
    EXPECT_EQ(post(base + "/lfs-files/duplicate", of_bob, body("bob/copy", many)).status, 413);
}

TEST_F(CommunityApiTest, LikesAreListedAsFarAsTheReaderMaySee) {
    const auto hidden = add_model(alice, "hidden", true);
    const auto second = add_model(alice, "second");
    for (const auto& liked : {repo, hidden, second}) {
        clock.time += 1'000;
        ASSERT_TRUE(hub::like_repository(hub, session_of(alice), liked, true).has_value());
    }
    EXPECT_EQ(get("/api/users/ALICE/likes").text, R"([{"createdAt":")" + to_iso8601(clock.time) +
                                                      R"(","repo":{"name":"alice/second","type":"model"}},{"createdAt":")" +
                                                      to_iso8601(clock.time - 2'000) +
                                                      R"(","repo":{"name":"alice/m","type":"model"}}])");
    EXPECT_EQ(json_of(get("/api/users/alice/likes", of_alice)).as_array().size(), 3u);
    const auto page = get("/api/users/alice/likes?limit=1", of_alice);
    EXPECT_EQ(json_of(page).as_array().size(), 1u);
    const std::string link(page.headers.get("Link"));
    const auto next = link.substr(link.find("/api/"), link.find('>') - link.find("/api/"));
    EXPECT_EQ(json_of(get(next, of_alice)).at(0).at("repo").at("name").as_string(), "alice/hidden");
    EXPECT_EQ(get("/api/users/nobody/likes").status, 404);
}

TEST_F(CommunityApiTest, EachIsToldWhetherTheyThemselvesLikeIt) {
    const auto liked = [&](const std::string& token) { return get(base + "/like", token).text; };
    EXPECT_EQ(post(base + "/like", of_bob, "").status, 200);
    EXPECT_EQ(liked(of_bob), R"({"liked":true})");
    EXPECT_EQ(liked(of_alice), R"({"liked":false})");
    EXPECT_EQ(liked(""), R"({"liked":false})");
    EXPECT_EQ(client.send(kDelete, base + "/like", {{"Authorization", "Bearer " + of_bob}}).status, 200);
    EXPECT_EQ(liked(of_bob), R"({"liked":false})");
}

TEST_F(CommunityApiTest, TagsComeFromTheTablesAndFromPublicRepositories) {
    const auto tag = [&](const catalog::Repository& tagged, const std::vector<std::string>& tags) {
        ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::update_card(s, tagged, tags); }).has_value());
    };
    tag(repo, {"license:mit", "text-generation", "fr", "dataset:acme/clips", "region:us", "my-own"});
    tag(add_model(alice, "hidden", true), {"secret-project"});
    const auto answer = get("/api/models-tags-by-type");
    EXPECT_EQ(answer.text.find("secret"), std::string::npos);
    const auto tags = json_of(answer);
    EXPECT_EQ(boost::json::serialize(tags.at("language")), R"([{"id":"fr","label":"fr","type":"language"}])");
    EXPECT_EQ(boost::json::serialize(tags.at("dataset")),
              R"([{"id":"dataset:acme/clips","label":"acme/clips","type":"dataset"}])");
    EXPECT_EQ(boost::json::serialize(tags.at("other")), R"([{"id":"my-own","label":"my-own","type":"other"}])");
    const auto has = [](const boost::json::value& terms, std::string_view id) {
        return std::count_if(terms.as_array().begin(), terms.as_array().end(),
                             [&](const auto& term) { return term.at("id").as_string() == id; });
    };
    EXPECT_EQ(has(tags.at("pipeline_tag"), "text-generation"), 1);
    EXPECT_EQ(has(tags.at("license"), "license:mit"), 1);
    EXPECT_EQ(has(tags.at("library"), "transformers"), 1);
    EXPECT_EQ(has(json_of(get("/api/datasets-tags-by-type")).at("task_categories"), "task_categories:text-generation"), 1);
}

TEST_F(CommunityApiTest, WhatIsNotBuiltIsNamedAndWhatIsUnknownIsNotFound) {
    for (const auto& path :
         {"/api/kernels", "/api/kernels/alice/k/revision/main", "/api/collections", "/api/collections/alice/x-1/items",
          "/api/settings/webhooks", "/api/settings/webhooks/1/enable", "/oauth/authorize", "/api/buckets/alice/b",
          "/api/models/alice/m/user-access-request/pending", "/api/models/alice/m/lfs-files/batch"}) {
        for (const auto verb : {kGet, kPost, kDelete}) {
            const auto answer = client.send(verb, path);
            EXPECT_EQ(answer.status, 501) << path;
            EXPECT_EQ(answer.headers.get("X-Error-Code"), "NotImplemented") << path;
            EXPECT_NE(json_of(answer).at("error").as_string().find("not part of this server"), std::string::npos) << path;
        }
    }
    for (const auto& path : {"/api/nothing", "/api", "/api/models/alice/m/nothing", "/api/users"}) {
        const auto answer = get(path);
        EXPECT_EQ(answer.status, 404) << path;
        EXPECT_FALSE(json_of(answer).at("error").as_string().empty()) << path;
    }
    EXPECT_EQ(client.send(kDelete, "/api/whoami-v2").status, 405);
}

}  // namespace
}  // namespace mirfa::api
