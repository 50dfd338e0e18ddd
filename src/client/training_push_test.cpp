// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mirfa/training_push.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/random.h"
#include "client/push_schedule.h"
#include "client/snapshot.h"
#include "client/testing/hub_double.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "format/ndjson_commit.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;
using fetch::testing::Imposter;
using fetch::testing::Reply;
using fetch::testing::Seen;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Home;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

using Files = std::map<std::string, std::string>;

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::trunc) << text;
}

/// A hub that keeps one branch of small files in memory, and can be away, closed or hard to please.
class SmallHub final : format::CommitSink {
public:
    SmallHub() : server_([this](const Seen& seen) { return answer(seen); }) {}

    std::string url() const { return server_.url(); }
    Files files() const { return locked(files_); }
    std::vector<std::string> messages() const { return locked(messages_); }
    std::atomic<int> refuse_with = 0;          ///< a status for every commit
    std::atomic<bool> refuse_card = false;     ///< commits with a README.md
    std::function<void()> before_commit = {};  ///< runs while a commit waits for its answer

private:
    template <class T>
    T locked(const T& value) const {
        const std::lock_guard guard(mutex_);
        return value;
    }

    Reply answer(const Seen& seen) {
        if (seen.target.find("/commit/") != std::string::npos) return commit(seen);
        const std::lock_guard guard(mutex_);
        if (seen.target.find("/preupload/") != std::string::npos) return advice(seen);
        if (seen.target.find("/tree/") != std::string::npos) return tree();
        if (seen.target.starts_with("/api/repos/create")) return {200, {}, R"({"url":"u"})"};
        return {200, {}, R"({"sha":")" + testing::kCommit + R"("})"};
    }

    Reply advice(const Seen& seen) {
        format::JsonWriter json;
        json.object().array("files");
        const auto asked = format::parse_json(seen.body).value();
        for (const auto& file : *format::find_array(asked, "files")) {
            const std::string path(*format::find_string(file, "path"));
            json.object().field("path", path).field("uploadMode", "regular").field("shouldIgnore", false);
            if (const auto there = files_.find(path); there != files_.end()) json.field("oid", blob_id(there->second));
            json.end();
        }
        return {200, {}, std::move(json).take()};
    }

    std::string blob_id(const std::string& text) const {
        write(scratch_.path() / "x", text);
        return git_blob_id(collect_files(scratch_.path() / "x", "x", {}).value().at(0)).value();
    }

    Reply tree() const {
        format::JsonWriter json;
        json.array();
        for (const auto& [path, text] : files_)
            json.object().field("type", "file").field("path", path).field("oid", blob_id(text)).field("size", text.size()).end();
        return {200, {}, std::move(json).take()};
    }

    Reply commit(const Seen& seen) {
        if (before_commit) before_commit();
        if (refuse_with != 0) return {refuse_with, {}, R"({"error":"no"})"};
        const std::lock_guard guard(mutex_);
        next_ = files_;
        format::CommitParser parser(*this);
        EXPECT_TRUE(parser.feed(as_bytes(seen.body)).has_value());
        EXPECT_TRUE(parser.finish().has_value());
        if (refuse_card && next_.contains("README.md")) return {400, {}, R"({"error":"Invalid metadata in README.md."})"};
        files_ = next_;
        messages_.push_back(message_);
        return {200, {}, R"({"commitOid":")" + testing::kCommit + R"(","commitUrl":"u"})"};
    }

    Result<void> header(format::CommitHeader h) override { return message_ = h.summary, ok(); }
    Result<void> begin_content() override { return text_.clear(), ok(); }
    Result<void> content(ByteView bytes) override { return text_ += as_text(bytes), ok(); }
    Result<void> file(format::CommitFile f) override { return next_[f.path] = text_, ok(); }
    Result<void> lfs_file(format::CommitLfsFile) override { return ok(); }
    Result<void> deleted_file(std::string path) override { return next_.erase(path), ok(); }
    Result<void> deleted_folder(std::string) override { return ok(); }
    Result<void> copy_file(format::CommitCopy) override { return ok(); }

    TemporaryFolder scratch_ = TemporaryFolder::create().value();
    mutable std::mutex mutex_;
    Files files_, next_;                 // guarded by mutex_
    std::vector<std::string> messages_;  // guarded by mutex_
    std::string message_, text_;         // guarded by mutex_
    Imposter server_;
};

/// A door that a test opens: what waits at it goes on, and a test can wait until somebody stands there.
class Gate {
public:
    void pass() {
        std::unique_lock guard(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(guard, [&] { return open_; });
    }
    void await_somebody() {
        std::unique_lock guard(mutex_);
        changed_.wait(guard, [&] { return waiting_ > 0; });
    }
    void open() {
        const std::lock_guard guard(mutex_);
        open_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    int waiting_ = 0;
    bool open_ = false;
};

class TrainingPushTest : public ::testing::Test {
protected:
    SmallHub hub;
    Home home;
    const fs::path run = home.folder.path() / "run";
    std::mutex mutex;
    std::condition_variable told;
    std::vector<PushEvent> events;  // guarded by mutex

    TrainingPushOptions options(CheckpointLayout layout = CheckpointLayout::kModel) {
        TrainingPushOptions o;
        o.state_folder = run / ".push";
        o.layout = layout;
        o.first_pause = 5ms;
        o.longest_pause = 20ms;
        o.on_event = [this](const PushEvent& event) {
            const std::lock_guard guard(mutex);
            events.push_back(event);
            told.notify_all();
        };
        return o;
    }
    TrainingPush start(TrainingPushOptions o) {
        const auto client = Client::open(home.settings(hub.url()), "hf_x");
        return std::move(*TrainingPush::start(*client, {RepoType::kModel, "acme/m"}, std::move(o)));
    }
    /// Its first checkpoint is at the hub, which commits it when the gate opens.
    TrainingPush start_held(Gate& gate, TrainingPushOptions o) {
        hub.before_commit = [&gate] { gate.pass(); };
        auto push = start(std::move(o));
        announce(push, 1);
        gate.await_somebody();
        return push;
    }
    fs::path checkpoint(std::uint64_t step) {
        const auto folder = run / ("checkpoint-" + std::to_string(step));
        write(folder / "model.bin", "weights of " + std::to_string(step));
        write(folder / "optimizer.bin", "moments of " + std::to_string(step));
        return folder;
    }
    bool announce(TrainingPush& push, std::uint64_t step) {
        const auto taken = push.announce({step, checkpoint(step), "", ""});
        EXPECT_TRUE(taken.ok()) << (taken ? "" : taken.failure().message);
        return taken.ok() && *taken;
    }
    void await(PushEvent::Kind kind) {
        std::unique_lock guard(mutex);
        told.wait(guard, [&] { return std::ranges::any_of(events, [&](const auto& e) { return e.kind == kind; }); });
    }
    std::vector<std::uint64_t> steps(PushEvent::Kind kind) {
        const std::lock_guard guard(mutex);
        std::vector<std::uint64_t> found;
        for (const auto& event : events)
            if (event.kind == kind) found.push_back(event.step);
        return found;
    }
    /// Snapshots in the state folder, and those of them that are on the medium.
    std::size_t kept() const { return count("plan.json"); }
    std::size_t on_disk() const { return count("on-disk"); }
    std::size_t count(std::string_view name) const {
        std::size_t found = 0;
        for (const auto& entry : fs::recursive_directory_iterator(run / ".push")) found += entry.path().filename() == name;
        return found;
    }
};

TEST_F(TrainingPushTest, TheModelGoesToTheRootWithoutWhatOnlyTrainingNeeds) {
    auto push = start(options());
    EXPECT_TRUE(announce(push, 5));
    const auto finished = push.finish(10s);
    ASSERT_TRUE(finished.ok()) << finished.failure().message;
    EXPECT_EQ(finished->commit, testing::kCommit);
    EXPECT_THAT(hub.files(), UnorderedElementsAre(Pair("model.bin", "weights of 5")));
    EXPECT_THAT(hub.messages(), ElementsAre("Training in progress, step 5"));
    EXPECT_EQ(push.state().pushed_step, 5u);
    EXPECT_EQ(push.state().waiting, 0u);
    EXPECT_EQ(kept(), 0u);
}

TEST_F(TrainingPushTest, TheLastCheckpointTakesThePlaceOfTheOneBeforeInOneCommit) {
    auto push = start(options(CheckpointLayout::kLastCheckpoint));
    write(run / "checkpoint-1/shard-2.bin", "gone later");
    announce(push, 1);
    ASSERT_TRUE(push.finish(10s).ok());
    announce(push, 2);
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(hub.files(), UnorderedElementsAre(Pair("model.bin", "weights of 2"), Pair("shard-2.bin", "gone later"),
                                                  Pair("last-checkpoint/model.bin", "weights of 2"),
                                                  Pair("last-checkpoint/optimizer.bin", "moments of 2")));
    EXPECT_EQ(hub.messages().size(), 2u);
}

TEST_F(TrainingPushTest, AllCheckpointsGetTheirOwnFoldersAndTheEndItsCard) {
    auto push = start(options(CheckpointLayout::kAllCheckpoints));
    announce(push, 1);
    announce(push, 2);
    write(run / "final/model.bin", "the end");
    const auto end = push.finish(10s, {9, run / "final", "# Card\n", "Done"});
    ASSERT_TRUE(end.ok()) << end.failure().message;
    EXPECT_EQ(hub.files(), (Files{{"README.md", "# Card\n"},
                                  {"checkpoint-1/model.bin", "weights of 1"},
                                  {"checkpoint-1/optimizer.bin", "moments of 1"},
                                  {"checkpoint-2/model.bin", "weights of 2"},
                                  {"checkpoint-2/optimizer.bin", "moments of 2"},
                                  {"model.bin", "the end"}}));
    EXPECT_THAT(hub.messages(), ElementsAre("Training in progress, step 1", "Training in progress, step 2", "Done"));
}

TEST_F(TrainingPushTest, OfAllCheckpointsTheNewestStayAndTheSameCommitRemovesTheOthers) {
    auto o = options(CheckpointLayout::kAllCheckpoints);
    o.keep = 2;
    auto push = start(o);
    for (const std::uint64_t step : {8, 9, 10, 11}) {
        announce(push, step);
        ASSERT_TRUE(push.finish(10s).ok());
    }
    EXPECT_EQ(hub.files(), (Files{{"checkpoint-10/model.bin", "weights of 10"},
                                  {"checkpoint-10/optimizer.bin", "moments of 10"},
                                  {"checkpoint-11/model.bin", "weights of 11"},
                                  {"checkpoint-11/optimizer.bin", "moments of 11"},
                                  {"model.bin", "weights of 11"}}));
    EXPECT_EQ(hub.messages().size(), 4u);
}

TEST_F(TrainingPushTest, WhatIsRemovedOrReplacedAfterwardsIsSentAsItWas) {
    Gate gate;
    auto push = start_held(gate, options());
    announce(push, 2);
    write(run / "aside", "something else");
    fs::rename(run / "aside", run / "checkpoint-2/model.bin");
    fs::remove_all(run / "checkpoint-1");
    gate.open();
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(hub.files(), UnorderedElementsAre(Pair("model.bin", "weights of 2")));
}

TEST_F(TrainingPushTest, AFileWrittenOverInItsPlaceDropsItsCheckpointAndNothingElse) {
    Gate gate;
    auto push = start_held(gate, options(CheckpointLayout::kAllCheckpoints));
    announce(push, 2);
    write(run / "checkpoint-2/model.bin", "a longer text than was announced");
    announce(push, 3);
    gate.open();
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(steps(PushEvent::Kind::kDropped), ElementsAre(2u));
    EXPECT_THAT(steps(PushEvent::Kind::kPushed), ElementsAre(1u, 3u));
    EXPECT_FALSE(hub.files().contains("checkpoint-2/optimizer.bin"));
}

TEST_F(TrainingPushTest, WhatIsSentInsideACommitIsACopyThatNobodyElseWritesTo) {
    Gate gate;
    auto push = start_held(gate, options());
    struct stat info {};
    ASSERT_EQ(::stat((run / "checkpoint-1/model.bin").c_str(), &info), 0);
    EXPECT_EQ(info.st_nlink, 1u);
    gate.open();
    ASSERT_TRUE(push.finish(10s).ok());
}

TEST_F(TrainingPushTest, ANewerCheckpointReplacesOneThatWaitsButNotOneUnderWay) {
    Gate gate;
    auto push = start_held(gate, options());
    for (std::uint64_t step = 2; step <= 10; ++step) announce(push, step);
    EXPECT_EQ(push.state().waiting, 2u);
    gate.open();
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(steps(PushEvent::Kind::kPushed), ElementsAre(1u, 10u));
    EXPECT_THAT(steps(PushEvent::Kind::kReplaced), ElementsAre(2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u));
    EXPECT_EQ(kept(), 0u);
}

TEST_F(TrainingPushTest, OfAllCheckpointsOnlyTheBoundGivesWayAndTheEndNever) {
    Gate gate;
    auto o = options(CheckpointLayout::kAllCheckpoints);
    o.waiting = 2;
    auto push = start_held(gate, std::move(o));
    EXPECT_EQ(push.finish(1ms, {7, "", "# End\n", "End"}).failure().kind, Kind::kUnavailable);
    for (const std::uint64_t step : {2, 3, 4}) announce(push, step);
    gate.open();
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(steps(PushEvent::Kind::kPushed), ElementsAre(1u, 7u, 3u, 4u));
    EXPECT_THAT(steps(PushEvent::Kind::kReplaced), ElementsAre(2u));
}

TEST_F(TrainingPushTest, OnlyWhatIsDueIsTaken) {
    auto o = options();
    o.every_steps = 100;
    auto push = start(std::move(o));
    EXPECT_FALSE(announce(push, 50));
    EXPECT_TRUE(push.due(100));
    EXPECT_TRUE(announce(push, 120));
    EXPECT_FALSE(push.due(219));
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(steps(PushEvent::Kind::kPushed), ElementsAre(120u));
}

TEST_F(TrainingPushTest, WhoeverStartsNextGoesOnWithWhatWasLeft) {
    {
        hub.refuse_with = 403;
        auto push = start(options(CheckpointLayout::kAllCheckpoints));
        for (const std::uint64_t step : {1, 2, 3}) announce(push, step);
        await(PushEvent::Kind::kLater);
        const auto other = Client::open(home.settings(hub.url()), "hf_x");
        const auto second = TrainingPush::start(*other, {RepoType::kModel, "acme/m"}, options());
        ASSERT_FALSE(second.ok());
        EXPECT_EQ(second.failure().kind, Kind::kConflict);
    }
    EXPECT_EQ(kept(), 3u);
    fs::remove_all(run / "checkpoint-1");
    for (const auto& entry : fs::directory_iterator(run / ".push")) write(entry.path() / "new-1/files/x", "half taken");
    hub.refuse_with = 0;
    auto push = start(options(CheckpointLayout::kAllCheckpoints));
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_EQ(hub.files().size(), 7u);
    EXPECT_THAT(hub.messages(), ElementsAre(HasSubstr("step 1"), HasSubstr("step 2"), HasSubstr("step 3")));
    EXPECT_EQ(kept(), 0u);
    for (const auto& entry : fs::directory_iterator(run / ".push")) EXPECT_FALSE(fs::exists(entry.path() / "new-1"));
}

TEST_F(TrainingPushTest, WhatOnlyAPersonCanMendEndsFinishAtOnceAndKeepsTheCheckpoint) {
    hub.refuse_with = 403;
    auto push = start(options());
    announce(push, 1);
    const auto refused = push.finish(60s);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.failure().kind, Kind::kForbidden);
    EXPECT_EQ(push.state().waiting, 1u);
    hub.refuse_with = 0;
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(steps(PushEvent::Kind::kPushed), ElementsAre(1u));
}

TEST_F(TrainingPushTest, WhatTheHubRefusesForGoodIsDroppedAndTold) {
    hub.refuse_with = 400;
    auto push = start(options());
    announce(push, 1);
    EXPECT_EQ(push.finish(10s).failure().kind, Kind::kInvalidArgument);
    EXPECT_THAT(steps(PushEvent::Kind::kDropped), ElementsAre(1u));
    EXPECT_EQ(kept(), 0u);
}

TEST_F(TrainingPushTest, ACardThatIsRefusedDoesNotKeepTheWeightsFromTheHub) {
    hub.refuse_card = true;
    auto push = start(options());
    write(run / "final/model.bin", "the end");
    ASSERT_TRUE(push.finish(10s, {1, run / "final", "---\nlicense: nonsense\n---\n", "Done"}).ok());
    EXPECT_THAT(hub.files(), UnorderedElementsAre(Pair("model.bin", "the end")));
    EXPECT_THAT(steps(PushEvent::Kind::kCardRefused), ElementsAre(1u));
}

TEST_F(TrainingPushTest, SentTwiceNothingIsCommittedTwice) {
    auto push = start(options());
    announce(push, 1);
    ASSERT_TRUE(push.finish(10s).ok());
    ASSERT_TRUE(push.announce({1, run / "checkpoint-1", "", ""}).ok());
    ASSERT_TRUE(push.finish(10s).ok());
    EXPECT_EQ(hub.messages().size(), 1u);
}

TEST_F(TrainingPushTest, WhatCannotBeAnnouncedSaysWhyAndLeavesNothing) {
    auto push = start(options(CheckpointLayout::kAllCheckpoints));
    const auto no_folder = push.announce({1, run / "none", "", ""});
    EXPECT_EQ(no_folder.failure().kind, Kind::kInvalidArgument);
    EXPECT_THAT(no_folder.failure().message, HasSubstr("none"));
    fs::create_directories(run / "empty");
    EXPECT_EQ(push.announce({1, run / "empty", "", ""}).failure().kind, Kind::kInvalidArgument);
    EXPECT_EQ(push.announce({1, checkpoint(1), "../up", ""}).failure().kind, Kind::kInvalidArgument);
    EXPECT_EQ(kept(), 0u);
    EXPECT_TRUE(push.finish(10s).ok());
    EXPECT_THAT(hub.messages(), IsEmpty());
}

TEST_F(TrainingPushTest, WhatWaitsGetsOnTheMediumWhileTheHubIsStillAtWork) {
    Gate gate;
    auto push = start_held(gate, options(CheckpointLayout::kAllCheckpoints));
    announce(push, 2);
    while (on_disk() < 2) std::this_thread::yield();
    gate.open();
    EXPECT_TRUE(push.finish(10s).ok());
    EXPECT_EQ(hub.messages().size(), 2u);
}

TEST_F(TrainingPushTest, AnnouncedDurablyItIsOnTheMediumWhenTheCallReturns) {
    Gate gate;
    hub.before_commit = [&] { gate.pass(); };
    auto o = options();
    o.announce_durably = true;
    auto push = start(o);
    announce(push, 1);
    EXPECT_EQ(on_disk(), 1u);
    gate.open();
    EXPECT_TRUE(push.finish(10s).ok());
}

/// Where files cannot be linked they are copied while the call lasts: a trainer may write over them right after it.
TEST(Snapshot, OnAnotherFileSystemItIsACopy) {
    const auto folder = TemporaryFolder::create().value();
    const fs::path elsewhere = "/dev/shm/mirfa-test-" + random_alphanumeric(12);
    fs::create_directory(elsewhere);
    struct stat here = {}, there = {};
    ASSERT_EQ(::stat(folder.path().c_str(), &here) | ::stat(elsewhere.c_str(), &there), 0);
    if (here.st_dev != there.st_dev) {
        write(folder.path() / "model.bin", "weights of step 5");
        const auto files = collect_files(folder.path() / "model.bin", "model.bin", {}).value();
        const auto taken = take_snapshot(elsewhere, {5, "checkpoint-5", "Step 5", false}, files);
        EXPECT_TRUE(taken.has_value()) << describe(taken.error());
        write(folder.path() / "model.bin", "weights of step 6, longer");
        const auto found = find_snapshots(elsewhere);
        ASSERT_EQ(found.size(), 1u);
        EXPECT_EQ(read_small_file(found[0].files.at(0).local).value(), "weights of step 5");
    }
    fs::remove_all(elsewhere);
    if (here.st_dev == there.st_dev) GTEST_SKIP() << "this machine has one file system only";
}

TEST(Snapshot, AfterAPowerCutOnlyWhatWasOnTheMediumIsBelieved) {
    const auto folder = TemporaryFolder::create().value();
    write(folder.path() / "c/a/model.bin", "weights");
    const auto files = collect_files(folder.path() / "c", "", {}).value();
    const auto place = folder.path() / "place";
    const auto synced = take_snapshot(place, {1, "", "m", false}, files).value();
    const auto hasty = take_snapshot(place, {2, "", "m", false}, files).value();
    ASSERT_TRUE(sync_snapshot(synced).has_value());
    const auto before = find_snapshots(place);
    ASSERT_EQ(before.size(), 2u) << "a process that is killed loses neither";
    EXPECT_TRUE(before[0].is_on_disk);
    EXPECT_FALSE(before[1].is_on_disk);

    for (const auto& one : {synced, hasty}) {  // both as an earlier run of the machine had written them
        auto plan = read_small_file(one.folder / "plan.json").value();
        const auto boot = parse_plan(plan).value().boot;
        ASSERT_FALSE(boot.empty());
        plan.replace(plan.find(boot), boot.size(), "00000000-0000-0000-0000-000000000000");
        write(one.folder / "plan.json", plan);
    }
    const auto after = find_snapshots(place);
    ASSERT_EQ(after.size(), 1u);
    EXPECT_EQ(after[0].words.step, 1u);
    EXPECT_FALSE(fs::exists(hasty.folder));
    EXPECT_EQ(sync_snapshot(hasty).error().code, Code::kNotFound);
}

TEST(PushSchedule, StepsOrTimeWhateverComesFirst) {
    const PushSchedule::Time start{};
    PushSchedule both(100, 60s, start);
    EXPECT_FALSE(both.due(99, start + 59s));
    EXPECT_TRUE(both.due(100, start));
    EXPECT_TRUE(both.due(1, start + 60s));
    both.took(130, start + 10s);
    EXPECT_FALSE(both.due(229, start + 69s));
    EXPECT_TRUE(both.due(230, start + 11s));
    EXPECT_TRUE(both.due(131, start + 70s));
    EXPECT_TRUE(both.due(5, start + 11s)) << "a training that began again";
    EXPECT_TRUE(PushSchedule(0, 0s, start).due(0, start));
}

TEST(Plan, IsReadBackAndRefusedWhenItCouldLeaveItsFolder) {
    const SnapshotWords words{7, "checkpoint-7", "A \"message\"\n", true};
    const auto plan = parse_plan(write_plan(words, {{"", "a/b.bin", 5, 123456789}})).value();
    EXPECT_EQ(plan.words, words);
    ASSERT_EQ(plan.files.size(), 1u);
    EXPECT_EQ(plan.files[0].path, "a/b.bin");
    EXPECT_EQ(plan.files[0].bytes, 5u);
    EXPECT_EQ(plan.files[0].modified_ns, 123456789);
    for (const char* text : {
             R"({"format":1,"step":1,"name":"","message":"m","files":[{"path":"../x","bytes":1,"modified_ns":1}]})",
             R"({"format":1,"step":1,"name":"../up","message":"m","files":[{"path":"x","bytes":1,"modified_ns":1}]})",
             R"({"format":1,"step":1,"name":"","message":"m","files":[{"path":"x","bytes":-1,"modified_ns":1}]})",
             R"({"format":1,"step":-1,"name":"","message":"m","files":[{"path":"x","bytes":1,"modified_ns":1}]})",
             R"({"format":1,"step":1,"name":"","message":"m","files":[]})",
             R"({"format":2,"step":1,"name":"","message":"m","files":[{"path":"x","bytes":1,"modified_ns":1}]})",
             "",
         })
        EXPECT_FALSE(parse_plan(text).has_value()) << text;
}

}  // namespace
}  // namespace mirfa::client
