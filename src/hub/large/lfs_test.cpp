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

class BegunUpload : public LfsTest {
protected:
    static constexpr std::size_t kSize = (64u << 20) + 5;  // two parts, the second of five octets
    const std::string tail = "tails";
    const std::string content = std::string(kSize - 5, 'x') + tail;
    const LfsWanted wanted{sha256_of(content), kSize};

    MultipartPlan take_up(const Principal& who, const catalog::Repository& where) {
        return begin_multipart(hub, where, who, wanted, MultipartStart::kWhereItStopped).value();
    }
    catalog::MultipartUpload upload_of(const MultipartPlan& plan) {
        const auto id = plan.complete_url.substr(plan.complete_url.find("complete/") + 9, 32);
        return open_multipart_seal(hub, id, seal_in(plan.complete_url)).value();
    }
    void send(const catalog::MultipartUpload& upload, int part, std::string_view octets) {
        auto receiving = PartUpload::begin(hub, upload, part).value();
        ASSERT_TRUE(receiving->write(as_bytes(octets)).has_value());
        ASSERT_TRUE(receiving->finish().has_value());
    }
};

TEST_F(BegunUpload, IsGoneOnWithByWhoBeganItAndNobodyElse) {
    const auto begun = upload_of(take_up(alice, repo));
    EXPECT_TRUE(take_up(alice, repo).arrived.empty());
    send(begun, 2, tail);
    const auto again = take_up(alice, repo);
    EXPECT_EQ(upload_of(again).id, begun.id);
    EXPECT_EQ(again.arrived, (std::map<int, std::string>{{2, begun.id + "-2"}}));
    EXPECT_NE(upload_of(take_up(add_user("bob"), repo)).id, begun.id);
    EXPECT_NE(upload_of(take_up(alice, add_repo(alice, "other"))).id, begun.id);
    EXPECT_NE(upload_of(begin_multipart(hub, repo, alice, wanted).value()).id, begun.id) << "who did not ask for it";
    send(begun, 1, std::string_view(content).substr(0, kSize - 5));
    ASSERT_TRUE(complete_multipart(hub, begun).has_value());
    EXPECT_TRUE(repository_holds(hub, repo.id, wanted).value());
}

// Two pages of one person: the one that is late must ask again, and hears then that the hub has it.
TEST_F(BegunUpload, ThatTheOtherPageHasCompletedHasEnded) {
    const auto begun = upload_of(take_up(alice, repo));
    send(begun, 1, std::string_view(content).substr(0, kSize - 5));
    send(begun, 2, tail);
    ASSERT_TRUE(complete_multipart(hub, begun).has_value());
    EXPECT_EQ(complete_multipart(hub, begun).error().code, Code::kNotFound);
}

TEST_F(BegunUpload, WithWrongOctetsIsForgotten) {
    const auto begun = upload_of(take_up(alice, repo));
    send(begun, 1, std::string_view(content).substr(0, kSize - 5));
    send(begun, 2, "heads");
    EXPECT_EQ(complete_multipart(hub, begun).error().reason, Reason::kUnprocessable);
    const auto anew = take_up(alice, repo);
    EXPECT_NE(upload_of(anew).id, begun.id);
    EXPECT_TRUE(anew.arrived.empty());
}

TEST_F(BegunUpload, CountsAsNewWhenItIsGoneOnWith) {
    const auto begun = upload_of(take_up(alice, repo));
    clock.pass(std::chrono::hours(6 * 24));
    take_up(alice, repo);
    const auto old = catalog->read([&](catalog::Session& s) { return catalog::multiparts_before(s, clock.now() - 1000); });
    EXPECT_EQ(old.value(), std::vector<std::string>{});
    EXPECT_EQ(upload_of(take_up(alice, repo)).id, begun.id);
}

}  // namespace
}  // namespace mirfa::hub
