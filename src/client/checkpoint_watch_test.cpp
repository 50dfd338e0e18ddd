// SPDX-License-Identifier: Apache-2.0
#include "client/checkpoint_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using namespace std::chrono_literals;

void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::trunc) << text;
}

SeenCheckpoint seen(const std::string& name, std::uint64_t step, const std::string& version = "1", std::int64_t modified = 0) {
    SeenCheckpoint one;
    one.folder = name;
    one.name = name;
    one.step = step;
    one.stamp = sha256_of(name + version);
    one.modified_ns = modified != 0 ? modified : static_cast<std::int64_t>(step);
    return one;
}

/// A watch with a clock that only the test moves.
struct Watching {
    CheckpointWatch watch;
    CheckpointWatch::Time now{};
    std::set<std::string> known;
    std::map<std::string, std::string> broken;
    int checks = 0;

    explicit Watching(CheckpointWatch::Want want) : watch(want, 10s) {}
    std::vector<std::string> look(std::chrono::seconds later, const std::vector<SeenCheckpoint>& all) {
        now += later;
        std::vector<std::string> names;
        const auto complete = watch.complete(
            now, all, [&](const Sha256& stamp) { return known.contains(stamp.hex()); },
            [&](const SeenCheckpoint& one) -> Result<void> {
                ++checks;
                if (const auto found = broken.find(one.name); found != broken.end())
                    return Error{Code::kInvalidArgument, found->second};
                return ok();
            });
        for (const auto& one : complete) names.push_back(one.name);
        return names;
    }
    void know(const SeenCheckpoint& one) { known.insert(one.stamp.hex()); }
};

TEST(CheckpointWatch, WaitsUntilNothingHasChangedForTheSettleTime) {
    Watching w(CheckpointWatch::Want::kAll);
    EXPECT_THAT(w.look(0s, {seen("a", 1, "half")}), IsEmpty());
    EXPECT_THAT(w.look(9s, {seen("a", 1, "more")}), IsEmpty());
    EXPECT_THAT(w.look(9s, {seen("a", 1, "more")}), IsEmpty());
    EXPECT_TRUE(w.watch.is_changing());
    EXPECT_EQ(w.checks, 0);
    EXPECT_THAT(w.look(1s, {seen("a", 1, "more")}), ElementsAre("a"));
    EXPECT_FALSE(w.watch.is_changing());
}

TEST(CheckpointWatch, WhatHasSettledButIsNotWholeIsToldAndCheckedAgainOnlyWhenItChanges) {
    Watching w(CheckpointWatch::Want::kAll);
    w.broken["a"] = "The shard 2 is missing.";
    w.look(0s, {seen("a", 1)});
    for (int i = 0; i < 3; ++i) EXPECT_THAT(w.look(10s, {seen("a", 1)}), IsEmpty());
    EXPECT_EQ(w.checks, 1);
    EXPECT_THAT(w.watch.unfinished().at("a"), HasSubstr("shard 2"));
    w.broken.clear();
    w.look(1s, {seen("a", 1, "2")});
    EXPECT_THAT(w.look(10s, {seen("a", 1, "2")}), ElementsAre("a"));
    EXPECT_THAT(w.watch.unfinished(), IsEmpty());
}

TEST(CheckpointWatch, OneWithoutTrainerStateWaitsWhereTheOthersHaveIt) {
    Watching w(CheckpointWatch::Want::kAll);
    auto first = seen("a", 1), second = seen("b", 2);
    first.has_trainer_state = true;
    w.look(0s, {first, second});
    EXPECT_THAT(w.look(10s, {first, second}), ElementsAre("a"));
    EXPECT_THAT(w.watch.unfinished(), ElementsAre(Key(fs::path("b"))));
    EXPECT_THAT(w.look(1s, {second}), ElementsAre("b")) << "alone, it is what this trainer writes";
}

TEST(CheckpointWatch, AllAreWantedByStepAndEachOnce) {
    Watching w(CheckpointWatch::Want::kAll);
    const std::vector all{seen("c", 30, "1", 1), seen("a", 10, "1", 3), seen("b", 20, "1", 2)};
    w.look(0s, all);
    EXPECT_THAT(w.look(10s, all), ElementsAre("a", "b", "c"));
    w.know(all[1]);
    EXPECT_THAT(w.look(1s, all), ElementsAre("b", "c"));
}

TEST(CheckpointWatch, TheLatestIsTheNewestCompleteOneAndNothingOlderFollowsIt) {
    Watching w(CheckpointWatch::Want::kLatest);
    const auto old = seen("checkpoint-10", 10), fresh = seen("checkpoint-20", 20), next = seen("checkpoint-30", 30);
    w.look(0s, {old, fresh});
    EXPECT_THAT(w.look(10s, {old, fresh}), ElementsAre("checkpoint-20"));
    w.know(fresh);
    EXPECT_THAT(w.look(1s, {old, fresh}), IsEmpty());
    EXPECT_THAT(w.look(1s, {old, fresh, next}), IsEmpty());
    EXPECT_THAT(w.look(10s, {old, fresh, next}), ElementsAre("checkpoint-30"));
    const auto again = seen("checkpoint-10", 10, "again", 99);  // the training began anew
    w.know(next);
    w.look(1s, {again, fresh, next});
    EXPECT_THAT(w.look(10s, {again, fresh, next}), ElementsAre("checkpoint-10"));
}

TEST(LookForCheckpoints, FoldersWithWeightsCountAndTheRootOnlyWhenNoneHas) {
    const auto folder = TemporaryFolder::create().value();
    const auto root = folder.path() / "run";
    write(root / "model.safetensors", "x");
    write(root / "trainer_state.json", R"({"global_step": 77})");
    auto found = look_for_checkpoints(root, {}).value();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0].folder, root);
    EXPECT_EQ(found[0].step, 77u);
    EXPECT_EQ(found[0].name, "");
    for (const char* name : {"checkpoint-500", "epoch=3-step=1200", "tmp-checkpoint-9", ".hidden-1", "_aside-2", "x-5.tmp"})
        write(root / name / "pytorch_model.bin", "x");
    write(root / "logs/events", "x");
    write(root / "checkpoint-500/trainer_state.json", "{");
    found = look_for_checkpoints(root, {}).value();
    std::ranges::sort(found, {}, &SeenCheckpoint::step);
    ASSERT_EQ(found.size(), 2u);
    EXPECT_EQ(found[0].step, 500u);
    EXPECT_TRUE(found[0].has_trainer_state);
    EXPECT_EQ(found[1].name, "epoch=3-step=1200");
    EXPECT_EQ(found[1].step, 1200u);
    EXPECT_EQ(look_for_checkpoints(root / "none", {}).error().code, Code::kNotFound);
}

TEST(LookForCheckpoints, AStampTellsAnyWritingAndAContentDoesNotTellATouch) {
    const auto folder = TemporaryFolder::create().value();
    const auto file = folder.path() / "c-1/model.bin";
    write(file, "one");
    const auto first = look_for_checkpoints(folder.path(), {}).value().at(0);
    fs::last_write_time(file, fs::last_write_time(file) + 5s);
    const auto touched = look_for_checkpoints(folder.path(), {}).value().at(0);
    EXPECT_NE(first.stamp, touched.stamp);
    EXPECT_EQ(content_of(touched).value(), content_of(touched).value());
    EXPECT_EQ(content_of(first).error().code, Code::kConflict);
    const auto before = content_of(touched).value();
    write(file, "two");
    EXPECT_NE(content_of(look_for_checkpoints(folder.path(), {}).value().at(0)).value(), before);
}

TEST(AnnouncedContents, AreKnownToTheNextProcessButNotFromALineThatWasCutOff) {
    const auto folder = TemporaryFolder::create().value();
    const auto file = folder.path() / "state" / "announced";
    const auto a = sha256_of("a"), b = sha256_of("b"), c = sha256_of("c");
    ASSERT_TRUE(AnnouncedContents::open(file).value().note(a, b).has_value());
    std::ofstream(file, std::ios::app) << c.hex().substr(0, 60);
    ASSERT_TRUE(AnnouncedContents::open(file).value().note(b, c).has_value());
    const auto announced = AnnouncedContents::open(file).value();
    EXPECT_TRUE(announced.knows_content(a) && announced.knows_stamp(b));
    EXPECT_TRUE(announced.knows_content(b) && announced.knows_stamp(c));
    EXPECT_FALSE(announced.knows_content(c) || announced.knows_stamp(a));
}

}  // namespace
}  // namespace mirfa::client
