// SPDX-License-Identifier: Apache-2.0
// Permissions that no table of routes can say: what stands between two requests, and where the browser's origin ends.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "server/testing/matrix_world.h"

namespace mirfa::server {
namespace {

using enum http::Verb;
using testing::MatrixAnswer;
using testing::MatrixWorld;
using Fields = MatrixWorld::Fields;

class PermissionEdgesTest : public ::testing::Test {
protected:
    MatrixWorld world;

    Fields session(const std::string& person) { return world.credential(person, "session"); }
    MatrixWorld::Values facts(const std::string& visibility) { return world.values("org-admin", visibility, {}); }
    static bool has(const MatrixAnswer& answer, const std::string& header) {
        return answer.headers.find(header) != std::string::npos;
    }
    static std::string commit(const std::string& path) {
        return R"({"key":"header","value":{"summary":"s"}})"
               "\n"
               R"({"key":"file","value":{"path":")" +
               path +
               R"(","content":"x","encoding":"utf-8"}})"
               "\n";
    }
    /// Takes the scheme and the host off an address of ours.
    static std::string local(const std::string& url) { return url.substr(std::string("http://127.0.0.1:8080").size()); }
};

TEST_F(PermissionEdgesTest, FilesOfUsersAreDataToABrowser) {
    const auto head = facts("public").at("commit");
    for (const std::string before : {"/acme/open/resolve/main/", "/acme/open/raw/main/"}) {
        for (const auto* file : {"page.html", "image.SVG", "paper.pdf", "plain.txt", "weights.bin"}) {
            for (const auto verb : {kGet, kHead}) {
                const auto answer = world.send(verb, before + file, {});
                EXPECT_EQ(answer.status, 200) << before << file;
                EXPECT_TRUE(has(answer, "X-Content-Type-Options: nosniff\n")) << file;
                EXPECT_TRUE(has(answer, "Content-Security-Policy: default-src 'none'; sandbox\n")) << file;
                EXPECT_FALSE(has(answer, "Content-Type: text/html")) << file;
                EXPECT_FALSE(has(answer, "Content-Type: image/svg")) << file;
                const bool runs = std::string(file).find("bin") == std::string::npos && std::string(file) != "plain.txt";
                EXPECT_EQ(has(answer, "Content-Disposition: attachment;"), runs) << file;
            }
        }
    }
    const auto pinned = world.send(kGet, "/api/resolve-cache/models/acme/open/" + head + "/page.html", {});
    EXPECT_TRUE(has(pinned, "Content-Security-Policy: default-src 'none'; sandbox\n"));
    EXPECT_TRUE(has(pinned, "Content-Disposition: attachment;"));
    EXPECT_TRUE(has(pinned, "Cache-Control: public, max-age=31536000, immutable\n"));
    EXPECT_FALSE(has(world.send(kGet, "/api/resolve-cache/models/acme/open/main/page.html", {}), "immutable"));
    const auto private_one = world.send(
        kGet, "/api/resolve-cache/models/acme/hush/" + facts("private").at("commit") + "/page.html", session("reader"));
    EXPECT_TRUE(has(private_one, "Cache-Control: private, max-age=31536000, immutable\n"));
}

TEST_F(PermissionEdgesTest, OtherOriginsMayAskButNeverWithCookies) {
    const auto shown = world.send(kOptions, "/api/models/acme/hush", {{"Origin", "http://evil.test"}});
    const auto missing = world.send(kOptions, "/api/models/acme/none", {{"Origin", "http://evil.test"}});
    EXPECT_EQ(shown, missing);
    EXPECT_EQ(shown.status, 204);
    EXPECT_TRUE(has(shown, "Access-Control-Allow-Origin: *\n"));
    EXPECT_FALSE(has(shown, "Access-Control-Allow-Credentials"));
}

TEST_F(PermissionEdgesTest, ATokenInAnAddressOpensNothing) {
    const auto bearer = world.credential("org-admin", "write")[0].second;
    const auto token = bearer.substr(std::string("Bearer ").size());
    ASSERT_EQ(world.send(kGet, "/api/models/acme/hush", {{"Authorization", bearer}}).status, 200);
    for (const auto* name : {"token", "access_token", "authorization"})
        EXPECT_EQ(world.send(kGet, "/api/models/acme/hush?" + std::string(name) + "=" + token, {}).status, 401) << name;
}

TEST_F(PermissionEdgesTest, ARepositoryOfAnotherTypeIsMissing) {
    for (const auto& [hidden, missing] :
         {std::pair{"/api/datasets/acme/hush", "/api/datasets/acme/none"},
          std::pair{"/spaces/acme/hush/resolve/main/plain.txt", "/spaces/acme/none/resolve/main/plain.txt"},
          std::pair{"/datasets/acme/hush.git/info/refs?service=git-upload-pack",
                    "/datasets/acme/none.git/info/refs?service=git-upload-pack"}})
        for (const auto* person : {"org-admin", "stranger"})
            EXPECT_EQ(world.send(kGet, hidden, session(person)), world.send(kGet, missing, session(person)));
}

TEST_F(PermissionEdgesTest, NamesOfHiddenRepositoriesAreNotToldByCreatingOrMovingOnes) {
    const auto create = [&](const char* name) {
        return world.send(kPost, "/api/repos/create", session("stranger"), std::string(R"({"name":")") + name + "\"}");
    };
    EXPECT_EQ(create("acme/hush").status, 403);
    EXPECT_EQ(create("acme/hush"), create("acme/none"));
    ASSERT_EQ(world.send(kPost, "/api/repos/create", session("stranger"), R"({"name":"mine"})").status, 200);
    const auto move = [&](const std::string& to) {
        return world.send(kPost, "/api/repos/move", session("stranger"),
                          R"({"fromRepo":"stranger/mine","toRepo":")" + to + "\"}");
    };
    EXPECT_EQ(move("acme/hush").status, 403);
    EXPECT_EQ(move("acme/hush"), move("acme/none"));
}

TEST_F(PermissionEdgesTest, APullRequestIsAddedToByItsAuthorAndByWriters) {
    const std::string api = "/api/models/acme/open/";
    const auto opened = world.send(kPost, api + "commit/main?create_pr=1", session("stranger"), commit("a.txt"));
    ASSERT_EQ(opened.status, 200);
    const auto url = std::string(boost::json::parse(opened.body).at("pullRequestUrl").as_string());
    const auto ref = "refs%2Fpr%2F" + url.substr(url.rfind('/') + 1);
    EXPECT_EQ(world.send(kPost, api + "preupload/" + ref, session("stranger"), R"({"files":[]})").status, 200);
    EXPECT_EQ(world.send(kPost, api + "commit/" + ref, session("stranger"), commit("b.txt")).status, 200);
    EXPECT_EQ(world.send(kPost, api + "commit/" + ref, session("reader"), commit("c.txt")).status, 403);
    EXPECT_EQ(world.send(kPost, api + "commit/" + ref, world.credential("stranger", "read"), commit("c.txt")).status, 403);
    EXPECT_EQ(world.send(kPost, api + "commit/" + ref, session("writer"), commit("d.txt")).status, 200);
    EXPECT_EQ(world.send(kPost, api + "commit/main", session("stranger"), commit("e.txt")).status, 403);
}

TEST_F(PermissionEdgesTest, TheDefaultBranchIsRewrittenByAdministratorsOnly) {
    const std::string branch = "/api/models/acme/open/branch/";
    const std::string to_empty = R"({"overwrite":true,"emptyBranch":true})";
    EXPECT_EQ(world.send(kPost, branch + "main", session("writer"), to_empty).status, 403);
    EXPECT_EQ(world.send(kPost, branch + "spare", session("writer"), to_empty).status, 200);
    EXPECT_EQ(world.send(kDelete, branch + "main", session("org-admin")).status, 403);
    EXPECT_EQ(world.send(kGet, "/acme/open/resolve/main/plain.txt", {}).status, 200);
    EXPECT_EQ(world.send(kPost, branch + "main", session("org-admin"), to_empty).status, 200);
}

TEST_F(PermissionEdgesTest, AnAddressForSomeOctetsOpensNoOthers) {
    const auto token = world.other("read");
    const auto answer = world.send(kGet, "/cas/v1/reconstructions/" + facts("private").at("file"), token);
    const auto fetch = boost::json::parse(answer.body).at("fetch_info").as_object().begin()->value().at(0);
    const auto url = local(std::string(fetch.at("url").as_string()));
    const auto last = fetch.at("url_range").at("end").to_number<int>();
    const auto ask = [&](const std::string& range) { return world.send(kGet, url, {{"Range", "bytes=" + range}}).status; };
    EXPECT_EQ(ask("0-" + std::to_string(last)), 206);
    EXPECT_EQ(ask("0-" + std::to_string(last + 1)), 403);
    EXPECT_EQ(ask(std::to_string(last + 1) + "-"), 403);
    EXPECT_EQ(ask("-8"), 403);
}

TEST_F(PermissionEdgesTest, ADeletedRepositoryTakesWhatWasHandedOutWithIt) {
    const auto seals = world.sealed("valid");
    const auto token = world.other("write");
    const auto file = "/cas/v1/reconstructions/" + facts("private").at("file");
    ASSERT_EQ(world.send(kGet, seals.at("lfs-get"), {}).status, 200);
    ASSERT_EQ(world.send(kGet, file, token).status, 200);
    ASSERT_EQ(world.send(kDelete, "/api/repos/delete", session("org-admin"), R"({"name":"acme/hush"})").status, 200);
    EXPECT_EQ(world.send(kGet, seals.at("lfs-get"), {}).status, 404);
    EXPECT_EQ(world.send(kGet, file, token).status, 404);
}

TEST_F(PermissionEdgesTest, AMovedRepositoryIsFoundUnderItsOldNameByThoseWhoMaySeeIt) {
    const auto moved = world.send(kGet, "/api/models/acme/hush-old/tree/main?recursive=1", session("reader"));
    EXPECT_EQ(moved.status, 307);
    EXPECT_EQ(moved.location, "/api/models/acme/hush/tree/main?recursive=1");
    EXPECT_EQ(world.send(kGet, "/acme/hush-old.git/info/refs?service=git-upload-pack", session("reader")).status, 200);
    EXPECT_EQ(world.send(kGet, "/acme/hush-old.git/info/refs?service=git-upload-pack", session("stranger")).status, 404);
}

TEST_F(PermissionEdgesTest, MakingARepositoryPrivateHidesItAtOnce) {
    const auto settings = [&](const char* body) {
        return world.send(kPut, "/api/models/acme/open/settings", session("org-admin"), body);
    };
    ASSERT_EQ(world.send(kGet, "/api/models/acme/open", session("stranger")).status, 200);
    ASSERT_EQ(settings(R"({"private":true})").status, 200);
    EXPECT_EQ(world.send(kGet, "/api/models/acme/open", session("stranger")),
              world.send(kGet, "/api/models/acme/none", session("stranger")));
    EXPECT_FALSE(world.send(kGet, "/api/models", session("stranger")).holds("\"acme/open\""));
    ASSERT_EQ(settings(R"({"visibility":"public"})").status, 200);
    EXPECT_EQ(world.send(kGet, "/api/models/acme/open", session("stranger")).status, 200);
}

}  // namespace
}  // namespace mirfa::server
