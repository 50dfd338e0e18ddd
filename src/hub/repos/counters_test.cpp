// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/counters.h"

#include <gtest/gtest.h>

#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

class CountersTest : public ::testing::Test, protected testing::WholeHub {
protected:
    void count(const catalog::Repository& repo, const Downloader& who) { counters.count_download(repo.id, who, clock.now()); }
    std::int64_t downloads_of(const catalog::Repository& repo) {
        EXPECT_TRUE(counters.flush(*catalog, clock).has_value());
        return catalog->read([&](catalog::Session& s) { return catalog::find_repository_by_id(s, repo.id); }).value()->downloads;
    }

    Principal alice = add_user("alice");
    catalog::Repository first = add_repo(alice, "first");
    catalog::Repository second = add_repo(alice, "second");
};

TEST_F(CountersTest, ManyRequestsOfOneAreOneDownload) {
    for (int file = 0; file < 7; ++file) count(first, {alice.user, "192.0.2.1"});
    EXPECT_EQ(downloads_of(first), 1);
    count(first, {alice.user, "192.0.2.1"});
    EXPECT_EQ(downloads_of(first), 1);
    EXPECT_EQ(downloads_of(second), 0);
}

TEST_F(CountersTest, AUserIsOneWhereverAndAnonymousOnesAreToldApartByAddress) {
    count(first, {alice.user, "192.0.2.1"});
    count(first, {alice.user, "192.0.2.2"});
    EXPECT_EQ(downloads_of(first), 1);
    count(first, {0, "192.0.2.1"});
    count(first, {0, "192.0.2.1"});
    count(first, {0, "192.0.2.2"});
    count(first, {alice.user + 1, "192.0.2.1"});
    EXPECT_EQ(downloads_of(first), 4);
}

// Whoever has an IPv6 address has 2^64 of them, and each counted.
TEST_F(CountersTest, AnonymousOnesOfVersionSixAreToldApartByTheirNetwork) {
    count(first, {0, "2001:db8:1:2::1"});
    count(first, {0, "2001:db8:1:2:ffff::1"});
    EXPECT_EQ(downloads_of(first), 1);
    count(first, {0, "2001:db8:1:3::1"});
    EXPECT_EQ(downloads_of(first), 2);
}

TEST_F(CountersTest, EachRepositoryCountsByItself) {
    count(first, {alice.user, ""});
    count(second, {alice.user, ""});
    EXPECT_EQ(downloads_of(first), 1);
    EXPECT_EQ(downloads_of(second), 1);
}

TEST_F(CountersTest, WhoComesBackLaterIsAnotherDownload) {
    count(first, {alice.user, ""});
    clock.pass(std::chrono::milliseconds(Counters::kOneDownload - 1));
    count(first, {alice.user, ""});
    EXPECT_EQ(downloads_of(first), 1);
    clock.pass(std::chrono::milliseconds(1));
    count(first, {alice.user, ""});
    EXPECT_EQ(downloads_of(first), 2);
    count(first, {alice.user, ""});
    EXPECT_EQ(downloads_of(first), 2);
}

TEST_F(CountersTest, WhoHasDownloadedIsForgottenInTimeAndWhenThereAreTooMany) {
    count(first, {alice.user, ""});
    clock.pass(std::chrono::milliseconds(Counters::kOneDownload));
    EXPECT_EQ(downloads_of(first), 1);
    EXPECT_EQ(counters.remembered(), 0u);
    const auto many = static_cast<catalog::RowId>(2 * Counters::kMostRemembered);
    for (catalog::RowId user = 1; user <= many; ++user) {
        count(second, {user, ""});
        ASSERT_LE(counters.remembered(), Counters::kMostRemembered);
    }
    EXPECT_EQ(downloads_of(second), many);
}

}  // namespace
}  // namespace mirfa::hub
