// SPDX-License-Identifier: Apache-2.0
#include "catalog/finding.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/file.h"
#include "catalog/catalog.h"
#include "catalog/detail/repo_where.h"
#include "catalog/search_words.h"
#include "catalog/trending.h"

namespace mirfa::catalog {
namespace {

TEST(SearchWords, AreTheSameHoweverPeopleWriteThem) {
    const struct {
        std::string_view text;
        std::string_view words;
    } kCases[] = {
        {"", ""},
        {"  Hello,  World! ", "hello world"},
        {"LLaMA-2_7b.chat/x", "llama 2 7b chat x"},
        {"Café Łódź Straße Ærø", "cafe lodz strasse aero"},
        {"cafe\xCC\x81", "cafe"},  // an accent of its own
        {"ПРИВЕТ Ёлка", "привет ёлка"},
        {"نَمُوذَج", "نموذج"},     // with vowel signs
        {"نمـــوذج", "نموذج"},  // stretched
        {"أحمد إحسان آمال ٱلله", "احمد احسان امال الله"},
        {"لغة", "لغه"},
        {"على مستشفى", "علي مستشفي"},
        {"مسؤول شيء قارئ", "مسوول شيء قاري"},
        {"کتاب یک", "كتاب يك"},
        {"٢٠٢٤ ۱۲", "2024 12"},
        {"ما، هذا؟ نعم؛ ۔", "ما هذا نعم"},
        {"机器学习 ok", "机 器 学 习 ok"},
        {"🚀 rocket → 1", "rocket 1"},
        {"a\xFF\xC3(b", "a b"},
        {std::string_view("a\0b", 3), "a b"},
        {"\"a\" AND (b* NEAR c) ^d:e -f", "a and b near c d e f"},
    };
    for (const auto& [text, words] : kCases) {
        EXPECT_EQ(search_words(text, 1'000), words);
        EXPECT_EQ(search_words(words, 1'000), words);
    }
}

TEST(SearchWords, EndWithAWholeWordWithinTheLimit) {
    EXPECT_EQ(search_words("one two three", 8), "one two");
    EXPECT_EQ(search_words("one two three", 7), "one two");
    EXPECT_EQ(search_words("one two three", 6), "one");
    EXPECT_EQ(search_words(std::string(100'000, 'x'), 100), "");
}

TEST(SearchWords, BecomeQueriesInWhichNothingHasAMeaning) {
    EXPECT_EQ(full_text_query("Big \"cat\" OR", Dialect::kSqlite), R"("big" AND "cat" AND "or"*)");
    EXPECT_EQ(full_text_query("Big 'cat' | !x", Dialect::kPostgres), "'big' & 'cat' & 'x':*");
    EXPECT_EQ(full_text_query(" * - \" ", Dialect::kSqlite), "");
}

TEST(SearchWords, ANameIsFoundFromEachOfItsWordsOn) {
    EXPECT_EQ(name_parts("LLaMA-2-7b"), (std::vector<std::string>{"llama 2 7b", "2 7b", "7b"}));
    EXPECT_EQ(name_parts("--"), std::vector<std::string>{});
    EXPECT_EQ(name_parts("a-b-c-d-e-f-g-h-i-j-k-l-m-n").size(), kMaxNameParts);
}

TEST(Trending, TheLatestAndTheMostComeFirstAndATakenBackLikeLeavesNoTrace) {
    const UnixMillis now = 1'700'000'000'000;
    const auto one = trending_with(0, kDownloadWeight, now);
    const auto two = trending_with(one, kDownloadWeight, now);
    EXPECT_GT(two, one);
    // As much two days later weighs twice as much.
    EXPECT_NEAR(static_cast<double>(trending_with(0, kDownloadWeight, now + kTrendingHalfLife)), static_cast<double>(two), 2);
    // A thousand at once and a thousand one by one are the same.
    std::int64_t singly = 0;
    for (int i = 0; i < 1'000; ++i) singly = trending_with(singly, 1, now);
    EXPECT_NEAR(static_cast<double>(singly), static_cast<double>(trending_with(0, 1'000, now)), 1'000);
    EXPECT_EQ(trending_without(trending_with(0, kLikeWeight, now), kLikeWeight, now), 0);
    EXPECT_NEAR(static_cast<double>(trending_without(trending_with(two, kLikeWeight, now), kLikeWeight, now)),
                static_cast<double>(two), 4);
}

class FindingTest : public testing::Test {
protected:
    TemporaryFolder folder = TemporaryFolder::create().value();
    std::unique_ptr<Catalog> catalog = open_catalog("sqlite:" + (folder.path() / "mirfa.db").string()).value();
    RowId next_id = 1'000;

    User add_user(const std::string& name, const std::string& fullname = "") {
        User user{{++next_id, OwnerKind::kUser, name, fullname.empty() ? name : fullname, 1}, name + "@x", "", false};
        EXPECT_TRUE(catalog->write([&](Session& s) { return insert_user(s, user); }).has_value());
        return user;
    }
    Repository add_repo(const User& owner, const std::string& name, const SearchFacts& facts, bool is_private = false) {
        Repository repo;
        repo.id = ++next_id;
        repo.owner = owner.owner.id;
        repo.creator = owner.owner.id;
        repo.name = name;
        repo.is_private = is_private;
        repo.created = repo.id;
        write([&](Session& s) -> Result<void> {
            TRY(insert_repository(s, repo));
            return put_search_facts(s, repo.id, facts);
        });
        return repo;
    }
    template <class Body>
    void write(Body body) {
        const auto written = catalog->write(body);
        ASSERT_TRUE(written.has_value()) << describe(written.error());
    }
    static RepoQuery models() {
        RepoQuery query;
        query.type = RepoType::kModel;
        query.sort = RepoSort::kCreated;
        return query;
    }
    std::vector<std::string> names_of(const RepoQuery& query) {
        std::vector<std::string> names;
        const auto rows = catalog->read([&](Session& s) { return list_repositories(s, query); });
        EXPECT_TRUE(rows.has_value()) << describe(rows.error());
        if (rows.has_value())
            for (const auto& row : rows.value()) names.push_back(row.name);
        return names;
    }
    std::vector<std::string> found(std::string_view text, std::optional<RowId> viewer = {}) {
        RepoQuery query = models();
        query.text = std::string(text);
        query.sort = RepoSort::kRelevance;
        query.viewer = viewer;
        return names_of(query);
    }
    std::vector<FacetCount> counts(const RepoQuery& query, FacetKind kind) {
        const auto all = catalog->read([&](Session& s) { return count_facets(s, query, 50); });
        EXPECT_TRUE(all.has_value()) << describe(all.error());
        for (const auto& one : all.value())
            if (one.kind == kind) return one.values;
        return {};
    }
    std::vector<std::string> typed(std::string_view text, std::optional<RowId> viewer = {}, bool sees_all = false) {
        std::vector<std::string> names;
        const auto hits =
            catalog->read([&](Session& s) { return find_typed_repositories(s, RepoType::kModel, text, viewer, sees_all, 10); });
        EXPECT_TRUE(hits.has_value()) << describe(hits.error());
        for (const auto& hit : hits.value()) names.push_back(hit.name);
        return names;
    }
    std::string plan_of(const std::string& sql) {
        std::string plan;
        const auto outcome = catalog->read([&](Session& s) {
            return s.each("EXPLAIN QUERY PLAN " + sql, {}, [&](const Row& row) -> Result<void> {
                plan += row.string(3) + "\n";
                return ok();
            });
        });
        EXPECT_TRUE(outcome.has_value()) << describe(outcome.error()) << sql;
        return plan;
    }
    using Names = std::vector<std::string>;
};

TEST_F(FindingTest, WordsAreFoundInNamesTagsTitlesAndCardsBestFirst) {
    const auto alice = add_user("alice");
    add_repo(alice, "in-card", {{}, "A thing", "It purrs like a tiger does", {}, 0});
    add_repo(alice, "tiger-base", {{}, "", "no such word", {}, 0});
    add_repo(alice, "tagged", {{}, "", "", {"tiger"}, 0});
    add_repo(alice, "titled", {{}, "Tiger", "", {}, 0});
    EXPECT_EQ(found("tiger"), (Names{"tiger-base", "titled", "tagged", "in-card"}));
    EXPECT_EQ(found("TIG"), (Names{"tiger-base", "titled", "tagged", "in-card"}));
    EXPECT_EQ(found("tig purrs"), Names{});
    EXPECT_EQ(found("purrs tig"), Names{"in-card"});
    EXPECT_EQ(found("alice tiger base"), Names{"tiger-base"});
}

TEST_F(FindingTest, ArabicIsFoundWithAndWithoutSigns) {
    const auto alice = add_user("alice");
    add_repo(alice, "plain", {{}, "نموذج لغوي", "نموذج للغه العربيه من احمد", {}, 0});
    add_repo(alice, "signed", {{}, "نَمُوذَجٌ لُغَوِيّ", "نموذج للغة العربية من أحمد", {}, 0});
    for (const auto* text : {"نموذج", "نَموذج", "العربية", "العربيه", "أحمد", "احمد", "إحمد", "العَرَبِيَّة لغو", "نمـوذج"}) {
        auto names = found(text);
        std::sort(names.begin(), names.end());
        EXPECT_EQ(names, (Names{"plain", "signed"})) << text;
    }
}

TEST_F(FindingTest, WhatPeopleWriteIsNeverASyntaxError) {
    const auto alice = add_user("alice");
    add_repo(alice, "near", {{}, "", "or and not", {}, 0});
    for (const auto& text :
         {std::string("\""), std::string("a\"b"), std::string("FAR("), std::string("*"), std::string("name:"), std::string("-"),
          std::string("^x"), std::string("{a b}: c"), std::string("\0x", 2), std::string("' OR 1=1 --"), std::string(10'000, 'a'),
          std::string(10'000, '"'), std::string("\xFF\xFE"), std::string("🚀"), std::string("a AND"), std::string("\xCC\x81")})
        EXPECT_EQ(found(text), Names{}) << text.substr(0, 20);
    EXPECT_EQ(found("NEAR"), Names{"near"});
    EXPECT_EQ(found("not or AND"), Names{"near"});
}

TEST_F(FindingTest, WordsKeepWithTheRepositoryThroughChangesMovesAndDeletion) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    auto repo = add_repo(alice, "cat", {{}, "Feline", "whiskers", {}, 0});
    write([&](Session& s) { return put_search_facts(s, repo.id, {{}, "Canine", "tail", {}, 0}); });
    EXPECT_EQ(found("whiskers"), Names{});
    EXPECT_EQ(found("tail"), Names{"cat"});
    write([&](Session& s) { return move_repository(s, repo, bob.owner.id, "dog"); });
    EXPECT_EQ(found("cat"), Names{});
    EXPECT_EQ(found("bob dog tail"), Names{"dog"});
    EXPECT_EQ(typed("alice"), Names{});
    EXPECT_EQ(typed("bob/d"), Names{"bob/dog"});
    EXPECT_EQ(typed("cani"), Names{"bob/dog"});
    write([&](Session& s) { return delete_repository(s, repo.id); });
    EXPECT_EQ(found("tail"), Names{});
    EXPECT_EQ(typed("dog"), Names{});
}

TEST_F(FindingTest, PrivateRepositoriesAreFoundByThoseAloneWhoMayReadThem) {
    const auto alice = add_user("alice");
    const auto bob = add_user("bob");
    const auto carol = add_user("carol");
    const Owner org{++next_id, OwnerKind::kOrganization, "corp", "Corp", 1};
    write([&](Session& s) -> Result<void> {
        TRY(insert_organization(s, org));
        return put_member(s, org.id, bob.owner.id, OrgRole::kRead, 1);
    });
    const SearchFacts facts{{{FacetKind::kTask, "text-generation"}}, "Secret title", "hidden words", {}, 0};
    add_repo(alice, "mine", facts, true);
    add_repo({org, "", "", false}, "ours", facts, true);
    const auto visible = [&](std::optional<RowId> viewer, const Names& names, std::int64_t count) {
        auto by_text = found("hidden", viewer);
        std::sort(by_text.begin(), by_text.end());
        EXPECT_EQ(by_text, names);
        auto by_name = typed("secr", viewer);
        EXPECT_EQ(by_name.size(), names.size());
        auto query = models();
        query.viewer = viewer;
        const auto expected = count == 0 ? std::vector<FacetCount>{} : std::vector<FacetCount>{{"text-generation", count}};
        EXPECT_EQ(counts(query, FacetKind::kTask), expected);
        query.facets = {{FacetKind::kTask, "text-generation"}};
        EXPECT_EQ(counts(query, FacetKind::kTask), expected);
        query.text = "hidden";
        EXPECT_EQ(counts(query, FacetKind::kTask), expected);
    };
    visible({}, {}, 0);
    visible(carol.owner.id, {}, 0);
    visible(alice.owner.id, {"mine"}, 1);
    visible(bob.owner.id, {"ours"}, 1);
    auto everything = models();
    everything.sees_all = true;
    EXPECT_EQ(counts(everything, FacetKind::kTask), (std::vector<FacetCount>{{"text-generation", 2}}));
    EXPECT_EQ(typed("secr", {}, true).size(), 2u);
}

TEST_F(FindingTest, CountsFollowWhoMaySeeARepository) {
    const auto alice = add_user("alice");
    const std::vector<Facet> facets = {{FacetKind::kLicense, "MIT"}, {FacetKind::kLicense, "mit"}, {FacetKind::kLicense, " "}};
    auto repo = add_repo(alice, "m", {facets, "", "", {}, 0});
    const auto other = add_repo(alice, "n", {{{FacetKind::kLicense, "mit"}, {FacetKind::kLanguage, "ar"}}, "", "", {}, 0});
    const std::vector<FacetCount> one{{"MIT", 1}};
    const std::vector<FacetCount> two{{"MIT", 2}};
    EXPECT_EQ(counts(models(), FacetKind::kLicense), two);
    repo.is_private = true;
    write([&](Session& s) { return update_settings(s, repo); });
    EXPECT_EQ(counts(models(), FacetKind::kLicense), one);
    write([&](Session& s) { return put_search_facts(s, repo.id, {{{FacetKind::kLicense, "other"}}, "", "", {}, 0}); });
    EXPECT_EQ(counts(models(), FacetKind::kLicense), one);
    repo.is_private = false;
    write([&](Session& s) { return update_settings(s, repo); });
    EXPECT_EQ(counts(models(), FacetKind::kLicense), (std::vector<FacetCount>{{"MIT", 1}, {"other", 1}}));
    write([&](Session& s) { return delete_repository(s, other.id); });
    EXPECT_EQ(counts(models(), FacetKind::kLicense), (std::vector<FacetCount>{{"other", 1}}));
    EXPECT_EQ(counts(models(), FacetKind::kLanguage), std::vector<FacetCount>{});
}

TEST_F(FindingTest, AFacetIsCountedUnderEveryFilterButItsOwn) {
    const auto alice = add_user("alice");
    const auto add = [&](const std::string& name, const char* task, const char* language, const char* dtype,
                         std::int64_t parameters) {
        add_repo(
            alice, name,
            {{{FacetKind::kTask, task}, {FacetKind::kLanguage, language}, {FacetKind::kDtype, dtype}}, "", "", {}, parameters});
    };
    add("a", "chat", "ar", "BF16", 7'000'000'000);
    add("b", "chat", "en", "F32", 100);
    add("c", "speech", "ar", "BF16", 0);
    auto query = models();
    query.facets = {{FacetKind::kTask, "Chat"}};
    EXPECT_EQ(names_of(query), (Names{"b", "a"}));
    EXPECT_EQ(counts(query, FacetKind::kTask), (std::vector<FacetCount>{{"chat", 2}, {"speech", 1}}));
    EXPECT_EQ(counts(query, FacetKind::kLanguage), (std::vector<FacetCount>{{"ar", 1}, {"en", 1}}));
    query.facets.push_back({FacetKind::kLanguage, "ar"});
    EXPECT_EQ(names_of(query), Names{"a"});
    EXPECT_EQ(counts(query, FacetKind::kTask), (std::vector<FacetCount>{{"chat", 1}, {"speech", 1}}));
    EXPECT_EQ(counts(query, FacetKind::kLanguage), (std::vector<FacetCount>{{"ar", 1}, {"en", 1}}));
    EXPECT_EQ(counts(query, FacetKind::kDtype), (std::vector<FacetCount>{{"BF16", 1}}));
    query.facets.push_back({FacetKind::kLicense, "nobody-has-it"});
    EXPECT_EQ(names_of(query), Names{});
    EXPECT_EQ(counts(query, FacetKind::kDtype), std::vector<FacetCount>{});
    auto large = models();
    large.min_parameters = 1'000;
    EXPECT_EQ(names_of(large), Names{"a"});
    EXPECT_EQ(counts(large, FacetKind::kLanguage), (std::vector<FacetCount>{{"ar", 1}}));
    large.min_parameters = {};
    large.max_parameters = 1'000;
    EXPECT_EQ(names_of(large), Names{"b"});
}

TEST_F(FindingTest, PagesInEveryOrderNeitherRepeatNorSkip) {
    const auto alice = add_user("alice");
    for (int i = 0; i < 7; ++i) {
        const auto repo = add_repo(alice, "r" + std::to_string(i), {{}, "", "words", {}, i % 3});
        if (i % 2 == 0) write([&](Session& s) { return add_downloads(s, repo.id, 1'700'000'000'000 + i, i + 1); });
    }
    for (const auto sort : {RepoSort::kModified, RepoSort::kCreated, RepoSort::kDownloads, RepoSort::kLikes, RepoSort::kTrending,
                            RepoSort::kParameters, RepoSort::kRelevance})
        for (const bool ascending : {false, true}) {
            auto query = models();
            query.sort = sort;
            query.ascending = ascending;
            query.text = "words";
            query.limit = 3;
            Names seen;
            for (int page = 0; page < 4; ++page) {
                const auto rows = catalog->read([&](Session& s) { return list_repositories(s, query); }).value();
                for (const auto& row : rows) seen.push_back(row.name);
                if (rows.empty()) break;
                if (sort == RepoSort::kRelevance)
                    query.offset += query.limit;
                else
                    query.after = {sort_value(rows.back(), sort), rows.back().id};
            }
            std::sort(seen.begin(), seen.end());
            EXPECT_EQ(seen, (Names{"r0", "r1", "r2", "r3", "r4", "r5", "r6"})) << static_cast<int>(sort);
        }
}

TEST_F(FindingTest, NamesAreFoundAsTheyAreTyped) {
    const auto alice = add_user("alice", "Alice de l'Été");
    add_repo(alice, "chat-model", {{}, "", "", {}, 0});
    const auto liked = add_repo(alice, "chatter", {{}, "", "", {}, 0});
    add_repo(alice, "small-chat", {{}, "", "", {}, 0});
    add_repo(alice, "titled", {{}, "محادثة عربية", "", {}, 0});
    const auto chat = add_user("chat");
    add_repo(chat, "zebra", {{}, "", "", {}, 0});
    write([&](Session& s) -> Result<void> {
        TRY(add_like(s, liked.id, alice.owner.id, 1'700'000'000'000));
        return ok();
    });
    EXPECT_EQ(typed("chat"), (Names{"alice/chatter", "alice/chat-model", "alice/small-chat", "chat/zebra"}));
    EXPECT_EQ(typed("Chat-M"), Names{"alice/chat-model"});
    EXPECT_EQ(typed("alice/chat m"), Names{"alice/chat-model"});
    EXPECT_EQ(typed("عربيه"), Names{"alice/titled"});
    EXPECT_EQ(typed("hat"), Names{});
    for (const auto& hostile : {std::string(""), std::string("%"), std::string("\""), std::string("\0", 1), std::string("_"),
                                std::string(10'000, '%'), std::string("\xFF")})
        EXPECT_EQ(typed(hostile), Names{});
    const auto owners = [&](std::string_view text) {
        Names names;
        const auto hits = catalog->read([&](Session& s) { return find_typed_owners(s, OwnerKind::kUser, text, 5); });
        for (const auto& hit : hits.value()) names.push_back(hit.name + " " + hit.fullname);
        return names;
    };
    EXPECT_EQ(owners("ali"), Names{"alice Alice de l'Été"});
    EXPECT_EQ(owners("ete"), Names{"alice Alice de l'Été"});
    write([&](Session& s) {
        auto changed = alice.owner;
        changed.fullname = "Bea";
        return update_profile(s, changed);
    });
    EXPECT_EQ(owners("ete"), Names{});
    EXPECT_EQ(owners("bea"), Names{"alice Bea"});
    write([&](Session& s) { return delete_owner(s, chat.owner.id); });
    EXPECT_EQ(owners("chat"), Names{});
}

TEST_F(FindingTest, APartOfANameIsFoundWhetherFewHaveItOrMany) {
    const auto alice = add_user("alice");
    for (int i = 0; i < 220; ++i) add_repo(alice, "m" + std::to_string(1'000 + i), {}, i == 5);
    const auto listed = [&](std::vector<std::string> search) {
        auto query = models();
        query.search = std::move(search);
        query.limit = 1'000;
        return names_of(query);
    };
    EXPECT_EQ(listed({"E/M"}).size(), 219u);
    EXPECT_EQ(listed({"121"}),
              (Names{"m1219", "m1218", "m1217", "m1216", "m1215", "m1214", "m1213", "m1212", "m1211", "m1210", "m1121"}));
    EXPECT_EQ(listed({"121", "m11"}), Names{"m1121"});
    EXPECT_EQ(listed({"1005"}), Names{});  // private
    EXPECT_EQ(listed({"m1_0"}), Names{});
    EXPECT_EQ(listed({""}).size(), 219u);
}

TEST_F(FindingTest, ACommonBeginningStillFindsTheTrendingOnes) {
    const auto alice = add_user("alice");
    RowId last = 0;
    for (int i = 0; i < 260; ++i) last = add_repo(alice, "m" + std::to_string(1'000 + i), {}).id;
    write([&](Session& s) { return add_downloads(s, last, 1'700'000'000'000, 5); });
    EXPECT_EQ(typed("m").at(0), "alice/m1259");
}

TEST_F(FindingTest, WhatWasThereBeforeIsIndexedWhenAsked) {
    const auto alice = add_user("alice");
    const auto repo = add_repo(alice, "m", {});
    write([&](Session& s) -> Result<void> {
        for (const char* sql : {"DELETE FROM name_part", "INSERT INTO index_wanted (kind, id) SELECT 1, id FROM repository",
                                "INSERT INTO index_wanted (kind, id) SELECT 2, id FROM owner"})
            TRY(s.change(std::string_view(sql), {}));
        return ok();
    });
    EXPECT_EQ(catalog->read([](Session& s) { return wanted_repositories(s, 10); }).value(), std::vector<RowId>{repo.id});
    write([&](Session& s) -> Result<void> {
        TRY(put_search_facts(s, repo.id, {}));
        TRY(index_wanted_owners(s, 10));
        return ok();
    });
    EXPECT_TRUE(catalog->read([](Session& s) { return wanted_repositories(s, 10); }).value().empty());
    EXPECT_EQ(typed("m"), Names{"alice/m"});
    EXPECT_EQ(catalog->read([](Session& s) { return find_typed_owners(s, OwnerKind::kUser, "ali", 5); }).value().size(), 1u);
}

/// The query as its statement and what SQLite will do for it.
TEST_F(FindingTest, NoListReadsTheRepositoriesWithoutAnIndex) {
    const auto plan = [&](const RepoQuery& query, detail::Filters filters) {
        detail::Where where;
        return plan_of(detail::list_sql(where, std::move(filters), query, Dialect::kSqlite));
    };
    const detail::Membership common{"repository_facet", "facet_id", RowId{1}, 50'000, FacetKind::kTask};
    const detail::Membership rare{"repository_tag", "tag", std::string("x"), 3, std::nullopt};
    const std::pair<RepoSort, const char*> kOrders[] = {
        {RepoSort::kModified, "repository_modified"},   {RepoSort::kCreated, "repository_created"},
        {RepoSort::kDownloads, "repository_downloads"}, {RepoSort::kLikes, "repository_likes"},
        {RepoSort::kTrending, "repository_trending"},   {RepoSort::kParameters, "repository_parameters"}};
    for (const auto& [sort, index] : kOrders)
        for (const auto& after : {std::optional<std::pair<std::int64_t, RowId>>(), {{5, 6}}}) {
            auto query = models();
            query.sort = sort;
            query.after = after;
            query.viewer = 7;
            query.search = {"x"};
            const auto walk = plan(query, {false, {common}, ""});
            EXPECT_NE(walk.find(std::string("USING INDEX ") + index), std::string::npos) << walk;
            EXPECT_EQ(walk.find("TEMP B-TREE"), std::string::npos) << walk;
            EXPECT_EQ(walk.find("SCAN"), std::string::npos) << walk;
            const auto seek = plan(query, {false, {common, rare}, ""});
            EXPECT_TRUE(seek.starts_with("SEARCH d USING")) << seek;
            EXPECT_EQ(seek.find("SCAN"), std::string::npos) << seek;
        }
    const auto by_name = plan(models(), {false, {common}, "", std::vector<RowId>(detail::kFewNamed)});
    EXPECT_TRUE(by_name.starts_with("SEARCH r USING INDEX sqlite_autoindex_repository_1")) << by_name;
    auto query = models();
    query.sort = RepoSort::kRelevance;
    const auto text = plan(query, {false, {common}, "\"x\"*"});
    EXPECT_NE(text.find("SCAN repository_text VIRTUAL TABLE INDEX"), std::string::npos) << text;
    EXPECT_EQ(text.find("SCAN r\n"), std::string::npos) << text;
    detail::Where where;
    const auto counting = plan_of(detail::facets_sql(where, {false, {common, rare}, ""}, query, Dialect::kSqlite));
    EXPECT_TRUE(counting.starts_with("SEARCH d USING")) << counting;
    EXPECT_EQ(counting.find("SCAN"), std::string::npos) << counting;
}

}  // namespace
}  // namespace mirfa::catalog
