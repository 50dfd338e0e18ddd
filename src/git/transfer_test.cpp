// SPDX-License-Identifier: Apache-2.0
// The cache, upload-pack and receive-pack against the real git program, with HTTP left out: the test carries the
// requests.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "format/pkt_line.h"
#include "git/commit.h"
#include "git/receive_pack.h"
#include "git/tree.h"
#include "git/testing/git_program.h"
#include "git/upload_pack.h"

namespace mirfa::git {
namespace {

using testing::GitProgram;
using testing::MemoryFeed;
using testing::MemoryObjects;
namespace fs = std::filesystem;

Bytes bytes_of(std::string_view text) {
    const auto bytes = as_bytes(text);
    return Bytes(bytes.begin(), bytes.end());
}

std::string drain(SegmentSource& source) {
    std::string text;
    for (;;) {
        auto piece = source.next().value();
        if (!std::holds_alternative<Bytes>(piece)) return text;
        text += as_text(std::get<Bytes>(piece));
    }
}

class Transfer : public ::testing::Test {
protected:
    Transfer() {
        for (int i = 0; i < 5; ++i) {
            git.write("file" + std::to_string(i), std::string(1'000, static_cast<char>('a' + i)));
            git.write("changing", "version " + std::to_string(i));
            git.commit("commit " + std::to_string(i));
        }
        git.run({"tag", "-a", "v1", "-m", "one"});
        sync();
    }
    /// What the git program has becomes what the feed gives.
    void sync() {
        MemoryObjects objects;
        git.copy_to(objects);
        feed.add(objects);
        feed.set_ref("refs/heads/main", git.id("main"));
        feed.set_ref("refs/tags/v1", git.id("v1"), git.id("v1^{commit}"));
    }
    CachedRepository prepare() { return cache.prepare(7, feed).value(); }
    fs::path place() const { return folder.path() / "07" / "7.git"; }

    GitProgram git;
    MemoryFeed feed;
    TemporaryFolder folder = TemporaryFolder::create().value();
    NodeCache cache{folder.path(), 1u << 30};
};

TEST_F(Transfer, TheCacheHoldsWhatTheFeedGives) {
    const auto cached = prepare();
    GitProgram clone;
    const auto remote = cached.path().string();
    EXPECT_EQ(clone.run({"ls-remote", remote}), git.run({"ls-remote", git.folder().string()}));
    clone.run({"fetch", "-q", remote, "refs/*:refs/copies/*"});
    const auto [status, output] = clone.try_run({"fsck", "--strict"});
    EXPECT_EQ(status, 0) << output;
}

TEST_F(Transfer, OnlyNewObjectsAreFed) {
    prepare();
    const auto first = feed.fed;
    prepare();
    EXPECT_EQ(feed.fed, first);
    git.write("more", "x");
    git.commit("more");
    sync();
    prepare();
    EXPECT_EQ(feed.fed, first + 3);
    EXPECT_EQ(git.run({"ls-remote", place().string(), "main"}).substr(0, 40), git.id("main").hex());
}

TEST_F(Transfer, AnOlderSnapshotDoesNotUndoALaterOne) {
    MemoryFeed older = feed;
    git.commit("later");
    sync();
    prepare();
    EXPECT_TRUE(cache.prepare(7, older).has_value());
    EXPECT_EQ(git.run({"ls-remote", place().string(), "main"}).substr(0, 40), git.id("main").hex());
    NodeCache restarted(folder.path(), 1u << 30);  // a catalog restored from a backup
    EXPECT_TRUE(restarted.prepare(7, older).has_value());
    EXPECT_NE(git.run({"ls-remote", place().string(), "main"}).substr(0, 40), git.id("main").hex());
}

TEST_F(Transfer, DeletedAndDamagedCachesAreMadeAnew) {
    const std::vector<std::function<void()>> damages = {
        [&] { fs::remove_all(folder.path()); },
        [&] { fs::remove_all(place() / "objects"); },
        [&] { fs::remove(place() / "packed-refs"); },
        [&] { fs::resize_file(place() / "packed-refs", 10); },
        [&] { fs::remove(place() / "mirfa-state"); },
        [&] { fs::resize_file(place() / "mirfa-state", 0); },
        [&] {
            for (const auto& file : fs::directory_iterator(place() / "objects/pack"))
                if (file.path().extension() == ".idx") fs::remove(file.path());
        },
        [&] { prepare().distrust(); }};
    for (const auto& damage : damages) {
        prepare();
        damage();
        GitProgram clone(true);
        clone.run({"fetch", "-q", prepare().path().string(), "main"});
        EXPECT_EQ(clone.id("FETCH_HEAD"), git.id("main"));
    }
}

TEST_F(Transfer, ManyPacksBecomeOneAndNothingUnreachableIsLost) {
    git.write("side", "only on a branch that goes");
    const auto side = git.commit("side");
    sync();
    prepare();
    git.run({"reset", "-q", "--hard", "HEAD~1"});
    for (int i = 0; i < 45; ++i) {
        git.write("n" + std::to_string(i), std::to_string(i));
        git.commit("n");
        sync();
        prepare();
    }
    std::size_t packs = 0;
    for (const auto& file : fs::directory_iterator(place() / "objects/pack")) packs += file.path().extension() == ".pack" ? 1 : 0;
    EXPECT_LE(packs, 20u);
    feed.set_ref("refs/heads/back", side);
    GitProgram clone(true);
    clone.run({"fetch", "-q", prepare().path().string(), "refs/*:refs/*"});
    EXPECT_EQ(clone.id("refs/heads/back"), side);
}

TEST_F(Transfer, WhatGrowsMuchBehindASmallBeginningIsPackedWithDeltasAndBitmaps) {
    prepare();
    std::string text(2'000, 'x');
    for (int i = 0; i < 300; ++i) {
        git.write("folder/n" + std::to_string(i), text + std::to_string(i));
        text += std::to_string(i);
    }
    git.commit("many");
    for (int i = 0; i < 100; ++i) {
        git.write("folder/n" + std::to_string(i), text + std::to_string(i));
        git.commit("one more");
    }
    sync();
    prepare();
    std::size_t packs = 0, bitmaps = 0;
    for (const auto& file : fs::directory_iterator(place() / "objects/pack")) {
        packs += file.path().extension() == ".pack" ? 1 : 0;
        bitmaps += file.path().extension() == ".bitmap" ? 1 : 0;
    }
    EXPECT_EQ(packs, 1u);
    EXPECT_EQ(bitmaps, 1u);
}

TEST_F(Transfer, TheLeastUsedRepositoriesGoButNeverOneInUse) {
    NodeCache small(folder.path(), 1);
    auto held = std::make_unique<CachedRepository>(small.prepare(1, feed).value());
    EXPECT_TRUE(small.prepare(2, feed).has_value());
    EXPECT_TRUE(small.prepare(3, feed).has_value());
    EXPECT_TRUE(fs::exists(held->path() / "packed-refs"));
    EXPECT_FALSE(fs::exists(folder.path() / "02/2.git/packed-refs"));
    held.reset();
    NodeCache restarted(folder.path(), 1);  // knows of what is there
    EXPECT_TRUE(restarted.prepare(4, feed).has_value());
    EXPECT_FALSE(fs::exists(folder.path() / "01/1.git/packed-refs"));
}

TEST_F(Transfer, ManyThreadsPrepareOneRepositoryTogether) {
    std::vector<std::thread> threads;
    std::atomic<int> failed = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, mine = feed]() mutable {
            for (int i = 0; i < 5; ++i)
                if (!cache.prepare(i % 2 + 20, mine).has_value()) ++failed;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failed, 0);
}

TEST_F(Transfer, AFetchIsAdvertisedAsGitsHttpBackendDoes) {
    const auto cached = prepare();
    const auto v0 = advertise_upload_pack(cached, "").value();
    EXPECT_TRUE(v0.starts_with("001e# service=git-upload-pack\n0000"));
    EXPECT_NE(v0.find("symref=HEAD:refs/heads/main"), std::string::npos);
    EXPECT_NE(v0.find("filter"), std::string::npos);
    EXPECT_NE(v0.find(git.id("v1^{}").hex() + " refs/tags/v1^{}"), std::string::npos);
    EXPECT_TRUE(advertise_upload_pack(cached, "version=2").value().starts_with("000eversion 2\n"));
    EXPECT_EQ(advertise_upload_pack(cached, "version=2\nX=1").value(), v0);  // an odd header is ignored
}

TEST_F(Transfer, ARoundOfAFetchGivesAPack) {
    const auto main = git.id("main").hex();
    std::string request;
    format::append_pkt_line(request, "want " + main + " ofs-delta side-band-64k\n");
    format::append_pkt_flush(request);
    format::append_pkt_line(request, "done\n");
    auto answer = serve_upload_pack(prepare(), "", bytes_of(request)).value();
    const auto text = drain(*answer);
    EXPECT_TRUE(text.starts_with("0008NAK\n"));
    EXPECT_NE(text.find("PACK"), std::string::npos);
}

TEST_F(Transfer, AFetchOfWhatIsNotThereEndsWithWords) {
    std::string request;
    format::append_pkt_line(request, "want " + std::string(40, '1') + "\n");
    format::append_pkt_flush(request);
    format::append_pkt_line(request, "done\n");
    auto answer = serve_upload_pack(prepare(), "", bytes_of(request)).value();
    EXPECT_NE(drain(*answer).find("not our ref"), std::string::npos);
}

// ---- receiving ----

/// A pack of everything from `revisions`, thin when it leaves something out.
std::string pack_of(GitProgram& git, const std::string& revisions) {
    return git.run({"pack-objects", "--revs", "--thin", "--stdout", "-q"}, revisions) + "\n";
}

std::string exact_pack(GitProgram& git, const std::string& revisions) {
    auto pack = pack_of(git, revisions);
    pack.pop_back();  // run() drops one newline, which may have been the pack's own last octet
    if (git.try_run({"index-pack", "--stdin", "--fix-thin"}, pack).first != 0) pack += "\n";
    return pack;
}

TEST_F(Transfer, AThinPackIsReceivedAndItsObjectsVisited) {
    const auto cached = prepare();
    const auto before = git.id("main");
    git.write("changing", "version 4 and more");
    git.write("new\nname", "x");
    const auto after = git.commit("pushed");
    const auto pack = exact_pack(git, after.hex() + "\n^" + before.hex() + "\n");
    auto receiver = PackReceiver::begin(cached, 1u << 20).value();
    for (std::size_t at = 0; at < pack.size(); at += 100)
        ASSERT_TRUE(receiver->write(as_bytes(std::string_view(pack).substr(at, 100))).has_value());
    const auto finished = receiver->finish({after}, {before});
    ASSERT_TRUE(finished.has_value()) << describe(finished.error());
    MemoryObjects seen;
    EXPECT_TRUE(receiver
                    ->each_object([&](const ObjectId& id, ObjectType type, ByteView data) -> Result<void> {
                        EXPECT_EQ(hash_object(type, data).value(), id);
                        return seen.put(id, type, data);
                    })
                    .has_value());
    EXPECT_TRUE(seen.objects.contains(after));
    EXPECT_TRUE(seen.objects.contains(git.id("HEAD:changing")));
    std::size_t heads = 0;
    EXPECT_TRUE(receiver
                    ->each_head([&](const ObjectId& id, ObjectType type, std::uint64_t size) -> Result<void> {
                        ++heads;
                        EXPECT_EQ(seen.objects.at(id).type, type);
                        EXPECT_EQ(seen.objects.at(id).data.size(), size);
                        return ok();
                    })
                    .has_value());
    EXPECT_EQ(heads, seen.objects.size());
    const auto stopped = receiver->each_object([](auto&, auto, auto) -> Result<void> { return Error{Code::kTooLarge, "stop"}; });
    EXPECT_EQ(stopped.error().code, Code::kTooLarge);
}

/// Pushes a pack and gives the error, or "" when it is taken.
std::string refusal(const CachedRepository& cached, std::string_view pack, const std::vector<ObjectId>& tips,
                    const std::vector<ObjectId>& known, std::uint64_t limit = 1u << 20) {
    auto receiver = PackReceiver::begin(cached, limit).value();
    EXPECT_TRUE(receiver->write(as_bytes(pack)).has_value());
    const auto finished = receiver->finish(tips, known);
    if (finished.has_value()) return "";
    EXPECT_EQ(finished.error().code, Code::kInvalidArgument);
    EXPECT_EQ(finished.error().reason, Reason::kUnprocessable);
    EXPECT_EQ(finished.error().message.find("/tmp"), std::string::npos) << finished.error().message;
    return finished.error().message;
}

TEST_F(Transfer, DamagedAndIncompletePacksAreRefused) {
    const auto cached = prepare();
    const auto known = git.id("main");
    git.write("x", "y");
    const auto after = git.commit("pushed");
    const auto pack = exact_pack(git, after.hex() + "\n^" + known.hex() + "\n");
    EXPECT_EQ(refusal(cached, pack, {after}, {known}), "");
    EXPECT_EQ(refusal(cached, pack, {after}, {known, ObjectId::parse(std::string(40, '1')).value()}),
              "");  // a tip the cache has not seen yet
    EXPECT_NE(refusal(cached, pack, {ObjectId::parse(std::string(40, '1')).value()}, {known}), "");
    EXPECT_NE(refusal(cached, pack.substr(0, pack.size() - 30), {after}, {known}), "");
    EXPECT_NE(refusal(cached, pack.substr(0, 5), {after}, {known}), "");
    EXPECT_NE(refusal(cached, "", {after}, {known}), "");
    EXPECT_NE(refusal(cached, "junk" + pack, {after}, {known}), "");
    EXPECT_NE(refusal(cached, pack, {after}, {known}, 40), "");
    auto flipped = pack;
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
    EXPECT_NE(refusal(cached, flipped, {after}, {known}), "");
}

TEST_F(Transfer, ADeltaWhoseBaseIsNowhereIsRefusedInGitsWords) {
    const auto cached = prepare();
    const auto known = git.id("main");
    std::string text;
    for (int line = 0; line < 500; ++line) text += "line " + std::to_string(line * line) + "\n";
    git.write("long", text);
    const auto never_pushed = git.commit("the base");
    git.write("long", text + "one more\n");
    const auto after = git.commit("the delta");
    const auto pack = exact_pack(git, after.hex() + "\n^" + never_pushed.hex() + "\n");
    EXPECT_NE(refusal(cached, pack, {after}, {known}).find("unresolved delta"), std::string::npos);
}

TEST_F(Transfer, APackWhoseHistoryIsNotWholeIsRefused) {
    const auto cached = prepare();
    const auto missing = ObjectId::parse(std::string(40, '5')).value();
    MemoryObjects pushed;
    const auto empty = put_object(pushed, ObjectType::kTree, {}).value();
    const auto blob = put_object(pushed, ObjectType::kBlob, as_bytes("x")).value();
    const auto tree = put_object(pushed, ObjectType::kTree, write_tree({{kModeFile, "gone", missing}})).value();
    const auto good_tree =
        put_object(pushed, ObjectType::kTree, write_tree({{kModeFile, "x", blob}, {kModeSubmodule, "sub", missing}})).value();
    const Identity who{"A", "a@x", 1, 0};
    const auto commit = [&](const ObjectId& of, std::vector<ObjectId> parents) {
        return write_commit({of, std::move(parents), who, who, "m"});
    };
    struct Case {
        std::string commit;
        bool good;
    };
    pushed.objects.erase(tree);
    for (const auto& one : {Case{commit(good_tree, {git.id("main")}), true}, Case{commit(empty, {missing}), false},
                            Case{commit(missing, {}), false}}) {
        auto objects = pushed;
        const auto tip = put_object(objects, ObjectType::kCommit, as_bytes(one.commit)).value();
        EXPECT_EQ(refusal(cached, testing::pack_of(objects), {tip}, {git.id("main")}).empty(), one.good) << one.commit;
    }
    auto objects = pushed;
    EXPECT_TRUE(put_object(objects, ObjectType::kTree, write_tree({{kModeFile, "gone", missing}})).has_value());
    const auto tip = put_object(objects, ObjectType::kCommit, as_bytes(commit(tree, {}))).value();
    EXPECT_NE(refusal(cached, testing::pack_of(objects), {tip}, {git.id("main")}), "");
}

TEST_F(Transfer, TreesThatWouldHarmACheckoutAreRefused) {
    const auto cached = prepare();
    const Identity who{"A", "a@x", 1, 0};
    for (const char* name : {".git", ".GIT", "..", "git~1", ".git "}) {
        MemoryObjects objects;
        const auto blob = put_object(objects, ObjectType::kBlob, as_bytes("x")).value();
        const auto tree = put_object(objects, ObjectType::kTree, write_tree({{kModeFile, name, blob}})).value();
        const auto tip = put_object(objects, ObjectType::kCommit, as_bytes(write_commit({tree, {}, who, who, "m"}))).value();
        EXPECT_NE(refusal(cached, testing::pack_of(objects), {tip}, {}), "") << name;
    }
}

TEST_F(Transfer, AnEmptyPackForARefToKnownHistoryIsTaken) {
    EXPECT_EQ(refusal(prepare(), testing::pack_of(MemoryObjects{}), {git.id("main~2")}, {git.id("main")}), "");
}

TEST_F(Transfer, TheQuarantineLeavesNothingBehind) {
    const auto cached = prepare();
    const auto count = [&] { return std::distance(fs::directory_iterator(folder.path() / "07"), fs::directory_iterator()); };
    const auto before = count();
    EXPECT_NE(refusal(cached, "junk", {git.id("main")}, {}), "");
    { auto dropped = PackReceiver::begin(cached, 100).value(); }
    EXPECT_EQ(count(), before);
}

// ---- the list of commands ----

const std::string kA(40, 'a'), kB(40, 'b'), kZero(40, '0');

std::string head_of(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) format::append_pkt_line(text, line);
    format::append_pkt_flush(text);
    return text;
}

Result<PushHead> parse_in_pieces(const std::string& text, std::size_t piece, std::size_t& used) {
    PushHeadParser parser;
    used = 0;
    for (std::size_t at = 0; at < text.size() && !parser.done(); at += piece) {
        TRY(const auto taken, parser.feed(as_bytes(std::string_view(text).substr(at, piece))));
        used += taken;
    }
    EXPECT_TRUE(parser.done());
    return parser.take();
}

TEST(PushHead, IsReadFromPiecesOfAnySizeAndLeavesThePack) {
    const auto head = head_of(
        {kA + " " + kB + " refs/heads/main" + std::string(1, '\0') + " report-status side-band-64k atomic agent=git/2.39\n",
         kZero + " " + kB + " refs/tags/v1", kA + " " + kZero + " refs/heads/old\n"});
    const auto text = head + "PACK and more";
    for (std::size_t piece = 1; piece <= text.size(); ++piece) {
        std::size_t used = 0;
        const auto read = parse_in_pieces(text, piece, used).value();
        EXPECT_EQ(used, head.size());
        ASSERT_EQ(read.commands.size(), 3u);
        EXPECT_EQ(read.commands[0].ref, "refs/heads/main");
        EXPECT_EQ(read.commands[0].before.hex(), kA);
        EXPECT_TRUE(read.commands[2].after.is_zero());
        EXPECT_TRUE(read.report_status && read.side_band && read.atomic && read.has_pack());
    }
}

TEST(PushHead, ReadsOverWhereAShallowCloneEnds) {
    std::size_t used = 0;
    const auto text = head_of(
        {"shallow " + kB + "\n", "shallow " + kA, kA + " " + kB + " refs/heads/x" + std::string(1, '\0') + "report-status"});
    const auto head = parse_in_pieces(text, 7, used).value();
    EXPECT_EQ(head.commands.size(), 1u);
    EXPECT_TRUE(head.report_status);
}

TEST(PushHead, RefusesWhatItDoesNotUnderstand) {
    const auto line = kA + " " + kB + " refs/heads/x";
    const std::vector<std::pair<std::string, Code>> cases = {
        {"zzzz", Code::kInvalidArgument},
        {"0003", Code::kInvalidArgument},
        {head_of({"short"}), Code::kInvalidArgument},
        {head_of({kA + "-" + kB + " refs/heads/x"}), Code::kInvalidArgument},
        {head_of({std::string(40, 'g') + " " + kB + " refs/heads/x"}), Code::kInvalidArgument},
        {head_of({kA + " " + kB + " "}), Code::kInvalidArgument},
        {head_of({line, line}), Code::kInvalidArgument},
        {head_of({line, kA + " " + kB + " refs/heads/y" + std::string(1, '\0') + "x"}), Code::kInvalidArgument},
        {head_of({"shallow x", line}), Code::kInvalidArgument},
        {head_of({line, "shallow " + kA}), Code::kInvalidArgument},
        {head_of({line + std::string(1, '\0') + "push-options"}), Code::kUnsupported},
        {head_of({line + std::string(1, '\0') + "object-format=sha256"}), Code::kUnsupported},
        {"0001", Code::kInvalidArgument}};
    for (const auto& [text, code] : cases) {
        PushHeadParser parser;
        const auto fed = parser.feed(as_bytes(text));
        ASSERT_FALSE(fed.has_value()) << text;
        EXPECT_EQ(fed.error().code, code) << text;
    }
}

TEST(PushHead, TakesTenThousandCommandsAndNoMore) {
    std::vector<std::string> lines;
    for (int i = 0; i < 10'000; ++i) lines.push_back(kA + " " + kB + " refs/heads/" + std::to_string(i));
    std::size_t used = 0;
    EXPECT_EQ(parse_in_pieces(head_of(lines), 65'536, used).value().commands.size(), 10'000u);
    lines.push_back(kA + " " + kB + " refs/heads/more");
    PushHeadParser parser;
    EXPECT_EQ(parser.feed(as_bytes(head_of(lines))).error().code, Code::kTooLarge);
}

TEST(PushReport, IsWrittenInTheClientsWay) {
    PushHead head;
    const std::vector<PushResult> results = {{"refs/heads/a", ""}, {"refs/heads/b", "no"}};
    EXPECT_EQ(write_push_report(head, "", results, "note"), "");
    head.report_status = true;
    const std::string plain = "000eunpack ok\n0014ok refs/heads/a\n0017ng refs/heads/b no\n0000";
    EXPECT_EQ(write_push_report(head, "", results, "note"), plain);
    head.side_band = true;
    char length[8];
    std::snprintf(length, sizeof length, "%04zx", plain.size() + 5);
    EXPECT_EQ(write_push_report(head, "", results, "note"), "0009\2note" + (length + ("\1" + plain)) + "0000");
    EXPECT_TRUE(write_push_report({.report_status = true}, "bad pack", {}, "").starts_with("0014unpack bad pack\n"));
}

TEST(PushAdvertisement, NamesRefsOrStandsForAnEmptyRepository) {
    const auto empty = advertise_receive_pack({});
    EXPECT_NE(empty.find(kZero + " capabilities^{}" + std::string(1, '\0') + "report-status "), std::string::npos);
    const auto full = advertise_receive_pack(
        {{"refs/heads/main", ObjectId::parse(kA).value(), {}}, {"refs/heads/x", ObjectId::parse(kB).value(), {}}});
    EXPECT_TRUE(full.starts_with("001f# service=git-receive-pack\n0000"));
    EXPECT_NE(full.find(kA + " refs/heads/main" + std::string(1, '\0')), std::string::npos);
    EXPECT_TRUE(full.ends_with(kB + " refs/heads/x\n0000"));
    EXPECT_NE(full.find(" atomic "), std::string::npos);
}

// `mirfa admin` ended with an exception when the server evicted a repository that it was measuring.
TEST(NodeCacheFolder, MayLoseRepositoriesWhileItIsMeasured) {
    const auto folder = TemporaryFolder::create().value();
    const auto repository = folder.path() / "ab/7.git";
    std::atomic<bool> done = false;
    std::thread server([&] {
        std::error_code ignored;
        while (!done) {
            for (int i = 0; i < 20; ++i) std::filesystem::create_directories(repository / std::to_string(i) / "x", ignored);
            std::filesystem::remove_all(repository, ignored);
        }
    });
    for (int i = 0; i < 500; ++i) EXPECT_NO_THROW(NodeCache(folder.path(), 1u << 30));
    done = true;
    server.join();
}

}  // namespace
}  // namespace mirfa::git
