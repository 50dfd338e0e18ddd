// SPDX-License-Identifier: Apache-2.0
#include "hub/large/lfs.h"

#include <gtest/gtest.h>

#include <limits>

#include "hub/large/large_objects.h"
#include "hub/repos/repositories.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

class LfsTest : public ::testing::Test, protected testing::WholeHub {
protected:
    Principal alice = add_user("alice");
    catalog::Repository repo = add_repo(alice, "m");
    static std::string seal_in(const std::string& url) { return url.substr(url.find("seal=") + 5); }
};

TEST_F(LfsTest, ADownloadAddressIsForOneObjectOfOneRepositoryAndEndsSoon) {
    const auto oid = upload(alice, repo, "weights");
    const auto seal = seal_in(lfs_download_url(hub, repo, oid).value());
    EXPECT_EQ(open_download_seal(hub, oid, seal).value().size, 7);
    EXPECT_EQ(open_download_seal(hub, sha256_of("other"), seal).error().code, Code::kForbidden);
    const auto other = add_repo(alice, "other");
    EXPECT_EQ(open_download_seal(hub, oid, seal_in(lfs_download_url(hub, other, oid).value())).error().code, Code::kNotFound);
    clock.pass(std::chrono::minutes(16));
    EXPECT_EQ(open_download_seal(hub, oid, seal).error().code, Code::kForbidden);
}

// A seal lasts a day, parts three: whoever is taken out of an organisation meanwhile must not go on putting content in.
TEST_F(LfsTest, AnAddressToUploadToEndsWithTheRightItWasGivenFor) {
    const auto bob = add_user("bob");
    const LfsWanted wanted{sha256_of("weights"), 7};
    const auto seal = lfs_upload_seal(hub, repo, bob, wanted).value();
    const auto plan = begin_multipart(hub, repo, bob, wanted).value();
    const auto id = plan.complete_url.substr(plan.complete_url.find("complete/") + 9, 32);
    EXPECT_TRUE(open_upload_seal(hub, wanted.oid, seal).has_value()) << "a public repository takes proposals from everybody";
    EXPECT_TRUE(open_multipart_seal(hub, id, seal_in(plan.complete_url)).has_value());
    SettingsChange closed;
    closed.is_private = true;
    ASSERT_TRUE(change_settings(hub, alice, repo, closed).has_value());
    EXPECT_EQ(open_upload_seal(hub, wanted.oid, seal).error().reason, Reason::kRepoNotFound);
    EXPECT_EQ(open_multipart_seal(hub, id, seal_in(plan.complete_url)).error().reason, Reason::kRepoNotFound);
}

TEST_F(LfsTest, TheDatabasesDiskCountsTooWhereTheStoreCannotTell) {
    EXPECT_TRUE(check_free_space(hub, 0).has_value());
    hub.options.free_space_floor = UINT64_MAX / 2;
    EXPECT_EQ(check_free_space(hub, 0).error().code, Code::kOutOfSpace);
}

TEST_F(LfsTest, TheLargestSizeThereIsHasACountableNumberOfParts) {
    const auto plan = begin_multipart(hub, repo, alice, {sha256_of("x"), std::numeric_limits<std::int64_t>::max()}).value();
    EXPECT_GT(plan.part_urls.size(), 1'000u);
    EXPECT_LE(plan.part_urls.size(), 10'000u);
}

TEST_F(LfsTest, PartsMakeTheObjectOnlyWhenTheyAreAllThereAndHaveItsHash) {
    const std::string content(1'000, 'x');
    const auto begin = [&](const Sha256& oid) {
        const auto plan = begin_multipart(hub, repo, alice, {oid, content.size()}).value();
        const auto id = plan.complete_url.substr(plan.complete_url.find("complete/") + 9, 32);
        return open_multipart_seal(hub, id, seal_in(plan.complete_url)).value();
    };
    const auto send = [&](const catalog::MultipartUpload& upload) {
        auto part = PartUpload::begin(hub, upload, 1).value();
        EXPECT_TRUE(part->write(as_bytes(content)).has_value());
        return part->finish().has_value();
    };
    const auto good = begin(sha256_of(content));
    EXPECT_EQ(complete_multipart(hub, good).error().reason, Reason::kUnprocessable);
    EXPECT_FALSE(PartUpload::begin(hub, good, 2).has_value());
    EXPECT_TRUE(send(good));
    EXPECT_TRUE(complete_multipart(hub, good).has_value());
    const auto lie = begin(sha256_of("another"));
    EXPECT_TRUE(send(lie));
    EXPECT_EQ(complete_multipart(hub, lie).error().reason, Reason::kUnprocessable);
    const auto held =
        catalog->read([&](catalog::Session& s) { return catalog::find_repo_object(s, repo.id, sha256_of("another")); });
    EXPECT_FALSE(held.value().has_value());
}

}  // namespace
}  // namespace mirfa::hub
