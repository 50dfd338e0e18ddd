// SPDX-License-Identifier: Apache-2.0
// Folders in pages. The same pages put together are the whole folder, and none costs more than it holds.
#include "hub/repos/trees.h"

#include <gtest/gtest.h>

#include "hub/testing/pushing_hub.h"

namespace mirfa::hub {
namespace {

class TreesTest : public ::testing::Test, protected testing::PushingHub {
protected:
    TreePage page_of(const std::string& path, const TreeQuery& query) {
        std::vector<std::string> segments = {"main"};
        if (!path.empty()) segments.push_back(path);
        return list_tree(hub, repo, segments, query).value();
    }
    /// All paths below a folder, by pages.
    std::vector<std::string> listed_in_pages_of(const std::string& path, std::size_t limit, bool recursive) {
        std::vector<std::string> listed;
        TreeQuery query{.recursive = recursive, .limit = limit};
        do {
            const auto page = page_of(path, query);
            EXPECT_LE(page.entries.size(), limit);
            for (const auto& entry : page.entries) listed.push_back(entry.path);
            query.cursor = page.next;
        } while (!query.cursor.empty());
        return listed;
    }
};

TEST_F(TreesTest, PagesOfAnyLengthComeToTheWholeList) {
    ASSERT_EQ(push_files({"a", "a.b", "b/x", "b/y/1", "b/y/2", "b/y.z", "b/z/w/deep", "b0", "c/1", "ملف/ب"}).find("ng "),
              std::string::npos);
    const std::vector<std::string> all = {"a",   "a.b",   "b",          "b/x", "b/y.z", "b/y", "b/y/1", "b/y/2",
                                          "b/z", "b/z/w", "b/z/w/deep", "b0",  "c",     "c/1", "ملف",   "ملف/ب"};
    const std::vector<std::string> top = {"a", "a.b", "b", "b0", "c", "ملف"};
    const std::vector<std::string> below_b = {"b/x", "b/y.z", "b/y", "b/z"};
    for (std::size_t limit = 1; limit <= all.size() + 1; ++limit) {
        EXPECT_EQ(listed_in_pages_of("", limit, true), all) << limit;
        EXPECT_EQ(listed_in_pages_of("", limit, false), top) << limit;
        EXPECT_EQ(listed_in_pages_of("b", limit, false), below_b) << limit;
    }
}

TEST_F(TreesTest, ACursorThatNoPageGaveBeginsWhereItWouldStand) {
    ASSERT_EQ(push_files({"b/m", "b/o", "c"}).find("ng "), std::string::npos);
    const auto after = [&](const std::string& cursor, bool recursive) {
        std::string paths;
        for (const auto& entry : page_of("", {.recursive = recursive, .cursor = cursor}).entries) paths += entry.path + " ";
        return paths;
    };
    EXPECT_EQ(after("a", true), "b b/m b/o c ");
    EXPECT_EQ(after("b/n", true), "b/o c ");
    EXPECT_EQ(after("b/n/", true), "b/o c ");
    EXPECT_EQ(after("b/n", false), "c ");
    EXPECT_EQ(after("bb", true), "c ");
    EXPECT_EQ(after("d", true), "");
}

/// A page of a folder of 100,000 entries once made each of them first, whatever the page: 288 ms in a debug build.
TEST_F(TreesTest, APageOfALargeFolderCostsNoMoreThanItHolds) {
    constexpr std::size_t kFiles = 20'000;
    std::vector<std::string> paths = {"README.md"};
    for (std::size_t n = 0; n < kFiles; ++n) paths.push_back("data/" + std::to_string(100'000 + n));
    ASSERT_EQ(push_files(paths).find("ng "), std::string::npos);
    const auto made = [&](const std::string& path, const std::string& cursor, bool recursive) {
        const auto page = page_of(path, {.recursive = recursive, .cursor = cursor, .limit = 100});
        EXPECT_EQ(page.entries.size(), 100u);
        return page.entries_made;
    };
    // One more tells that the list goes on, one is where the page before ended, and one the folder that leads there.
    EXPECT_EQ(made("data", "", false), 101u);
    EXPECT_EQ(made("data", "data/109999", false), 102u);
    EXPECT_EQ(made("data", "data/119899", false), 101u);
    EXPECT_EQ(made("", "data/109999", true), 103u);
}

}  // namespace
}  // namespace mirfa::hub
