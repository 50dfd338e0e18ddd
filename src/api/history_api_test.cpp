// SPDX-License-Identifier: Apache-2.0
// What the pages of the history read: a path's commits, a commit with its changes, who wrote which line.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/in_process.h"
#include "hub/community/testing/proposals.h"

namespace mirfa::api {
namespace {

using enum http::Verb;

class HistoryApiTest : public ::testing::Test, protected hub::testing::HubWithProposals {
protected:
    testing::InProcess client{hub};
    const std::string base = "/api/models/alice/m";

    HistoryApiTest() {
        for (int n = 1; n <= 3; ++n) {
            first_of_path.push_back(
                commit(alice, "main", "Edit " + std::to_string(n), put("d/a.txt", lines(n))).value().commit.hex());
            commit(alice, "main", "Other", put("b.txt", std::to_string(n) + "\n")).value();
        }
    }
    static std::string lines(int count) {
        std::string text;
        for (int n = 1; n <= count; ++n) text += "line " + std::to_string(n) + "\n";
        return text;
    }
    http::Response get(const std::string& path) { return client.send(kGet, base + path); }
    static boost::json::value json_of(const http::Response& response) { return format::parse_json(response.text).value(); }

    std::vector<std::string> first_of_path;
};

TEST_F(HistoryApiTest, APathHasItsOwnHistoryInPages) {
    const auto first = get("/commits/main?path=d%2Fa.txt&limit=2");
    ASSERT_EQ(first.status, 200) << first.text;
    const auto page = json_of(first).as_array();
    ASSERT_EQ(page.size(), 2u);
    EXPECT_EQ(page[0].at("title").as_string(), "Edit 3");
    EXPECT_EQ(page[1].at("id").as_string(), first_of_path[1]);
    EXPECT_TRUE(first.headers.get("X-Total-Count").empty());
    const std::string link(first.headers.get("Link"));
    const auto at = link.find(base) + base.size();
    const auto rest = json_of(get(link.substr(at, link.find('>') - at))).as_array();
    ASSERT_EQ(rest.size(), 1u);
    EXPECT_EQ(rest[0].at("title").as_string(), "Edit 1");
    EXPECT_EQ(json_of(get("/commits/main?path=d")).as_array().size(), 3u) << "folders have one too";
    const auto missing = get("/commits/main?path=nowhere");
    EXPECT_EQ(missing.status, 404);
    EXPECT_EQ(missing.headers.get("X-Error-Code"), "EntryNotFound");
    EXPECT_FALSE(get("/commits/main").headers.get("X-Total-Count").empty());
}

TEST_F(HistoryApiTest, ACommitTellsWhatItChanged) {
    const auto answer = get("/commit/" + first_of_path[1]);
    ASSERT_EQ(answer.status, 200) << answer.text;
    const auto commit = json_of(answer);
    EXPECT_EQ(commit.at("title").as_string(), "Edit 2");
    EXPECT_EQ(commit.at("authors").at(0).at("user").as_string(), "alice");
    EXPECT_EQ(commit.at("parents").as_array().size(), 1u);
    EXPECT_EQ(commit.at("fileCount").as_int64(), 1);
    EXPECT_EQ(boost::json::serialize(commit.at("files")),
              R"([{"path":"d/a.txt","status":"modified","binary":false,"additions":1,"deletions":0}])");
    EXPECT_NE(commit.at("diff").as_string().find("+line 2\n"), std::string::npos);
    EXPECT_FALSE(commit.at("truncated").as_bool());
    EXPECT_EQ(get("/commit/0000000000000000000000000000000000000000").status, 404);
    EXPECT_EQ(json_of(get("/commit/main")).at("title").as_string(), "Other");
}

TEST_F(HistoryApiTest, EachLineNamesItsCommit) {
    const auto answer = get("/blame/main/d/a.txt");
    ASSERT_EQ(answer.status, 200) << answer.text;
    const auto blame = json_of(answer);
    EXPECT_EQ(blame.at("text").as_string(), lines(3));
    ASSERT_EQ(blame.at("hunks").as_array().size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(blame.at("hunks").at(i).at("commit").as_string(), first_of_path[i]);
        EXPECT_EQ(blame.at("hunks").at(i).at("line").as_int64(), static_cast<std::int64_t>(i + 1));
        EXPECT_EQ(blame.at("hunks").at(i).at("count").as_int64(), 1);
    }
    EXPECT_EQ(blame.at("commits").as_array().size(), 3u);
    EXPECT_FALSE(blame.at("truncated").as_bool());
    EXPECT_EQ(get("/blame/main/nothing").headers.get("X-Error-Code"), "EntryNotFound");
    EXPECT_EQ(get("/blame/nowhere/d/a.txt").headers.get("X-Error-Code"), "RevisionNotFound");
}

}  // namespace
}  // namespace mirfa::api
