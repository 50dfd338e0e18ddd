// SPDX-License-Identifier: Apache-2.0
#include "pages/shell.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <regex>

#include "hub/commits/commit.h"
#include "hub/community/discussions.h"
#include "hub/repos/repositories.h"
#include "hub/repos/search.h"
#include "pages/embedded.h"
#include "pages/reader.h"
#include "pages/testing/browser.h"
#include "pages/testing/page_hub.h"

namespace mirfa::pages {
namespace {

using http::Verb;
using testing::Browser;
using testing::shows;

class ShellTest : public ::testing::Test, protected testing::PageHub {
protected:
    Browser browser{hub};
    catalog::User alice = add_user("alice");

    ShellTest() { browser.client.app().set_error_page(error_shell); }

    hub::Principal as_alice() const {
        hub::Principal who;
        who.kind = hub::PrincipalKind::kToken;
        who.user = alice.owner.id;
        who.name = alice.owner.name;
        who.token_role = catalog::TokenRole::kWrite;
        return who;
    }
    catalog::Repository make(const std::string& name, bool is_private = false) {
        hub::NewRepository wanted;
        wanted.name = name;
        wanted.is_private = is_private;
        return hub::create_repository(hub, as_alice(), wanted).value().repo;
    }
    void commit(const catalog::Repository& repo, const std::string& path, const std::string& text) {
        hub::CommitRequest request(hub, repo, as_alice(), "main", false);
        format::JsonWriter header, line;
        header.object().field("key", "header").object("value").field("summary", "Add").field("description", "").end().end();
        line.object().field("key", "file").object("value").field("path", path);
        line.field("content", to_base64(as_bytes(text))).field("encoding", "base64").end().end();
        ASSERT_TRUE(request.feed(as_bytes(std::move(header).take() + "\n" + std::move(line).take() + "\n")).has_value());
        ASSERT_TRUE(request.finish().has_value());
    }
    http::Response get(const std::string& path, Browser::Fields more = {}) {
        more.emplace_back("Cookie", browser.cookie);
        return browser.client.send(Verb::kGet, path, more);
    }
    /// The answers that a page brings along, by their address.
    static std::map<std::string, boost::json::object> first_data(const http::Response& page) {
        std::map<std::string, boost::json::object> answers;
        constexpr std::string_view kOpening = "<script type=\"application/json\" id=\"first-data\">";
        const auto found = page.text.find(kOpening);
        if (found == std::string::npos) return answers;
        const auto first = found + kOpening.size();
        const auto data = std::string_view(page.text).substr(first, page.text.find("</script>", first) - first);
        const auto brought = boost::json::parse(data);
        for (const auto& answer : brought.as_array()) answers[std::string(answer.at("url").as_string())] = answer.as_object();
        return answers;
    }
};

/// What a card's page brings along of the repository itself.
boost::json::object known_of(const std::map<std::string, boost::json::object>& answers) {
    for (const auto& [url, answer] : answers)
        if (url.starts_with("/api/models/alice/m?expand=author&")) return answer.at("body").as_object();
    return {};
}

TEST_F(ShellTest, APageBringsTheAnswersItsApplicationAsksForFirst) {
    const auto repo = make("m");
    commit(repo, "README.md", "# Hello </script><script>alert(1)</script>");
    const auto page = get("/alice/m");
    EXPECT_EQ(page.status, 200);
    EXPECT_TRUE(shows(page, "<title>alice/m · Mirfa</title>"));
    EXPECT_FALSE(shows(page, "<script>alert"));
    const auto answers = first_data(page);
    EXPECT_EQ(known_of(answers).at("id").as_string(), "alice/m");
    EXPECT_EQ(answers.at("/alice/m/raw/main/README.md").at("body").as_string(), "# Hello </script><script>alert(1)</script>");
    const auto tree = first_data(get("/alice/m/tree/main"));
    EXPECT_EQ(tree.at("/api/models/alice/m/tree/main?expand=true&limit=100").at("body").as_array().size(), 2u);
    const auto blob = first_data(get("/alice/m/blob/main/README.md"));
    const auto& entry = blob.at("/api/models/alice/m/paths-info/main?paths=README.md&expand=true").at("body").as_array().at(0);
    EXPECT_EQ(entry.at("path").as_string(), "README.md");
    EXPECT_EQ(entry.at("lastCommit").at("title").as_string(), "Add");
    ASSERT_TRUE(hub.counters.flush(*catalog, clock).has_value());
    const auto info = known_of(first_data(get("/alice/m")));
    EXPECT_EQ(info.at("downloads").as_int64(), 0) << "looking at a page is no download";
}

TEST_F(ShellTest, PagesOfTheHistoryAndTheCommunityBringTheirAnswersAlong) {
    const auto repo = make("m");
    commit(repo, "d/a b.txt", "one\n");
    ASSERT_TRUE(hub::create_discussion(hub, repo, as_alice(), {"Why <b>?", "Tell", false}).has_value());
    const auto brings = [&](const std::string& path, const std::string& url) {
        const auto page = get(path);
        EXPECT_EQ(page.status, 200) << path;
        const auto answers = first_data(page);
        const auto found = answers.find("/api/models/alice/m" + url);
        ASSERT_NE(found, answers.end()) << path;
        EXPECT_EQ(found->second.at("status").as_int64(), 200) << path;
    };
    brings("/alice/m/commits/main", "/commits/main?limit=50");
    brings("/alice/m/commits/main/d/a%20b.txt", "/commits/main?path=d%2Fa+b.txt&limit=50");
    brings("/alice/m/commit/main", "/commit/main");
    brings("/alice/m/compare/main...main", "/refs");
    brings("/alice/m/blame/main/d/a%20b.txt", "/blame/main/d/a%20b.txt");
    brings("/alice/m/branches", "/refs");
    brings("/alice/m/discussions", "/discussions?status=open&sort=recently-created");
    brings("/alice/m/discussions?status=all&search=why&p=1", "/discussions?status=all&search=why&sort=recently-created&p=1");
    brings("/alice/m/discussions/1", "/discussions/1");
    brings("/alice/m/discussions/1/files", "/discussions/1");
    brings("/alice/m/discussions/new",
           "?expand=sha&expand=private&expand=gated&expand=likes&expand=lastModified&expand=cardData&expand=rights");
    EXPECT_TRUE(shows(get("/alice/m/discussions/1"), "<title>Why &lt;b&gt;? · #1 · Mirfa</title>"));
    for (const auto* path : {"/alice/m/commit/0000000", "/alice/m/blame/main", "/alice/m/discussions/2", "/alice/m/discussions/x",
                             "/alice/m/discussions/1/odd"})
        EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(ShellTest, ListsBringWhatTheirAddressesNarrowThemTo) {
    commit(make("m"), "README.md", "---\nlicense: mit\nlanguage: ar\n---\n");
    const auto brings = [&](const std::string& path, const std::string& list, const std::string& counts) {
        const auto answers = first_data(get(path));
        EXPECT_TRUE(answers.contains(counts)) << path;
        for (const auto& [url, answer] : answers)
            if (url.starts_with(list)) return answer.at("body").as_array().size();
        ADD_FAILURE() << path << " does not bring " << list;
        return std::size_t{0};
    };
    EXPECT_EQ(brings("/models", "/api/models?sort=trendingScore&limit=30&expand=author", "/api/facets?type=models"), 1u);
    EXPECT_EQ(
        brings("/models?license=mit&odd=1&language=ar", "/api/models?sort=trendingScore&limit=30&language=ar&license=mit&expand=",
               "/api/facets?type=models&language=ar&license=mit"),
        1u);
    EXPECT_EQ(brings("/models?language=en", "/api/models?sort=trendingScore&limit=30&language=en&",
                     "/api/facets?type=models&language=en"),
              0u);
    EXPECT_EQ(brings("/models?q=a%20~%2B*&size=%3C100M", "/api/models?q=a+%7E%2B*&sort=relevance&limit=30&size=%3C100M&",
                     "/api/facets?type=models&q=a+%7E%2B*&size=%3C100M"),
              0u);
    EXPECT_EQ(brings("/datasets?q=&sort=likes", "/api/datasets?sort=likes&limit=30&expand=", "/api/facets?type=datasets"), 0u);
}

TEST_F(ShellTest, NoPageAsksForTheNamesOfAllFiles) {
    commit(make("m"), "README.md", "# m");
    const std::string about =
        "/api/models/alice/m?expand=sha&expand=private&expand=gated&expand=likes&expand=lastModified&expand=cardData"
        "&expand=rights";
    for (const auto* path :
         {"/alice/m/tree/main", "/alice/m/commits/main", "/alice/m/blob/main/README.md", "/alice/m/branches"}) {
        const auto answers = first_data(get(path));
        ASSERT_TRUE(answers.contains(about)) << path;
        EXPECT_FALSE(answers.at(about).at("body").as_object().contains("siblings")) << path;
        EXPECT_FALSE(answers.contains("/api/models/alice/m")) << path;
    }
    const auto card = first_data(get("/alice/m"));
    EXPECT_FALSE(known_of(card).contains("siblings"));
    EXPECT_EQ(card.at("/api/models/alice/m/tree/main?limit=1000&securityStatus=true").at("body").as_array().size(), 2u);
}

TEST_F(ShellTest, EveryPageRunsOurScriptsOnlyAndKnowsItsPlace) {
    for (const auto* path : {"/", "/models", "/datasets", "/login", "/alice"}) {
        const auto page = get(path);
        EXPECT_EQ(page.status, 200) << path;
        EXPECT_TRUE(page.headers.get("Content-Security-Policy").starts_with("default-src 'none'; script-src 'self';")) << path;
        EXPECT_EQ(page.headers.get("Cache-Control"), "private, no-store") << path;
        std::smatch found;
        ASSERT_TRUE(std::regex_search(page.text, found, std::regex("<script type=\"module\" src=\"/assets/([^\"]+)\"")));
        EXPECT_EQ(get("/assets/" + found[1].str()).status, 200);
    }
    EXPECT_EQ(get("/nobody").status, 404);
    make("m");
    EXPECT_EQ(get("/alice/m/tree/nowhere").status, 404);
    EXPECT_EQ(get("/alice/m/tree/main/nothing").status, 404);
    EXPECT_EQ(get("/login/more").status, 404);
}

TEST_F(ShellTest, FilesOfTheApplicationComeAsTheBrowserTakesThem) {
    const std::string path = "/assets/" + std::string(files_for("Home", "en").front());
    const auto plain = get(path);
    EXPECT_FALSE(plain.headers.has("Content-Encoding"));
    EXPECT_EQ(get(path, {{"Accept-Encoding", "gzip, deflate, br"}}).headers.get("Content-Encoding"), "br");
    EXPECT_EQ(get(path, {{"Accept-Encoding", "gzip, br;q=0"}}).headers.get("Content-Encoding"), "gzip");
    EXPECT_LT(get(path, {{"Accept-Encoding", "br"}}).text.size(), plain.text.size() / 2);
    EXPECT_EQ(plain.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(get("/assets/nothing.js").status, 404);
}

TEST_F(ShellTest, LanguageAndThemeAreThoseOfTheReader) {
    const auto opening = [&](Browser::Fields fields) {
        const auto text = browser.client.send(Verb::kGet, "/", std::move(fields)).text;
        return text.substr(0, text.find("<head>"));
    };
    EXPECT_EQ(opening({}), "<!doctype html><html lang=\"en\" dir=\"ltr\" data-base=\"\" data-system=\"\">");
    EXPECT_NE(opening({{"Accept-Language", "ar-EG,ar;q=0.9,en;q=0.5"}}).find("lang=\"ar\" dir=\"rtl\""), std::string::npos);
    EXPECT_NE(opening({{"Accept-Language", "de,en;q=0.7,ar;q=0.3"}}).find("lang=\"en\""), std::string::npos);
    EXPECT_NE(opening({{"Accept-Language", "en"}, {"Cookie", "a=b; mirfa-language=ar; mirfa-theme=dark"}})
                  .find("lang=\"ar\" dir=\"rtl\" data-base=\"\" data-theme=\"dark\""),
              std::string::npos);
    EXPECT_NE(opening({{"Cookie", "mirfa-language=\"><script>; mirfa-theme=x"}}).find("data-system"), std::string::npos);
    EXPECT_TRUE(shows(get("/models", {{"Accept-Language", "ar"}}), "<title>النماذج · Mirfa</title>"));
}

TEST_F(ShellTest, HiddenAndMissingRepositoriesLookAlike) {
    commit(make("closed", true), "README.md", "secret card");
    for (const std::string rest : {"", "/tree/main", "/blob/main/README.md"}) {
        auto hidden = get("/alice/closed" + rest);
        const auto missing = get("/alice/neverr" + rest);
        EXPECT_EQ(hidden.status, 404);
        EXPECT_EQ(std::regex_replace(hidden.text, std::regex("closed"), "neverr"), missing.text);
        EXPECT_EQ(first_data(hidden).at("error").at("status").as_int64(), 404);
    }
    ASSERT_EQ(browser.sign_in("alice"), 200);
    EXPECT_EQ(first_data(get("/alice/closed")).at("/alice/closed/raw/main/README.md").at("body").as_string(), "secret card");
}

TEST_F(ShellTest, OnlyWhoIsSignedInIsToldWhetherTheyLikeWhatThePageShows) {
    const auto repo = make("m");
    commit(repo, "README.md", "# M");
    ASSERT_TRUE(hub::like_repository(hub, as_alice(), repo, true).has_value());
    const std::vector<std::string> pages = {"", "/tree/main", "/commits/main", "/discussions", "/upload/main"};
    for (const auto& page : pages) EXPECT_EQ(first_data(get("/alice/m" + page)).count("/api/models/alice/m/like"), 0u) << page;
    ASSERT_EQ(browser.sign_in("alice"), 200);
    for (const auto& page : pages) {
        auto brought = first_data(get("/alice/m" + page));
        EXPECT_TRUE(brought["/api/models/alice/m/like"].at("body").at("liked").as_bool()) << page;
    }
}

TEST_F(ShellTest, ARenamedRepositoryIsFoundUnderItsOldName) {
    const auto repo = make("old");
    ASSERT_TRUE(hub::move_repository(hub, as_alice(), repo, "alice", "new").has_value());
    EXPECT_EQ(get("/alice/old/tree/main?x=1").headers.get("Location"), "/alice/new/tree/main?x=1");
}

TEST_F(ShellTest, BelowAPathEveryAddressOfThePageHasIt) {
    hub.options.public_url = "https://intra.test/hf";
    api::testing::InProcess prefixed(hub);
    prefixed.app().add_routes(page_routes());
    const auto page = prefixed.send(Verb::kGet, "/hf/models");
    EXPECT_TRUE(shows(page, "data-base=\"/hf\""));
    EXPECT_TRUE(shows(page, "src=\"/hf/assets/main-"));
    EXPECT_TRUE(shows(page, "content=\"https://intra.test/hf/models\""));
    EXPECT_FALSE(shows(page, "\"/assets/"));
}

}  // namespace
}  // namespace mirfa::pages
