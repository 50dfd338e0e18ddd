// SPDX-License-Identifier: Apache-2.0
#include "api/answer_cache.h"

#include <gtest/gtest.h>

#include "api/app.h"
#include "base/random.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/accounts/tokens.h"

namespace mirfa::api {
namespace {

http::Request request(http::Verb verb, std::string target, std::vector<std::pair<std::string, std::string>> fields = {}) {
    http::Request made;
    made.verb = verb;
    made.target = std::move(target);
    for (auto& [name, value] : fields) made.headers.add(std::move(name), std::move(value));
    return made;
}

KeptAnswer answer(std::string text, std::int64_t version = 1) {
    KeptAnswer kept;
    kept.response.text = std::move(text);
    kept.version = version;
    return kept;
}

TEST(AnswerCache, QuestionsAreToldApartByMethodTargetCredentialsAndWhatIsAccepted) {
    const auto key = [](const http::Request& asked) { return AnswerCache::key_of(asked).value(); };
    const auto plain = key(request(http::Verb::kGet, "/a"));
    EXPECT_NE(key(request(http::Verb::kHead, "/a")), plain);
    EXPECT_NE(key(request(http::Verb::kGet, "/a?b")), plain);
    EXPECT_NE(key(request(http::Verb::kGet, "/a", {{"authorization", "Bearer x"}})), plain);
    EXPECT_NE(key(request(http::Verb::kGet, "/a", {{"ACCEPT", "text/html"}})), plain);
    EXPECT_EQ(key(request(http::Verb::kGet, "/a", {{"User-Agent", "x"}, {"X-Request-Id", "7"}})), plain);
}

TEST(AnswerCache, BodiesCookiesRangesAndConditionsAreNeverAnsweredFromIt) {
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kPost, "/a")));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"cookie", "a=b"}})));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"Range", "bytes=0-1"}})));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"if-none-match", "*"}})));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"If-Range", "x"}})));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"Transfer-Encoding", "chunked"}})));
    auto with_body = request(http::Verb::kGet, "/a");
    with_body.content_length = 3;
    EXPECT_FALSE(AnswerCache::key_of(with_body));
}

TEST(AnswerCache, FieldsThatStandTwiceAreNeverAnsweredFromIt) {
    EXPECT_FALSE(AnswerCache::key_of(
        request(http::Verb::kGet, "/a", {{"Accept", "application/vnd.xet-fileinfo+json"}, {"accept", "*/*"}})));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"Authorization", "Bearer x"}, {"authorization", ""}})));
    EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{"Authorization", ""}, {"Authorization", "Bearer x"}})));
    for (const char* name : {"Cookie", "If-None-Match", "Range"})
        EXPECT_FALSE(AnswerCache::key_of(request(http::Verb::kGet, "/a", {{name, ""}, {name, ""}}))) << name;
}

TEST(AnswerCache, TheLastAnswerKeptIsTheOneFound) {
    AnswerCache cache;
    EXPECT_EQ(cache.find("a"), nullptr);
    cache.keep("a", answer("one", 1));
    const auto bytes = cache.bytes();
    cache.keep("a", answer("two", 2));
    EXPECT_EQ(cache.find("a")->response.text, "two");
    EXPECT_EQ(cache.find("a")->version, 2);
    EXPECT_EQ(cache.bytes(), bytes);
}

TEST(AnswerCache, ItStaysBelowItsLimitAndTakesNothingLarge) {
    AnswerCache cache(100'000);
    cache.keep("large", answer(std::string(70'000, 'x')));
    EXPECT_EQ(cache.find("large"), nullptr);
    for (int i = 0; i < 50; ++i) {
        cache.keep(std::to_string(i), answer(std::string(10'000, 'x')));
        EXPECT_LE(cache.bytes(), 100'000u);
    }
    EXPECT_NE(cache.find("49"), nullptr);
    EXPECT_EQ(cache.find("0"), nullptr);
}

TEST(AnswerCache, AnAnswerWithAStreamHasNoCopy) {
    class Empty final : public SegmentSource {
        Result<Segment> next() override { return Segment{}; }
    };
    http::Response response;
    response.status = 404;
    response.text = "text";
    response.length = 9;
    response.headers.set("A", "b");
    const auto copy = copy_of(response);
    ASSERT_TRUE(copy);
    EXPECT_EQ(copy->status, 404);
    EXPECT_EQ(copy->text, "text");
    EXPECT_EQ(copy->length, 9u);
    EXPECT_EQ(copy->headers.get("a"), "b");
    response.stream = std::make_unique<Empty>();
    EXPECT_FALSE(copy_of(response));
}

// ---- in the application: what was permitted when an answer was kept must be permitted when it is given again

class KeptAnswers : public ::testing::Test, protected hub::testing::BareHub {
protected:
    struct Got {
        int status;
        bool kept;
        bool operator==(const Got&) const = default;
    };

    void SetUp() override {
        repo.id = new_row_id();
        repo.owner = repo.creator = alice.owner.id;
        repo.name = "m";
        repo.is_private = true;
        ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::insert_repository(s, repo); }).has_value());
        made = hub::create_token(hub, admin, alice.owner.id, {"t", catalog::TokenRole::kRead, {}, clock.time + 10'000}).value();
    }
    Got ask(const std::string& token) {
        std::vector<std::pair<std::string, std::string>> fields;
        if (!token.empty()) fields.emplace_back("Authorization", "Bearer " + token);
        return ask_with(std::move(fields));
    }
    Got ask_with(std::vector<std::pair<std::string, std::string>> fields) {
        auto asked = request(http::Verb::kGet, "/api/models/alice/m/refs", std::move(fields));
        asked.path = asked.target;
        const auto plan = app.plan(asked);
        if (plan.ready) return {plan.ready->status, true};
        return {plan.handle(asked).status, false};
    }
    void set_private(bool is_private) {
        repo.is_private = is_private;
        ASSERT_TRUE(catalog->write([&](catalog::Session& s) { return catalog::update_settings(s, repo); }).has_value());
    }

    catalog::User alice = add_user("alice");
    catalog::Repository repo;
    std::optional<hub::MadeToken> made;
    hub::LastUsed last_used;
    std::vector<catalog::RowId> used;
    WorkerPool pool{"unused", 1, 1};
    HubApp app{hub,
               {pool, pool, pool, pool},
               [this](const http::Request& asked) {
                   return hub::authenticate(hub, last_used, {asked.headers.get("Authorization"), ""});
               },
               nullptr,
               [this](catalog::RowId token) { used.push_back(token); }};
};

TEST_F(KeptAnswers, AreGivenAgainUntilAnythingChanges) {
    const auto text = made->text.reveal();
    EXPECT_EQ(ask(text), (Got{200, false}));
    EXPECT_EQ(ask(text), (Got{200, true}));
    EXPECT_EQ(used, std::vector{made->row.id});
    add_user("bob");
    EXPECT_EQ(ask(text), (Got{200, false}));
    EXPECT_EQ(ask(text), (Got{200, true}));
}

TEST_F(KeptAnswers, AreNotForSomebodyElse) {
    EXPECT_EQ(ask(made->text.reveal()), (Got{200, false}));
    EXPECT_EQ(ask(""), (Got{401, false}));
    const auto bob = add_user("bob");
    const auto other = hub::create_token(hub, admin, bob.owner.id, {"t"}).value().text.reveal();
    EXPECT_EQ(ask(made->text.reveal()).status, 200);
    EXPECT_EQ(ask(other), (Got{404, false}));
}

TEST_F(KeptAnswers, OfAPrivateRepositoryAreNotFoundUnderAnEmptySecondCredential) {
    EXPECT_EQ(ask_with({{"Authorization", "Bearer " + made->text.reveal()}, {"Authorization", ""}}).status, 200);
    EXPECT_EQ(ask(""), (Got{401, false}));
    EXPECT_EQ(ask_with({{"Authorization", ""}}), (Got{401, false}));
}

TEST_F(KeptAnswers, EndWithTheTokenThatOpenedThem) {
    const auto text = made->text.reveal();
    EXPECT_EQ(ask(text), (Got{200, false}));
    EXPECT_EQ(ask(text), (Got{200, true}));
    clock.pass(std::chrono::milliseconds(10'000));
    EXPECT_EQ(ask(text), (Got{401, false}));
    const auto second = hub::create_token(hub, admin, alice.owner.id, {"second"}).value();
    EXPECT_EQ(ask(second.text.reveal()), (Got{200, false}));
    EXPECT_EQ(ask(second.text.reveal()), (Got{200, true}));
    ASSERT_TRUE(hub::revoke_token(hub, admin, alice.owner.id, second.row.id).has_value());
    EXPECT_EQ(ask(second.text.reveal()), (Got{401, false}));
}

TEST_F(KeptAnswers, EndWhenARepositoryBecomesPrivateInAnotherProcess) {
    set_private(false);
    EXPECT_EQ(ask(""), (Got{200, false}));
    EXPECT_EQ(ask(""), (Got{200, true}));
    const auto process = catalog::open_sqlite(folder.path() / "db").value();
    repo.is_private = true;
    ASSERT_TRUE(process->write([&](catalog::Session& s) { return catalog::update_settings(s, repo); }).has_value());
    EXPECT_EQ(ask(""), (Got{401, false}));
}

}  // namespace
}  // namespace mirfa::api
