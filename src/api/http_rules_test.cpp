// SPDX-License-Identifier: Apache-2.0
// Headers and addresses as clients, caches and proxies read them: downloads, links to the next page, redirects of
// renamed repositories, preflights, limits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/moved.h"
#include "api/testing/in_process.h"
#include "blob/chunk_tables.h"
#include "blob/store.h"
#include "catalog/sqlite_catalog.h"
#include "git/node_cache.h"
#include "hub/access/keyring.h"
#include "hub/accounts/accounts.h"
#include "hub/repos/counters.h"
#include "hub/repos/repositories.h"

namespace mirfa::api {
namespace {

using enum http::Verb;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using Fields = testing::InProcess::Fields;

class HttpRulesTest : public ::testing::Test {
protected:
    HttpRulesTest() {
        hub.options.public_url = "https://hub.test/hf";
        hub.options.free_space_floor = 0;
        alice.kind = hub::PrincipalKind::kSession;
        alice.user = hub::create_user(hub, {"root", "local"}, {"alice", "a@corp.test", Secret("a long password"), "", true})
                         .value()
                         .owner.id;
        alice.name = "alice";
        alice.is_admin = true;
        token = hub::create_token(hub, {"root", "local"}, alice.user, {"t", catalog::TokenRole::kWrite}).value().text.reveal();
    }

    catalog::Repository make(const std::string& name, bool is_private = false) {
        hub::NewRepository wanted;
        wanted.owner = "alice";
        wanted.name = name;
        wanted.is_private = is_private;
        wanted.files = {{"a.txt", "0123456789"}, {"b,c.txt", "x"}, {"empty.txt", ""}};
        return hub::create_repository(hub, alice, wanted).value().repo;
    }
    http::Response get(const std::string& target, const Fields& fields = {}) { return client.send(kGet, target, fields); }
    Fields signed_in() const { return {{"Authorization", "Bearer " + token}}; }
    static std::string header(const http::Response& response, std::string_view name) {
        return std::string(response.headers.get(name));
    }

    TemporaryFolder folder = TemporaryFolder::create().value();
    std::unique_ptr<catalog::Catalog> catalog = catalog::open_sqlite(folder.path() / "db").value();
    std::unique_ptr<blob::Store> store = blob::open_store("file:" + (folder.path() / "store").string()).value();
    blob::ChunkTables tables{*store};
    git::NodeCache cache{folder.path() / "git", 1 << 20};
    hub::Keyring keyring{*catalog, system_clock()};
    hub::Counters counters;
    hub::Hub hub{*catalog, *store, tables, cache, system_clock(), keyring, counters, {}};
    testing::InProcess client{hub_with_prefix()};
    hub::Principal alice;
    std::string token;

private:
    hub::Hub& hub_with_prefix() {
        hub.options.public_url = "https://hub.test/hf";  // the application reads it once
        return hub;
    }
};

TEST_F(HttpRulesTest, ARangeIsGivenOnlyOfTheEntityTheClientHasAPartOf) {
    make("m");
    const std::string path = "/alice/m/resolve/main/a.txt";
    const auto etag = header(get(path), "ETag");
    const auto resumed = get(path, {{"Range", "bytes=4-"}, {"If-Range", etag}});
    EXPECT_EQ(resumed.status, 206);
    EXPECT_EQ(resumed.text, "456789");
    for (const std::string& other : {std::string("\"0000\""), "W/" + etag, std::string("Sun, 09 Mar 2025 08:15:27 GMT")}) {
        const auto whole = get(path, {{"Range", "bytes=4-"}, {"If-Range", other}});
        EXPECT_EQ(whole.status, 200) << other;
        EXPECT_EQ(whole.text, "0123456789") << other;
        EXPECT_EQ(header(whole, "Content-Range"), "") << other;
    }
}

TEST_F(HttpRulesTest, OnlyWhatIsPinnedIsKeptForeverAndOnlyWhatIsPublicIsShared) {
    make("open");
    make("closed", true);
    const auto commit_of = [&](const std::string& name) {
        return header(get("/alice/" + name + "/resolve/main/a.txt", signed_in()), "X-Repo-Commit");
    };
    const auto kept = [&](const std::string& name, const std::string& revision) {
        return header(get("/api/resolve-cache/models/alice/" + name + "/" + revision + "/a.txt", signed_in()), "Cache-Control");
    };
    EXPECT_EQ(kept("open", commit_of("open")), "public, max-age=31536000, immutable");
    EXPECT_EQ(kept("closed", commit_of("closed")), "private, max-age=31536000, immutable");
    EXPECT_EQ(kept("open", "main"), "");
    EXPECT_EQ(kept("open", commit_of("open").substr(0, 8)), "");
}

TEST_F(HttpRulesTest, ASnapshotIsOneDownloadByWhateverDoorAndHoweverManyFiles) {
    make("m");
    const auto downloads = [&] {
        EXPECT_TRUE(counters.flush(*catalog, system_clock()).has_value());
        const auto info = format::parse_json(get("/api/models/alice/m?expand=downloads").text).value();
        return format::find_int(info, "downloads").value();
    };
    EXPECT_EQ(client.send(kHead, "/alice/m/resolve/main/a.txt").status, 200);
    EXPECT_EQ(get("/alice/m/resolve/main/a.txt", {{"Range", "bytes=0-3"}}).status, 206);
    EXPECT_EQ(get("/alice/m/resolve/main/missing.txt").status, 404);
    EXPECT_EQ(client.send(kHead, "/api/models/alice/m/xet-read-token/main").status, 200);
    EXPECT_EQ(downloads(), 0);
    EXPECT_EQ(get("/alice/m/resolve/main/a.txt").status, 200);
    EXPECT_EQ(get("/alice/m/resolve/main/b,c.txt").status, 200);
    EXPECT_EQ(get("/api/models/alice/m/xet-read-token/main").status, 200);
    EXPECT_EQ(downloads(), 1);
    EXPECT_EQ(get("/api/models/alice/m/xet-read-token/main", signed_in()).status, 200);
    EXPECT_EQ(get("/api/models/alice/m/xet-write-token/main", signed_in()).status, 200);
    EXPECT_EQ(get("/alice/m/resolve/main/a.txt", signed_in()).status, 200);
    EXPECT_EQ(downloads(), 2);
}

TEST_F(HttpRulesTest, AnAnswerThatIsGivenAgainCountsForWhoeverAsks) {
    const auto repo = make("m");
    testing::InProcess fast(hub, [](catalog::RowId) {});
    const auto downloads = [&] {
        EXPECT_TRUE(counters.flush(*catalog, system_clock()).has_value());
        return catalog->read([&](catalog::Session& s) { return catalog::find_repository_by_id(s, repo.id); }).value()->downloads;
    };
    http::Request asked;
    asked.target = asked.path = "/alice/m/resolve/main/a.txt";
    const auto ask_from = [&](const std::string& address) {
        asked.remote_address = address;
        const auto plan = fast.app().plan(asked);
        const int status = plan.ready ? plan.ready->status : plan.handle(asked).status;
        EXPECT_EQ(status, 200);
        return plan.ready != nullptr;
    };
    EXPECT_FALSE(ask_from("192.0.2.1"));
    EXPECT_TRUE(ask_from("192.0.2.1"));
    EXPECT_TRUE(ask_from("192.0.2.2"));
    EXPECT_TRUE(ask_from("192.0.2.2"));
    EXPECT_EQ(downloads(), 2);
}

TEST_F(HttpRulesTest, TheNextPageIsUnderThePublicAddressWhetherAProxyTakesThePrefixOffOrNot) {
    make("m");
    for (const std::string prefix : {"", "/hf"}) {
        const auto page = get(prefix + "/api/models/alice/m/tree/main?limit=1&recursive=true");
        EXPECT_THAT(header(page, "Link"),
                    ::testing::StartsWith("<https://hub.test/hf/api/models/alice/m/tree/main?limit=1&recursive=true&cursor="))
            << prefix;
        EXPECT_THAT(header(page, "Link"), ::testing::EndsWith(">; rel=\"next\""));
    }
    const auto commas = get("/api/models?author=alice&limit=1&search=m,m");
    EXPECT_EQ(header(commas, "Link").find(','), std::string::npos);
}

TEST_F(HttpRulesTest, ARenamedRepositoryIsFoundThroughEverySpellingOfItsOldName) {
    const auto repo = make("models");
    ASSERT_TRUE(hub::move_repository(hub, alice, repo, "alice", "new").has_value());
    const std::pair<const char*, const char*> cases[] = {
        {"/api/models/alice/models", "/hf/api/models/alice/new"},
        {"/hf/api/models/alice/models/tree/main?recursive=true", "/hf/api/models/alice/new/tree/main?recursive=true"},
        {"/%61lice/models/resolve/refs%2Fpr%2F1/a%20b", "/hf/alice/new/resolve/refs%2Fpr%2F1/a%20b"},
        {"/models/alice/models/raw/main/alice/models", "/hf/models/alice/new/raw/main/alice/models"}};
    for (const auto& [old, now] : cases) {
        const auto redirect = get(old);
        EXPECT_EQ(redirect.status, 307) << old;
        EXPECT_EQ(header(redirect, "Location"), now) << old;
    }
}

TEST(WithNewName, ComparesWholeSegmentsAndKeepsTheGitSuffix) {
    PathParts old;
    old.owner = old.name = "s";
    EXPECT_EQ(with_new_name("/api/models/s/s/tree/s/s", old, "n/m"), "/api/models/n/m/tree/s/s");
    EXPECT_EQ(with_new_name("/s/s.git/info/refs", old, "n/m"), "/n/m.git/info/refs");
    EXPECT_EQ(with_new_name("/datasets/s/s", old, "n/m"), "/datasets/n/m");
}

TEST_F(HttpRulesTest, FormsOfRepositoriesHearWhichFieldIsAtFault) {
    make("taken");
    make("other");
    const auto ask = [&](const char* path, const char* body) {
        const auto answer = client.send(kPost, path, signed_in(), body);
        const auto json = format::parse_json(answer.text).value();
        return std::to_string(answer.status) + " " + std::string(format::find_string(json, "reason").value_or("")) + " " +
               std::string(format::find_string(json, "field").value_or(""));
    };
    EXPECT_EQ(ask("/api/repos/create", R"({"name":"-x"})"), "400 name_invalid name");
    EXPECT_EQ(ask("/api/repos/create", R"({"name":"TAKEN"})"), "409 name_taken name");
    EXPECT_EQ(ask("/api/repos/create", R"({"name":"s","type":"space"})"), "400 invalid_argument sdk");
    EXPECT_EQ(ask("/api/repos/move", R"({"fromRepo":"alice/other","toRepo":"alice/taken"})"), "409 name_taken toRepo");
    EXPECT_EQ(ask("/api/repos/move", R"({"fromRepo":"alice/other","toRepo":"alice/-x"})"), "400 name_invalid toRepo");
}

TEST_F(HttpRulesTest, APreflightAllowsWhateverHeadersAreAskedFor) {
    const auto answer = client.send(kOptions, "/api/models/alice/m", {{"Access-Control-Request-Headers", "authorization,x-own"}});
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(header(answer, "Access-Control-Allow-Headers"), "authorization,x-own");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Origin"), "*");
    EXPECT_EQ(header(answer, "Access-Control-Allow-Credentials"), "");
}

TEST_F(HttpRulesTest, AWrongMethodHearsTheRightOnes) {
    const auto answer = client.send(kDelete, "/api/models/alice/m/tree/main");
    EXPECT_EQ(answer.status, 405);
    EXPECT_EQ(header(answer, "Allow"), "GET, HEAD");
}

TEST_F(HttpRulesTest, ARepositoryOfOneSegmentIsAnsweredLikeOneThatIsHidden) {
    for (const char* path : {"/api/models/gpt2", "/api/datasets/squad/revision/main", "/api/models/gpt2/tree/main/a/b",
                             "/gpt2/resolve/main/config.json", "/datasets/squad/raw/main/x", "/datasets/squad/resolve/main/x"}) {
        const auto stranger = get(path), known = get(path, signed_in()), wrong = get(path, {{"Authorization", "Bearer hf_none"}});
        EXPECT_EQ(stranger.status, 401) << path;
        EXPECT_EQ(header(stranger, "X-Error-Code"), "RepoNotFound") << path;
        EXPECT_EQ(known.status, 404) << path;
        EXPECT_EQ(header(known, "X-Error-Code"), "RepoNotFound") << path;
        EXPECT_EQ(wrong.status, 401) << path;
        EXPECT_EQ(header(wrong, "X-Error-Message"), "Invalid credentials in Authorization header") << path;
    }
    EXPECT_EQ(client.send(kPost, "/api/models/gpt2/preupload/main", signed_in(), "{}").status, 404);
    EXPECT_EQ(header(get("/api/models/alice/m/no-such-route", signed_in()), "X-Error-Code"), "");
}

TEST_F(HttpRulesTest, LargeBodiesAreNotTakenFromThoseWhoMayNotSendThem) {
    make("m");
    const auto admitted = [&](const std::string& path, const Fields& fields) {
        http::Request request;
        request.verb = kPost;
        request.path = path;
        for (const auto& [name, value] : fields) request.headers.add(name, value);
        return client.app().plan(request).admit(request);
    };
    EXPECT_EQ(admitted("/api/models/alice/m/preupload/main", {}).error().code, Code::kUnauthenticated);
    EXPECT_EQ(admitted("/api/repos/create", {{"Authorization", "Bearer hf_none"}}).error().code, Code::kUnauthenticated);
    EXPECT_EQ(admitted("/no/such/address/anywhere", {}).error().code, Code::kNotFound);
    EXPECT_TRUE(admitted("/api/models/alice/m/preupload/main", signed_in()).has_value());
}

TEST_F(HttpRulesTest, ACommitOrPushIsRefusedBeforeTheDiskIsFull) {
    make("m");
    hub.options.free_space_floor = UINT64_MAX / 2;
    const auto refusal = [&](const std::string& path) {
        http::Request request;
        request.verb = kPost;
        request.path = path;
        request.headers.add("Authorization", "Bearer " + token);
        const auto received = client.app().plan(request).receive(request);
        return received.has_value() ? Code::kInternal : received.error().code;
    };
    EXPECT_EQ(refusal("/api/models/alice/m/commit/main"), Code::kOutOfSpace);
    EXPECT_EQ(refusal("/alice/m.git/git-receive-pack"), Code::kOutOfSpace);
    const auto told = get("/alice/m.git/info/refs?service=git-receive-pack", signed_in());
    EXPECT_EQ(told.status, 507);
    EXPECT_THAT(told.text, HasSubstr("disk is nearly full"));
}

TEST_F(HttpRulesTest, ListsAreNarrowedByWhatIsNeverHereAndRefusedWhereNobodyKnows) {
    make("m");
    for (const char* filter : {"inference=warm", "inference_provider=all", "inference_provider[]=x", "apps=vllm,ollama"}) {
        const auto none = get("/api/models?" + std::string(filter));
        EXPECT_EQ(none.status, 200) << filter;
        EXPECT_EQ(none.text, "[]") << filter;
    }
    EXPECT_THAT(get("/api/models?apps=&inference=").text, HasSubstr("alice/m"));
    for (const char* filter : {"models=alice/m", "datasets=alice/d", "models[]=alice/m", "linked=true"}) {
        const auto refused = get("/api/spaces?" + std::string(filter));
        EXPECT_EQ(refused.status, 400) << filter;
        EXPECT_THAT(header(refused, "X-Error-Message"), HasSubstr("leave out `models`")) << filter;
    }
    EXPECT_EQ(get("/api/spaces?linked=false").status, 200);
}

TEST_F(HttpRulesTest, UnknownRoutesOfTheChunkStoreAreNotFoundHoweverMuchIsSent) {
    make("m");
    const auto granted = format::parse_json(get("/api/models/alice/m/xet-write-token/main", signed_in()).text).value();
    const Fields cas = {{"Authorization", "Bearer " + std::string(format::find_string(granted, "accessToken").value())}};
    for (const auto verb : {kPost, kPut, kPatch, kDelete}) {
        http::Request head;
        head.verb = verb;
        head.target = head.path = "/cas/v9/xorbs/default/x";
        EXPECT_GE(client.app().plan(head).max_body, 64u << 20) << http::name_of(verb);
        EXPECT_EQ(client.send(verb, head.path, cas, "x").status, 404) << http::name_of(verb);
        EXPECT_EQ(client.send(verb, head.path, {}, "x").status, 401) << http::name_of(verb);
    }
}

TEST_F(HttpRulesTest, ALongMessageIsCutInTheHeaderBehindAWholeCharacterAndWholeInTheBody) {
    make("m");
    for (const std::size_t shift : {0, 1}) {
        std::string name(shift, 'x'), escaped(shift, 'x');
        for (int i = 0; i < 1'500; ++i) name += "\u0645", escaped += "%D9%85";
        const auto missing = get("/alice/m/resolve/main/" + escaped);
        EXPECT_EQ(missing.status, 404);
        EXPECT_EQ(header(missing, "X-Error-Code"), "EntryNotFound");
        EXPECT_THAT(missing.text, HasSubstr(name));
        const auto told = header(missing, "X-Error-Message");
        EXPECT_LE(told.size(), 1'024u);
        EXPECT_GE(told.size(), 1'020u);
        EXPECT_THAT(told, ::testing::EndsWith("\u0645..."));
    }
    const auto shorter = get("/alice/m/resolve/main/missing.txt");
    EXPECT_EQ(header(shorter, "X-Error-Message"), "File not found: missing.txt at main");
}

TEST_F(HttpRulesTest, ABatchNamesObjectsOfPossibleSizesBySha256Only) {
    make("m");
    const auto batch = [&](const std::string& more, const std::string& size) {
        const std::string body = R"({"operation":"upload","transfers":["multipart","basic"],)" + more + R"("objects":[{"oid":")" +
                                 std::string(64, 'a') + R"(","size":)" + size + "}]}";
        return client.send(kPost, "/alice/m.git/info/lfs/objects/batch", signed_in(), body);
    };
    EXPECT_THAT(batch("", "9223372036854775807").text, HasSubstr(R"("error":{"code":422)"));
    EXPECT_THAT(batch("", "5").text, HasSubstr(R"("upload":{"href")"));
    EXPECT_EQ(batch(R"("hash_algo":"md5",)", "5").status, 422);
    EXPECT_EQ(batch(R"("hash_algo":"sha_256",)", "5").status, 200);
}

TEST_F(HttpRulesTest, WhoOffersOnlyPartsIsGivenParts) {
    make("m");
    const auto batch = [&](const std::string& transfers) {
        const std::string body = R"({"operation":"upload","transfers":[)" + transfers + R"(],"objects":[{"oid":")" +
                                 std::string(64, 'a') + R"(","size":67108865}]})";
        return client.send(kPost, "/alice/m.git/info/lfs/objects/batch", signed_in(), body).text;
    };
    EXPECT_THAT(batch(R"("multipart")"), HasSubstr(R"("transfer":"multipart")"));
    EXPECT_THAT(batch(R"("multipart")"), HasSubstr(R"("chunk_size":"67108864","00001":)"));
    EXPECT_THAT(batch(R"("multipart")"), HasSubstr(R"("00002":)"));
    EXPECT_THAT(batch(R"("basic","multipart")"), HasSubstr(R"("transfer":"basic")"));
    EXPECT_THAT(batch(R"("lfs-standalone-file")"), HasSubstr(R"("transfer":"basic")"));
}

// A browser whose page was closed picks the same file again, and sends what is missing.
TEST_F(HttpRulesTest, WhoOffersOnlyPartsHearsWhichHaveArrived) {
    make("m");
    const auto batch = [&](const std::string& transfers) {
        const std::string body = R"({"operation":"upload","transfers":[)" + transfers + R"(],"objects":[{"oid":")" +
                                 std::string(64, 'a') + R"(","size":12}]})";
        const auto json = format::parse_json(client.send(kPost, "/alice/m.git/info/lfs/objects/batch", signed_in(), body).text);
        const auto& object = format::need_array(json.value(), "objects").value()->at(0);
        return *format::find_member(*format::find_member(object, "actions"), "upload");
    };
    const auto first = batch(R"("multipart")");
    EXPECT_EQ(format::find_member(first, "arrived"), nullptr);
    std::string href(format::find_string(*format::find_member(first, "header"), "00001").value());
    href = href.substr(href.find("/lfs/"));
    ASSERT_EQ(client.send(kPut, href, {}, "twelve bytes").status, 200);
    const auto again = batch(R"("multipart")");
    ASSERT_NE(format::find_member(again, "arrived"), nullptr);
    EXPECT_THAT(format::find_string(*format::find_member(again, "arrived"), "1").value(), EndsWith("-1"));
    EXPECT_EQ(format::find_string(again, "href")->substr(0, 60), format::find_string(first, "href")->substr(0, 60));
}

TEST_F(HttpRulesTest, ALockIsTakenListedAndGivenBack) {
    make("m");
    const std::string locks = "/alice/m.git/info/lfs/locks";
    const auto taken = client.send(kPost, locks, signed_in(), R"({"path":"a.bin","ref":{"name":"refs/heads/main"}})");
    ASSERT_EQ(taken.status, 201) << taken.text;
    const auto json = format::parse_json(taken.text).value();
    const std::string id(format::find_string(*format::find_member(json, "lock"), "id").value());
    EXPECT_THAT(client.send(kPost, locks + "/verify", signed_in(), "{}").text, HasSubstr(R"("ours":[{"id":")" + id));
    const auto given = client.send(kPost, locks + "/" + id + "/unlock", signed_in(), "{}");
    EXPECT_EQ(given.status, 200) << given.text;
    EXPECT_THAT(client.send(kPost, locks + "/verify", signed_in(), "{}").text, HasSubstr(R"("ours":[])"));
}

}  // namespace
}  // namespace mirfa::api
