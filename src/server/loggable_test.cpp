// SPDX-License-Identifier: Apache-2.0
#include "server/loggable.h"

#include <gtest/gtest.h>

namespace mirfa::server {
namespace {

TEST(Loggable, HidesWhatOpensSomethingByItself) {
    EXPECT_EQ(loggable("/lfs/objects/ab", "seal=x.1.2.y"), "/lfs/objects/ab?seal=…");
    EXPECT_EQ(loggable("/device", "code=ABCD&x=1"), "/device?code=…&x=1");
    EXPECT_EQ(loggable("/api/models/a/b", "TOKEN=hf_x&%74oken=hf_y"), "/api/models/a/b?TOKEN=…&%74oken=…");
    EXPECT_EQ(loggable("/setup/AbCd", ""), "/setup/…");
    EXPECT_EQ(loggable("/api/setup/AbCd", ""), "/api/setup/…");
    EXPECT_EQ(loggable("/hf/api/device/BCDF-GHJK", ""), "/hf/api/device/…");
    EXPECT_EQ(loggable("/join", "invitation=AbCd"), "/join?invitation=…");
    EXPECT_EQ(loggable("/hf/setup/AbCd", "x"), "/hf/setup/…?x");
}

TEST(Loggable, ShowsTheRestUpToALimit) {
    EXPECT_EQ(loggable("/api/models", "limit=1&search=seal"), "/api/models?limit=1&search=seal");
    EXPECT_EQ(loggable("/" + std::string(1000, 'x'), "").size(), 500u);
}

}  // namespace
}  // namespace mirfa::server
