// SPDX-License-Identifier: Apache-2.0
#include "client/superseded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mirfa::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Superseded, TheNewestStayByNumberAndNotByLetters) {
    const std::vector<std::string> paths = {"README.md", "checkpoint-100/a", "checkpoint-100/b/c", "checkpoint-90/a",
                                            "checkpoint-1000/a"};
    EXPECT_THAT(superseded_files(paths, "checkpoint-1010", 3), ElementsAre("checkpoint-90/a"));
    EXPECT_THAT(superseded_files(paths, "checkpoint-1010", 1),
                ElementsAre("checkpoint-100/a", "checkpoint-100/b/c", "checkpoint-90/a", "checkpoint-1000/a"));
    EXPECT_THAT(superseded_files(paths, "checkpoint-1000", 3), IsEmpty()) << "it is there already";
    EXPECT_THAT(superseded_files(paths, "checkpoint-1010", 9), IsEmpty());
}

TEST(Superseded, WhatIsAddedStaysThoughATrainingWentBack) {
    EXPECT_THAT(superseded_files({"checkpoint-300/a", "checkpoint-400/a", "checkpoint-100/a"}, "checkpoint-200", 2),
                ElementsAre("checkpoint-100/a"));
}

TEST(Superseded, OtherFoldersAreNoneOfItsKind) {
    const std::vector<std::string> paths = {
        "checkpoint-1",      "checkpoint-/a", "checkpoint-1-best/a", "checkpoints-1/a", "old/checkpoint-1/a",
        "last-checkpoint/a", "2/a",           "run-1-checkpoint-3/a"};
    EXPECT_THAT(superseded_files(paths, "checkpoint-9", 1), IsEmpty());
    EXPECT_THAT(superseded_files(paths, "best", 1), IsEmpty()) << "a name without a number";
    EXPECT_THAT(superseded_files({"epoch=1-step=10.d/a", "epoch=2-step=20.d/a"}, "epoch=2-step=30.d", 1),
                ElementsAre("epoch=2-step=20.d/a"));
}

TEST(Superseded, NumbersAreComparedAtAnyLengthAndWithZerosBefore) {
    EXPECT_THAT(superseded_files({"c-0009/a", "c-123456789012345678901234567890/a", "c-000/a"}, "c-10", 3),
                ElementsAre("c-000/a"));
}

}  // namespace
}  // namespace mirfa::client
