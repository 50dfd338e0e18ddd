// SPDX-License-Identifier: Apache-2.0
// What a repository tells a caller that he may do with it: pages offer that and nothing else.
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "api/testing/in_process.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::api {
namespace {

using catalog::OrgRole;
using catalog::TokenRole;

class RepoRightsTest : public ::testing::Test, protected hub::testing::WholeHub {
protected:
    const hub::Principal alice = add_user("alice");
    const hub::Principal carol = add_user("carol");
    const hub::Principal bob = add_user("bob");
    testing::InProcess client{hub};
    int tokens = 0;

    std::string token_of(const hub::Principal& who, TokenRole role = TokenRole::kWrite) {
        const auto name = std::to_string(++tokens);
        return hub::create_token(hub, {"admin", "local"}, who.user, {name, role}).value().text.reveal();
    }
    boost::json::value ask(const std::string& path, const std::string& token) {
        const auto answer = client.send(
            http::Verb::kGet, path,
            token.empty() ? testing::InProcess::Fields{} : testing::InProcess::Fields{{"Authorization", "Bearer " + token}});
        EXPECT_EQ(answer.status, 200) << path << answer.text;
        return format::parse_json(answer.text).value();
    }
    std::string rights(const std::string& repo, const std::string& token) {
        return boost::json::serialize(ask("/api/models/" + repo + "?expand=rights", token).at("rights"));
    }
};

const std::string kNothing = R"({"propose":false,"write":false,"administer":false})";
const std::string kProposes = R"({"propose":true,"write":false,"administer":false})";
const std::string kAll = R"({"propose":true,"write":true,"administer":true})";

TEST_F(RepoRightsTest, AContributorAdministersWhatHeMadeAndOnlyProposesToTheRest) {
    add_organization("corp", {{alice, OrgRole::kAdmin}, {carol, OrgRole::kContributor}});
    add_repo(alice, "of-alice", "corp");
    add_repo(carol, "of-carol", "corp");
    EXPECT_EQ(rights("corp/of-carol", token_of(carol)), kAll);
    EXPECT_EQ(rights("corp/of-alice", token_of(carol)), kProposes);
    EXPECT_EQ(rights("corp/of-carol", token_of(alice)), kAll);
    EXPECT_EQ(rights("corp/of-carol", token_of(bob)), kProposes);
}

TEST_F(RepoRightsTest, ATokenTellsWhatItMayAndNotItsOwner) {
    add_repo(alice, "m");
    EXPECT_EQ(rights("alice/m", token_of(alice, TokenRole::kRead)), kNothing);
    EXPECT_EQ(rights("alice/m", ""), kNothing);
}

TEST_F(RepoRightsTest, OnlyWhoAsksIsTold) {
    add_repo(alice, "m");
    EXPECT_FALSE(ask("/api/models/alice/m", token_of(alice)).as_object().contains("rights"));
    EXPECT_FALSE(ask("/api/models?expand=rights", token_of(alice)).at(0).as_object().contains("rights"));
}

}  // namespace
}  // namespace mirfa::api
