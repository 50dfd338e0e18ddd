// SPDX-License-Identifier: Apache-2.0
#include "cli/cache_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mirfa::cli {
namespace {

using client::CachedRepo;
using client::RepoType;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1'000'000'000;
constexpr std::int64_t kDay = 86'400;

CachedRepo repo(RepoType type, const std::string& name, std::uint64_t bytes, std::int64_t days_ago, const std::string& ref) {
    CachedRepo made;
    made.repo = {type, name};
    made.bytes = bytes;
    made.accessed = kNow - days_ago * kDay;
    made.modified = kNow - 2 * days_ago * kDay;
    made.revisions = {{std::string(40, 'b'), {ref}, "", bytes / 2, 1, kNow - 3 * days_ago * kDay},
                      {std::string(40, 'a'), {}, "", bytes, 1, kNow - 4 * days_ago * kDay}};
    return made;
}

const std::vector<CachedRepo> kRepos = {repo(RepoType::kModel, "acme/Zebra", 3'000'000, 1, "main"),
                                        repo(RepoType::kModel, "acme/ape", 2'000, 10, "Dev"),
                                        repo(RepoType::kDataset, "acme/films", 5'000'000'000, 100, "main")};

std::vector<CacheEntry> repos() {
    std::vector<CacheEntry> entries;
    for (const auto& one : kRepos) entries.push_back({&one, nullptr});
    return entries;
}

std::vector<std::string> names(const std::vector<std::string>& filters, const std::string& order = "",
                               std::optional<std::size_t> limit = std::nullopt) {
    std::vector<CacheFilter> parsed;
    for (const auto& filter : filters) parsed.push_back(CacheFilter::parse(filter).value());
    std::optional<CacheOrder> by;
    if (!order.empty()) by = CacheOrder::parse(order).value();
    std::vector<std::string> found;
    for (const auto& entry : select_entries(repos(), parsed, by, limit, kNow)) found.push_back(entry.repo->repo.name);
    return found;
}

TEST(CacheFilter, ComparesSizesAgesTypesAndRefs) {
    EXPECT_THAT(names({}), ElementsAre("acme/films", "acme/Zebra", "acme/ape"));
    EXPECT_THAT(names({"size>1GB"}), ElementsAre("acme/films"));
    EXPECT_THAT(names({" SIZE <= 3m "}), ElementsAre("acme/Zebra", "acme/ape"));
    EXPECT_THAT(names({"size=2000"}), ElementsAre("acme/ape"));
    EXPECT_THAT(names({"size!=2KB"}), ElementsAre("acme/films", "acme/Zebra"));
    EXPECT_THAT(names({"accessed>7d"}), ElementsAre("acme/films", "acme/ape"));
    EXPECT_THAT(names({"accessed>=1d", "modified<3mo"}), ElementsAre("acme/Zebra", "acme/ape"));
    EXPECT_THAT(names({"type=dataset"}), ElementsAre("acme/films"));
    EXPECT_THAT(names({"refs=dev"}), ElementsAre("acme/ape"));
    EXPECT_THAT(names({"type=model", "refs=main"}), ElementsAre("acme/Zebra"));
    EXPECT_THAT(names({"type=space"}), IsEmpty());
}

TEST(CacheFilter, OrdersAndLimits) {
    EXPECT_THAT(names({}, "size"), ElementsAre("acme/films", "acme/Zebra", "acme/ape"));
    EXPECT_THAT(names({}, "size:asc"), ElementsAre("acme/ape", "acme/Zebra", "acme/films"));
    EXPECT_THAT(names({}, "accessed"), ElementsAre("acme/Zebra", "acme/ape", "acme/films"));
    EXPECT_THAT(names({}, "modified:asc"), ElementsAre("acme/films", "acme/ape", "acme/Zebra"));
    EXPECT_THAT(names({}, "name"), ElementsAre("acme/films", "acme/ape", "acme/Zebra")) << "without regard to case";
    EXPECT_THAT(names({}, "name:desc", 1), ElementsAre("acme/Zebra"));
    EXPECT_THAT(names({"type=model"}, "", 9), ElementsAre("acme/Zebra", "acme/ape"));
    EXPECT_THAT(names({}, "", 0), IsEmpty());
}

TEST(CacheFilter, OfARevisionItsOwnSizeTimeAndRefsCount) {
    const CacheEntry named{&kRepos[1], &kRepos[1].revisions[0]}, unnamed{&kRepos[1], &kRepos[1].revisions[1]};
    const auto filtered = [&](const char* text) {
        return select_entries({named, unnamed}, {CacheFilter::parse(text).value()}, std::nullopt, std::nullopt, kNow);
    };
    ASSERT_EQ(filtered("size>0").size(), 2u);
    EXPECT_EQ(filtered("size>0")[0].revision->commit, std::string(40, 'a'));
    ASSERT_EQ(filtered("size>1K").size(), 1u);
    EXPECT_EQ(filtered("size>1K")[0].revision, unnamed.revision);
    ASSERT_EQ(filtered("refs=dev").size(), 1u);
    EXPECT_EQ(filtered("refs=dev")[0].revision, named.revision);
    EXPECT_EQ(filtered("modified<35d").size(), 1u);
    EXPECT_EQ(filtered("accessed<11d").size(), 2u);
}

TEST(CacheFilter, WhatIsNoFilterOrOrderSaysWhatIs) {
    for (const char* text :
         {"", "size", "size>", "size>1QB", "size>x", "weight>1", "type!=model", "type==model", "refs>main",
          "type=", "size>99999999999999999999", "size>99999999999999TB", "accessed>1.5d", "accessed>-1d", "size!1"})
        EXPECT_EQ(CacheFilter::parse(text).error().code, Code::kInvalidArgument) << text;
    for (const char* text : {"", "weight", "size:", "size:up", "size:asc:desc"})
        EXPECT_EQ(CacheOrder::parse(text).error().code, Code::kInvalidArgument) << text;
}

}  // namespace
}  // namespace mirfa::cli
