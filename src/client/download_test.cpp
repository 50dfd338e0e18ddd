// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <mirfa/download.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/digest.h"
#include "client/file_lock.h"
#include "client/local_dir.h"
#include "client/testing/hub_double.h"
#include "client/tree.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;
using fetch::testing::Imposter;
using fetch::testing::Reply;
using fetch::testing::Seen;
using testing::announced;
using testing::Home;
using testing::kCommit;

const RepoId kRepo{RepoType::kModel, "acme/m"};
const std::string kText(100'000, 'x');
const std::string kEtag = sha256_of(kText).hex();

std::string read(const fs::path& path) { return read_small_file(path).value(); }

/// A file server: HEAD announces, GET gives ranges.
Reply serve(const Seen& seen) {
    auto reply = announced(kText, kEtag);
    const auto range = seen.header("Range");
    if (range.empty()) return reply;
    const auto first = std::stoul(range.substr(6));
    reply.status = 206;
    reply.body = kText.substr(first);
    reply.headers.back().value = std::to_string(reply.body.size());
    reply.headers.push_back({"Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(kText.size() - 1) + "/" +
                                                  std::to_string(kText.size())});
    return reply;
}

std::size_t files_below(const fs::path& folder) {
    std::size_t count = 0;
    if (!fs::exists(folder)) return 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) count += !entry.is_directory();
    return count;
}

TEST(Download, PutsABlobALinkAndARefWhereThePythonClientLooks) {
    Home home;
    Imposter hub(serve);
    const auto settings = home.settings(hub.url());
    const auto path = download_file(*Client::open(settings), kRepo, "a/w.bin");
    ASSERT_TRUE(path) << path.failure().message;
    const RepoCache cache(settings, kRepo);
    EXPECT_EQ(*path, cache.file(kCommit, "a/w.bin"));
    EXPECT_EQ(fs::read_symlink(*path), fs::path("../../../blobs") / kEtag);
    EXPECT_EQ(read(*path), kText);
    EXPECT_EQ(read(cache.ref("main")), kCommit);
    EXPECT_TRUE(fs::exists(cache.cache() / "CACHEDIR.TAG"));
    EXPECT_EQ(files_below(cache.folder() / "blobs"), 1u);
}

TEST(Download, AskedAgainByNameItCostsOneHeadAndByCommitNothing) {
    Home home;
    Imposter hub(serve);
    const auto client = Client::open(home.settings(hub.url()));
    ASSERT_TRUE(download_file(*client, kRepo, "w"));
    ASSERT_TRUE(download_file(*client, kRepo, "w"));
    ASSERT_EQ(hub.seen().size(), 3u);
    EXPECT_EQ(hub.seen()[2].method, "HEAD");
    DownloadOptions pinned;
    pinned.revision = kCommit;
    ASSERT_TRUE(download_file(*client, kRepo, "w", pinned));
    EXPECT_EQ(hub.seen().size(), 3u);
    EXPECT_FALSE(find_cached_file(client->settings(), kRepo, "w")->known_missing);
}

TEST(Download, ABrokenBodyGoesOnWhereItStopped) {
    Home home;
    std::atomic<int> gets = 0;
    Imposter hub([&](const Seen& seen) {
        auto reply = serve(seen);
        if (seen.method == "GET" && ++gets < 3) reply.cut_after = 30'000;
        return reply;
    });
    const auto path = download_file(*Client::open(home.settings(hub.url())), kRepo, "w");
    ASSERT_TRUE(path) << path.failure().message;
    EXPECT_EQ(read(*path), kText);
    EXPECT_EQ(hub.seen().back().header("Range"), "bytes=60000-");
}

TEST(Download, WhatAnEarlierProcessLeftIsUsedAndDamageInItIsFoundOut) {
    for (const bool damaged : {false, true}) {
        Home home;
        Imposter hub(serve);
        const auto settings = home.settings(hub.url());
        const RepoCache cache(settings, kRepo);
        ASSERT_TRUE(make_folders(cache.blob(kEtag).parent_path()).has_value());
        ASSERT_TRUE(
            replace_file(cache.blob(kEtag).string() + ".mirfa-part", std::string(40'000, damaged ? 'y' : 'x')).has_value());
        const auto path = download_file(*Client::open(settings), kRepo, "w");
        ASSERT_TRUE(path) << path.failure().message;
        EXPECT_EQ(read(*path), kText);
        EXPECT_EQ(hub.seen()[1].header("Range"), "bytes=40000-");
        EXPECT_EQ(hub.seen().size(), damaged ? 3u : 2u);
    }
}

TEST(Download, ContentThatIsNotWhatItsHashSaysNeverBecomesVisible) {
    Home home;
    Imposter hub([](const Seen&) { return announced(std::string(kText.size(), 'z'), kEtag); });
    const auto settings = home.settings(hub.url());
    const auto path = download_file(*Client::open(settings), kRepo, "w");
    ASSERT_FALSE(path);
    EXPECT_EQ(path.failure().kind, Kind::kCorrupt);
    const RepoCache cache(settings, kRepo);
    EXPECT_EQ(files_below(cache.folder() / "blobs") + files_below(cache.snapshot(kCommit)), 0u);
}

TEST(Download, AnEtagThatIsNoFileNameIsRefused) {
    for (const char* etag : {"../../evil", "", ".hidden", "a/b"}) {
        Home home;
        Imposter hub([&](const Seen&) { return announced(kText, etag); });
        EXPECT_EQ(download_file(*Client::open(home.settings(hub.url())), kRepo, "w").failure().kind, Kind::kCorrupt) << etag;
    }
}

TEST(Download, AnotherHostGetsNoToken) {
    Home home;
    Imposter store(serve);
    Imposter hub([&](const Seen& seen) {
        auto reply = serve(seen);
        reply.status = 302;
        reply.body.clear();
        reply.headers = {{"X-Repo-Commit", kCommit},
                         {"X-Linked-Etag", '"' + kEtag + '"'},
                         {"X-Linked-Size", std::to_string(kText.size())},
                         {"Location", store.url("/signed")}};
        return reply;
    });
    ASSERT_TRUE(download_file(*Client::open(home.settings(hub.url()), "hf_secret"), kRepo, "w"));
    EXPECT_EQ(hub.seen().at(0).header("Authorization"), "Bearer hf_secret");
    ASSERT_EQ(store.seen().size(), 1u);
    EXPECT_EQ(store.seen()[0].header("Authorization"), "");
}

TEST(Download, AHubThatDoesNotSayLeavesTheCacheInUseAndOneThatSaysNoDoesNot) {
    struct Case {
        int status;
        std::string code;
        bool served;
    };
    const Case cases[] = {{401, "", true},
                          {401, "RepoNotFound", true},
                          {403, "GatedRepo", true},
                          {404, "RepoNotFound", true},
                          {404, "", true},
                          {408, "", true},
                          {429, "", true},
                          {500, "", true},
                          {503, "", true},
                          {404, "RevisionNotFound", false},
                          {404, "EntryNotFound", false}};
    for (const auto& c : cases) {
        Home home;
        std::atomic<bool> failing = false;
        Imposter hub([&](const Seen& seen) { return failing ? Reply{c.status, {{"X-Error-Code", c.code}}, ""} : serve(seen); });
        const auto client = Client::open(home.settings(hub.url()));
        ASSERT_TRUE(download_file(*client, kRepo, "w"));
        failing = true;
        EXPECT_EQ(download_file(*client, kRepo, "w").ok(), c.served) << c.status << c.code;
    }
}

TEST(Download, AFileThatARevisionDoesNotHaveIsRemembered) {
    Home home;
    Imposter hub([](const Seen&) { return Reply{404, {{"X-Error-Code", "EntryNotFound"}, {"X-Repo-Commit", kCommit}}, ""}; });
    const auto settings = home.settings(hub.url());
    EXPECT_EQ(download_file(*Client::open(settings), kRepo, "d/none").failure().kind, Kind::kNotFound);
    EXPECT_TRUE(find_cached_file(settings, kRepo, "d/none")->known_missing);
    EXPECT_EQ(read(RepoCache(settings, kRepo).ref("main")), kCommit);
}

TEST(Download, OfflineNothingIsAskedAndWhatIsMissingIsSaidToBe) {
    Home home;
    Imposter hub(serve);
    auto settings = home.settings(hub.url());
    ASSERT_TRUE(download_file(*Client::open(settings), kRepo, "w"));
    const auto asked = hub.seen().size();
    settings.offline = true;
    const auto offline = Client::open(settings);
    EXPECT_TRUE(download_file(*offline, kRepo, "w"));
    EXPECT_EQ(download_file(*offline, kRepo, "other").failure().kind, Kind::kOffline);
    EXPECT_EQ(hub.seen().size(), asked);
}

TEST(Download, PathsAndRevisionsThatLeaveTheirFolderAreRefused) {
    Home home;
    Imposter hub(serve);
    const auto client = Client::open(home.settings(hub.url()));
    for (const char* path : {"", "../x", "/x", "a/../b", "a/C:x", "C:x", "a\\..\\b", "a//b", "./a"})
        EXPECT_EQ(download_file(*client, kRepo, path).failure().kind, Kind::kInvalidArgument) << path;
    DownloadOptions options;
    for (const char* revision : {"", "../x", "/x", "a/./b"}) {
        options.revision = revision;
        EXPECT_EQ(download_file(*client, kRepo, "w", options).failure().kind, Kind::kInvalidArgument) << revision;
    }
    EXPECT_TRUE(hub.seen().empty());
}

TEST(Snapshot, AHubWhoseListLeavesItsFolderIsRefused) {
    Home home;
    Imposter hub([](const Seen& seen) {
        if (seen.target.find("/revision/") != seen.target.npos) return Reply{200, {}, R"({"sha":")" + kCommit + "\"}"};
        return Reply{
            200, {}, R"([{"type":"file","path":"../../evil","oid":"0123456789012345678901234567890123456789","size":1}])"};
    });
    const auto done = download_snapshot(*Client::open(home.settings(hub.url())), kRepo);
    ASSERT_FALSE(done);
    EXPECT_EQ(files_below(home.folder.path() / "evil"), 0u);
    EXPECT_EQ(hub.seen().size(), 2u);
}

TEST(Snapshot, PagesOfAListAtAnotherHostAreNotFollowed) {
    Home home;
    Imposter other([](const Seen&) { return Reply{200, {}, "[]"}; });
    Imposter hub([&](const Seen& seen) {
        if (seen.target.find("/revision/") != seen.target.npos) return Reply{200, {}, R"({"sha":")" + kCommit + "\"}"};
        return Reply{200, {{"Link", "<" + other.url("/next") + ">; rel=\"next\""}}, "[]"};
    });
    EXPECT_FALSE(download_snapshot(*Client::open(home.settings(hub.url()), "hf_secret"), kRepo));
    EXPECT_TRUE(other.seen().empty());
}

TEST(TreeCache, RoundTripsAndRefusesOtherVersionsAndBrokenHashes) {
    const Tree tree{{"a/b.txt", 3, std::string(40, 'a'), "", ""},
                    {"ع.bin", 7, std::string(40, 'b'), std::string(64, 'c'), std::string(64, 'd')}};
    EXPECT_EQ(parse_tree(write_tree(tree)), tree);
    EXPECT_FALSE(parse_tree(R"({"format_version":2,"files":{}})"));
    EXPECT_FALSE(parse_tree(R"({"format_version":1,"files":{"a":{"size":1,"blob_id":"x","xet_hash":"short"}}})"));
    EXPECT_FALSE(parse_tree(R"({"format_version":1,"files":{"../a":{"size":1,"blob_id":"x"}}})"));
    EXPECT_FALSE(parse_tree("{"));
}

TEST(LocalNote, RoundTripsAndRefusesOtherText) {
    const LocalNote note{kCommit, kEtag, 1795492943.5};
    const auto read_back = parse_local_note(write_local_note(note));
    ASSERT_TRUE(read_back);
    EXPECT_EQ(read_back->etag, kEtag);
    EXPECT_DOUBLE_EQ(read_back->time, note.time);
    for (const char* text : {"", "a\nb\nc\n", "0123456789abcdef0123456789abcdef01234567\n\n1\n"})
        EXPECT_FALSE(parse_local_note(text)) << text;
}

TEST(CacheFolder, NamesGoBothWays) {
    for (const auto& repo :
         {RepoId{RepoType::kModel, "gpt2"}, RepoId{RepoType::kDataset, "a/b-c"}, RepoId{RepoType::kKernel, "x.y/z"}})
        EXPECT_EQ(repo_of_cache_folder(cache_folder_name(repo)), repo);
    EXPECT_EQ(cache_folder_name({RepoType::kDataset, "a/b"}), "datasets--a--b");
    for (const char* other : {"blobs", "model--a--b", "models-a", "models--", "datasets--a--b--c"})
        EXPECT_FALSE(repo_of_cache_folder(other)) << other;
}

TEST(FileLock, ASecondHolderWaitsAndALockOnARemovedFileIsTakenAnew) {
    const auto folder = TemporaryFolder::create().value();
    const auto path = folder.path() / "x.lock";
    auto first = FileLock::acquire(path).value();
    ASSERT_TRUE(first.held());
    EXPECT_EQ(FileLock::acquire(path, std::chrono::milliseconds(1)).error().code, Code::kTimedOut);
    std::atomic<bool> held = false;
    std::thread waiter([&] { held = FileLock::acquire(path).value().held(); });
    fs::remove(path);  // as some releases of the Python client's lock library do
    waiter.join();     // it found another inode and locked that
    EXPECT_TRUE(held);
    EXPECT_TRUE(fs::exists(path));
}

TEST(FileLock, WhereNoLockIsToBeHadWorkGoesOnWithout) { EXPECT_FALSE(FileLock::acquire("/proc/none/x.lock").value().held()); }

}  // namespace
}  // namespace mirfa::client
