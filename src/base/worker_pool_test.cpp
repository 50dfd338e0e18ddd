// SPDX-License-Identifier: Apache-2.0
#include "base/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace mirfa {
namespace {

TEST(WorkerPools, RunEverythingTheyTookBeforeTheyEnd) {
    std::atomic<int> done = 0;
    {
        WorkerPool pool("test", 2, 1000);
        for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.post([&] { ++done; }));
    }
    EXPECT_EQ(done, 1000);
}

TEST(WorkerPools, RefuseWorkWhenTheQueueIsFull) {
    std::promise<void> release;
    auto gate = release.get_future().share();
    std::promise<void> started;
    WorkerPool pool("test", 1, 1);
    ASSERT_TRUE(pool.post([&] {
        started.set_value();
        gate.wait();
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.post([] {}));
    EXPECT_FALSE(pool.post([] {}));
    release.set_value();
}

}  // namespace
}  // namespace mirfa
