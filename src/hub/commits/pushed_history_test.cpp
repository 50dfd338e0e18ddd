// SPDX-License-Identifier: Apache-2.0
// 6,001 commits, merges whose first parents had no parents, held the writer thread for a minute: each counted its
// ancestors inside the transaction by walking all of the history before it.
#include "hub/commits/pushed_history.h"

#include <gtest/gtest.h>

#include "git/commit.h"
#include "git/testing/memory_objects.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

class PushedHistoryTest : public ::testing::Test, protected testing::WholeHub {
protected:
    Principal alice = add_user("alice");
    catalog::Repository repo = add_repo(alice, "m");
    git::testing::MemoryObjects objects;
    int made = 0;

    ObjectId put(const std::vector<ObjectId>& parents) {
        git::Commit commit;
        commit.parents = parents;
        commit.message = std::to_string(++made);
        return put_object(objects, git::ObjectType::kCommit, as_bytes(git::write_commit(commit))).value();
    }
    ObjectId put_chain(int length) {
        auto tip = put({});
        while (--length > 0) tip = put({tip});
        return tip;
    }
    /// Runs `look(history)` on a snapshot.
    template <class Look>
    void with_history(std::int64_t max_steps, Look look) {
        ASSERT_TRUE(catalog
                        ->read([&](catalog::Session& s) -> Result<void> {
                            PushedHistory history(s, objects, repo.id, max_steps);
                            look(history);
                            return ok();
                        })
                        .has_value());
    }
};

TEST_F(PushedHistoryTest, MergesOfALongHistoryIntoNewOnesAreCountedInAFewSteps) {
    auto tip = put_chain(100);
    for (int i = 0; i < 300; ++i) tip = put({put({}), tip});
    with_history(2'000, [&](PushedHistory& history) {
        ASSERT_TRUE(history.add(tip).has_value());
        EXPECT_EQ(history.load(tip).value().height, 700);
        EXPECT_EQ(history.merged_by(tip).value(), 698);
    });
}

TEST_F(PushedHistoryTest, WhatCannotBeCountedSoonIsRefused) {
    const auto a = put_chain(50), b = put_chain(50);
    std::vector<ObjectId> merges;
    for (int i = 0; i < 20; ++i) merges.push_back(put({a, b}));
    const auto tip = put(merges);
    with_history(500, [&](PushedHistory& history) { EXPECT_EQ(history.add(tip).error().code, Code::kTooLarge); });
    with_history(5'000, [&](PushedHistory& history) {
        ASSERT_TRUE(history.add(tip).has_value());
        EXPECT_EQ(history.load(tip).value().height, 121);
    });
}

TEST_F(PushedHistoryTest, ACommitWithThousandsOfParentsIsRefused) {
    std::vector<ObjectId> parents;
    for (int i = 0; i < 1'001; ++i) parents.push_back(put({}));
    const auto tip = put(parents);
    with_history(PushedHistory::kMaxSteps,
                 [&](PushedHistory& history) { EXPECT_EQ(history.add(tip).error().code, Code::kInvalidArgument); });
}

/// Of a push in which one ref is refused, only what the others need is stored.
TEST_F(PushedHistoryTest, GivesTheCommitsBehindSomeTipsParentsFirst) {
    const auto root = put({}), left = put({root}), right = put({root}), merge = put({left, right}), aside = put({right});
    with_history(PushedHistory::kMaxSteps, [&](PushedHistory& history) {
        ASSERT_TRUE(history.add(aside).has_value());
        ASSERT_TRUE(history.add(merge).has_value());
        EXPECT_EQ(history.behind({aside}), (std::vector<ObjectId>{root, right, aside}));
        const auto behind = history.behind({merge});
        ASSERT_EQ(behind.size(), 4u);
        EXPECT_EQ(behind.front(), root);
        EXPECT_EQ(behind.back(), merge);
        EXPECT_TRUE(git::is_ancestor(history, left, merge).value());
        EXPECT_FALSE(git::is_ancestor(history, left, aside).value());
    });
}

/// What the catalog has already is not taken up again, and counts.
TEST_F(PushedHistoryTest, StandsOnTheHistoryThatIsThere) {
    const auto main = ref(repo, "refs/heads/main")->commit;
    const auto tip = put({main});
    with_history(PushedHistory::kMaxSteps, [&](PushedHistory& history) {
        ASSERT_TRUE(history.add(tip).has_value());
        EXPECT_EQ(history.behind({tip}), std::vector<ObjectId>{tip});
        EXPECT_EQ(history.load(tip).value().height, 2);
        EXPECT_EQ(history.merged_by(tip).value(), 0);
    });
}

}  // namespace
}  // namespace mirfa::hub
