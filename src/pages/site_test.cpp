// SPDX-License-Identifier: Apache-2.0
#include "pages/site.h"

#include <gtest/gtest.h>

namespace mirfa::pages {
namespace {

TEST(Paths, KeepARevisionInOneSegmentAndEncodeWhatPeopleChose) {
    catalog::Repository clips;
    clips.type = catalog::RepoType::kDataset;
    clips.owner_name = "acme";
    clips.name = "clips";
    EXPECT_EQ(tree_path(clips, "main"), "/datasets/acme/clips/tree/main");
    EXPECT_EQ(tree_path(clips, "refs/pr/1", "a b/c"), "/datasets/acme/clips/tree/refs%2Fpr%2F1/a%20b/c");
    EXPECT_EQ(blob_path(clips, "feat/x", "\"><b>?#%.txt"), "/datasets/acme/clips/blob/feat%2Fx/%22%3E%3Cb%3E%3F%23%25.txt");
}

}  // namespace
}  // namespace mirfa::pages
