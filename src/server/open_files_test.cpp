// SPDX-License-Identifier: Apache-2.0
#include "server/open_files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace mirfa::server {
namespace {

TEST(OpenFiles, AreAsManyAsTheAdministratorPermits) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit low = before;
    low.rlim_cur = 200;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    EXPECT_EQ(raise_open_files_limit(), before.rlim_max);
    rlimit after{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(OpenFiles, LeaveRoomBesideTheConnections) {
    EXPECT_EQ(connections_for(100), 64u);
    EXPECT_EQ(connections_for(1024), 384u);
    EXPECT_EQ(connections_for(1 << 20), 20'000u);
}

}  // namespace
}  // namespace mirfa::server
