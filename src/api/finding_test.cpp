// SPDX-License-Identifier: Apache-2.0
// Lists with filters, facets and quick search as clients meet them.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/in_process.h"
#include "base/percent.h"
#include "base/random.h"
#include "hub/repos/search.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::api {
namespace {

using enum http::Verb;

class FindingApiTest : public ::testing::Test, protected hub::testing::WholeHub {
protected:
    const hub::Principal alice = add_user("alice");
    const hub::Principal bob = add_user("bob");
    const catalog::Repository arabic = add(alice, "jais",
                                           "---\nlicense: mit\nlanguage: ar\npipeline_tag: text-generation\n---\n"
                                           "# نَمُوذَج لُغة\n\nنموذج عربي من أحمد");
    const catalog::Repository english = add(bob, "gpt-nano", "---\nlicense: apache-2.0\nlanguage: en\n---\nA *tiny* model");
    testing::InProcess client{hub};
    const std::string of_alice = token_of(alice);

    catalog::Repository add(const hub::Principal& who, const std::string& name, const std::string& card) {
        auto made = add_repo(who, name);
        EXPECT_TRUE(commit(who, made, "main", file_line("README.md", card)).has_value());
        return made;
    }
    std::string token_of(const hub::Principal& who) {
        return hub::create_token(hub, {"admin", "local"}, who.user, {"t", catalog::TokenRole::kWrite}).value().text.reveal();
    }
    http::Response get(const std::string& path, const std::string& token = "") {
        return client.send(
            kGet, path,
            token.empty() ? testing::InProcess::Fields{} : testing::InProcess::Fields{{"Authorization", "Bearer " + token}});
    }
    boost::json::value json_of(const std::string& path, const std::string& token = "") {
        const auto answer = get(path, token);
        EXPECT_EQ(answer.status, 200) << path << answer.text;
        return format::parse_json(answer.text).value();
    }
    std::vector<std::string> ids(const std::string& path, const std::string& token = "") {
        const auto list = json_of(path, token);
        std::vector<std::string> found;
        for (const auto& one : list.as_array()) found.emplace_back(one.at("id").as_string());
        return found;
    }
    static std::string q(std::string_view text) { return "q=" + percent_encode(text); }
    using Ids = std::vector<std::string>;
};

TEST_F(FindingApiTest, ListsTakeWordsAndFilters) {
    for (const auto* text : {"نموذج", "نَموذج", "لغه", "إحمد", "عرب"})
        EXPECT_EQ(ids("/api/models?" + q(text)), Ids{"alice/jais"}) << text;
    EXPECT_EQ(ids("/api/models?q=TINY+mod"), Ids{"bob/gpt-nano"});
    EXPECT_EQ(ids("/api/models?q=tiny&language=ar"), Ids{});
    EXPECT_EQ(ids("/api/models?language=ar&license=MIT&pipeline_tag=text-generation&filter=license:mit"), Ids{"alice/jais"});
    EXPECT_EQ(ids("/api/models?license=mit&license=apache-2.0"), Ids{});
    EXPECT_EQ(ids("/api/models?search=NANO"), Ids{"bob/gpt-nano"});
    EXPECT_EQ(ids("/api/models?search=tiny"), Ids{});
    EXPECT_EQ(ids("/api/models?author=bob&sort=num_parameters"), Ids{"bob/gpt-nano"});
    EXPECT_EQ(ids("/api/datasets?" + q("نموذج")), Ids{});
    EXPECT_EQ(get("/api/models?num_parameters=lots").status, 400);
    EXPECT_EQ(get("/api/models?filter=" + std::string(100, ',') + "a" +
                  [] {
                      std::string many;
                      for (int i = 0; i < 40; ++i) many += ",t" + std::to_string(i);
                      return many;
                  }())
                  .status,
              400);
}

TEST_F(FindingApiTest, HostileWordsFindNothingAndBreakNothing) {
    for (const auto& text : {std::string("\""), std::string("\" OR \""), std::string("a\0b", 3), std::string(10'000, 'x'),
                             std::string(10'000, '"'), std::string("xx*"), std::string("name:xx"), std::string("NEAR(a b"),
                             std::string("'; DROP TABLE repository; --"), std::string("\xFF\xFE"), std::string("%")})
        for (const char* path : {"/api/models?", "/api/facets?", "/api/quicksearch?"}) {
            const auto answer = get(path + q(text));
            EXPECT_EQ(answer.status, 200) << path << text.substr(0, 30) << answer.text;
            EXPECT_EQ(answer.text.find("jais"), std::string::npos);
        }
}

TEST_F(FindingApiTest, PagesOfWordsGoOnWithTheirLink) {
    EXPECT_EQ(ids("/api/models?q=model&limit=1").size(), 1u);  // only the English one has the word
    add(alice, "model-two", "model");
    const auto first = get("/api/models?q=model&limit=1");
    const std::string link(first.headers.get("Link"));
    ASSERT_NE(link.find("cursor=1_0"), std::string::npos) << link;
    EXPECT_EQ(ids("/api/models?q=model&limit=1&cursor=1_0").size(), 1u);
    EXPECT_NE(ids("/api/models?q=model&limit=1"), ids("/api/models?q=model&limit=1&cursor=1_0"));
    EXPECT_EQ(ids("/api/models?q=model&limit=1&cursor=2_0"), Ids{});
    EXPECT_EQ(ids("/api/models?q=model&limit=1&cursor=99999999999999_0"), Ids{});
    EXPECT_EQ(ids("/api/models?q=model&limit=1&cursor=-5_0").size(), 1u);
}

TEST_F(FindingApiTest, FacetsAreCountedUnderTheOtherFilters) {
    EXPECT_EQ(boost::json::serialize(json_of("/api/facets")),
              R"({"task":[{"value":"text-generation","count":1}],"library":[],"language":[{"value":"ar","count":1},)"
              R"({"value":"en","count":1}],"license":[{"value":"apache-2.0","count":1},{"value":"mit","count":1}],)"
              R"("dtype":[],"format":[],"size":[]})");
    const auto narrowed = json_of("/api/facets?type=models&language=ar");
    EXPECT_EQ(narrowed.at("language").as_array().size(), 2u);
    EXPECT_EQ(boost::json::serialize(narrowed.at("license")), R"([{"value":"mit","count":1}])");
    EXPECT_EQ(json_of("/api/facets?author=nobody").at("license").as_array().size(), 0u);
    EXPECT_EQ(json_of("/api/facets?author=bob").at("license").as_array().size(), 1u);
    EXPECT_EQ(json_of("/api/facets?type=datasets").at("license").as_array().size(), 0u);
    EXPECT_EQ(get("/api/facets?type=toys").status, 400);
}

TEST_F(FindingApiTest, ListsAndCountsAreNarrowedByAge) {
    EXPECT_EQ(ids("/api/models?updated_within=1").size(), 2u);
    EXPECT_EQ(json_of("/api/facets?updated_within=1").at("license").as_array().size(), 2u);
    clock.pass(std::chrono::days(3));
    add(alice, "fresh", "model");
    EXPECT_EQ(ids("/api/models?updated_within=2"), Ids{"alice/fresh"});
    EXPECT_EQ(ids("/api/models?q=fresh&updated_within=2"), Ids{"alice/fresh"});
    EXPECT_EQ(ids("/api/models?language=ar&updated_within=2"), Ids{});
    EXPECT_EQ(ids("/api/models?language=ar&updated_within=4"), Ids{"alice/jais"});
    EXPECT_EQ(json_of("/api/facets?updated_within=2").at("license").as_array().size(), 0u);
    EXPECT_EQ(json_of("/api/facets?language=ar&updated_within=4").at("license").as_array().size(), 1u);
    for (const auto* days : {"0", "-1", "1.5", "a", "36501", "99999999999999999999"})
        EXPECT_EQ(get("/api/models?updated_within=" + std::string(days)).status, 400) << days;
}

TEST_F(FindingApiTest, WhatIsPrivateIsNeitherFoundNorCountedForStrangers) {
    ASSERT_TRUE(hub::change_settings(hub, alice, arabic, {true, {}, {}, {}}).has_value());
    for (const auto& token : {std::string(), token_of(bob)}) {
        EXPECT_EQ(ids("/api/models?" + q("نموذج"), token), Ids{});
        EXPECT_EQ(ids("/api/models?language=ar", token), Ids{});
        EXPECT_EQ(json_of("/api/facets", token).at("language").as_array().size(), 1u);
        EXPECT_EQ(json_of("/api/facets?license=mit", token).at("language").as_array().size(), 0u);
        EXPECT_EQ(json_of("/api/facets?" + q("نموذج"), token).at("language").as_array().size(), 0u);
        EXPECT_EQ(json_of("/api/quicksearch?q=jais", token).at("models").as_array().size(), 0u);
    }
    EXPECT_EQ(ids("/api/models?" + q("نموذج"), of_alice), Ids{"alice/jais"});
    EXPECT_EQ(json_of("/api/facets", of_alice).at("language").as_array().size(), 2u);
    EXPECT_EQ(json_of("/api/quicksearch?q=jais", of_alice).at("models").as_array().size(), 1u);
}

TEST_F(FindingApiTest, NamesAreAnsweredAsTheyAreTyped) {
    ASSERT_TRUE(hub::like_repository(hub, bob, arabic, true).has_value());
    EXPECT_EQ(get("/api/quicksearch?q=JA&limit=3").text,
              R"({"models":[{"_id":")" + public_id(arabic.id) +
                  R"(","id":"alice/jais","task":"text-generation","likes":1}],"datasets":[],"spaces":[],"users":[],"orgs":[]})");
    EXPECT_EQ(boost::json::serialize(json_of("/api/quicksearch?q=bo").at("users")),
              R"([{"name":"bob","fullname":"bob","avatarUrl":"http://127.0.0.1:8080/avatars/bob.svg"}])");
    EXPECT_EQ(json_of("/api/quicksearch?q=nan").at("models").at(0).at("id").as_string(), "bob/gpt-nano");
    EXPECT_EQ(json_of("/api/quicksearch?" + q("لغة")).at("models").at(0).at("id").as_string(), "alice/jais");
    EXPECT_EQ(json_of("/api/quicksearch").at("models").as_array().size(), 0u);
}

TEST_F(FindingApiTest, LikesBringARepositoryForward) {
    EXPECT_EQ(ids("/api/models"), (Ids{"bob/gpt-nano", "alice/jais"}));
    ASSERT_TRUE(hub::like_repository(hub, bob, arabic, true).has_value());
    EXPECT_EQ(ids("/api/models"), (Ids{"alice/jais", "bob/gpt-nano"}));
    const auto list = json_of("/api/models");
    EXPECT_GT(list.at(0).at("trendingScore").as_int64(), 0);
    EXPECT_EQ(list.at(1).at("trendingScore").as_int64(), 0);
    ASSERT_TRUE(hub::like_repository(hub, bob, arabic, false).has_value());
    EXPECT_EQ(json_of("/api/models?sort=createdAt").at(1).at("trendingScore").as_int64(), 0);
}

TEST_F(FindingApiTest, InfoTellsTheSizeOfTheWeights) {
    const std::string head = R"({"w":{"dtype":"F16","shape":[3,4]}})";
    ASSERT_TRUE(commit(alice, arabic, "main",
                       file_line("model.safetensors", static_cast<char>(head.size()) + std::string(7, '\0') + head))
                    .has_value());
    const std::string wanted = R"({"parameters":{"F16":12},"total":12})";
    EXPECT_EQ(boost::json::serialize(json_of("/api/models/alice/jais").at("safetensors")), wanted);
    EXPECT_EQ(
        boost::json::serialize(json_of("/api/models?expand=safetensors&num_parameters=min:10,max:1K").at(0).at("safetensors")),
        wanted);
    EXPECT_EQ(ids("/api/models?num_parameters=min:1B"), Ids{});
    EXPECT_EQ(ids("/api/models?dtype=f16&format=safetensors&size=%3C100M"), Ids{"alice/jais"});
}

}  // namespace
}  // namespace mirfa::api
