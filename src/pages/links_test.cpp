// SPDX-License-Identifier: Apache-2.0
#include "pages/links.h"

#include <gtest/gtest.h>

namespace mirfa::pages {
namespace {

catalog::Repository clips() {
    catalog::Repository repo;
    repo.type = catalog::RepoType::kDataset;
    repo.owner_name = "acme";
    repo.name = "clips";
    return repo;
}

TEST(Links, KeepARevisionInOneSegmentAndEncodeWhatPeopleChose) {
    EXPECT_EQ(tree_path(clips(), "main"), "/datasets/acme/clips/tree/main");
    EXPECT_EQ(tree_path(clips(), "refs/pr/1", "a b/c"), "/datasets/acme/clips/tree/refs%2Fpr%2F1/a%20b/c");
    EXPECT_EQ(blob_path(clips(), "feat/x", "\"><b>?#%.txt"), "/datasets/acme/clips/blob/feat%2Fx/%22%3E%3Cb%3E%3F%23%25.txt");
    EXPECT_EQ(resolve_path(clips(), "main", "a\nb"), "/datasets/acme/clips/resolve/main/a%0Ab");
    EXPECT_EQ(commits_path(clips(), "v1.0"), "/datasets/acme/clips/commits/v1.0");
    EXPECT_EQ(discussion_path(clips(), 7), "/datasets/acme/clips/discussions/7");
}

TEST(Links, NameRefsAsPeopleDo) {
    EXPECT_EQ(short_ref("refs/heads/feat/x"), "feat/x");
    EXPECT_EQ(short_ref("refs/tags/v1"), "v1");
    EXPECT_EQ(short_ref("refs/pr/3"), "refs/pr/3");
}

TEST(Links, OfACardStayInTheRepositoryOrOnTheSite) {
    const std::pair<const char*, const char*> cases[] = {
        {"a.txt", "/hf/datasets/acme/clips/blob/main/a.txt"},
        {"./a/../b/c.txt#part", "/hf/datasets/acme/clips/blob/main/b/c.txt#part"},
        {"../../../../etc/passwd", "/hf/datasets/acme/clips/blob/main/etc/passwd"},
        {"..", "/hf/datasets/acme/clips/blob/main"},
        {"a%20b.txt?x=1", "/hf/datasets/acme/clips/blob/main/a%20b.txt?x=1"},
        {"a b.txt", "/hf/datasets/acme/clips/blob/main/a%20b.txt"},
        {"100%.txt", "/hf/datasets/acme/clips/blob/main/100%25.txt"},
        {"%2e%2e/%2e%2e/x", "/hf/datasets/acme/clips/blob/main/x"},
        {"/acme/other", "/hf/acme/other"},
        {"/../../x", "/hf/x"},
        {"/acme//evil.test", "/hf/acme/evil.test"},
    };
    for (const auto& [address, path] : cases) EXPECT_EQ(card_address(clips(), "main", "blob", "/hf", address), path) << address;
}

}  // namespace
}  // namespace mirfa::pages
