// SPDX-License-Identifier: Apache-2.0
// What commits say of a repository, and who finds it by that.
#include <gtest/gtest.h>

#include <algorithm>

#include "blob/store.h"
#include "hub/commits/card_refresh.h"
#include "hub/commits/search_facts.h"
#include "hub/repos/search.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

using catalog::FacetCount;
using catalog::FacetKind;
using catalog::RepoType;
using catalog::Session;

class FindingTest : public ::testing::Test, protected testing::WholeHub {
protected:
    Principal alice = add_user("alice");
    Principal bob = add_user("bob");
    catalog::Repository repo = add_repo(alice, "m");

    void put(const catalog::Repository& to, const std::string& operations) {
        const auto made = commit(alice, to, "main", operations);
        ASSERT_TRUE(made.has_value()) << describe(made.error());
    }
    static std::string safetensors(const std::string& json) {
        std::string file;
        for (std::size_t length = json.size(), i = 0; i < 8; ++i, length >>= 8) file += static_cast<char>(length & 0xFF);
        return file + json;
    }
    static std::string one_tensor(const std::string& dtype, std::int64_t elements) {
        return safetensors(R"({"w":{"dtype":")" + dtype + R"(","shape":[)" + std::to_string(elements) + R"(]}})");
    }
    catalog::Repository now(const catalog::Repository& of) {
        return *catalog->read([&](Session& s) { return catalog::find_repository_by_id(s, of.id); }).value();
    }
    std::vector<FacetCount> counts(const Principal& who, FacetKind kind, catalog::RepoQuery query = {}) {
        query.type = RepoType::kModel;
        const auto all = count_facets(hub, who, query, std::nullopt);
        EXPECT_TRUE(all.has_value()) << describe(all.error());
        for (const auto& one : all.value())
            if (one.kind == kind) return one.values;
        return {};
    }
    std::vector<std::string> found(const Principal& who, const std::string& text) {
        catalog::RepoQuery query;
        query.type = RepoType::kModel;
        query.text = text;
        query.sort = catalog::RepoSort::kRelevance;
        std::vector<std::string> names;
        const auto page = search_repositories(hub, who, query, std::nullopt, false);
        EXPECT_TRUE(page.has_value()) << describe(page.error());
        for (const auto& item : page.value().items) names.push_back(item.repo.name);
        return names;
    }
    using Names = std::vector<std::string>;
};

TEST_F(FindingTest, ACommitSaysWhatARepositoryIsFoundBy) {
    put(repo, file_line("README.md",
                        "---\nlicense: mit\nlanguage: [ar, en]\npipeline_tag: text-generation\nbase_model: acme/base\n"
                        "datasets: [acme/words]\n---\n# نموذج اللغة العربية\n\nFor [walruses](http://example.test/penguins).\n") +
                  file_line("model.onnx", "x"));
    EXPECT_EQ(found(bob, "العربيه"), Names{"m"});
    EXPECT_EQ(found(bob, "walrus"), Names{"m"});
    EXPECT_EQ(found(bob, "penguins"), Names{});
    EXPECT_EQ(counts(bob, FacetKind::kTask), (std::vector<FacetCount>{{"text-generation", 1}}));
    EXPECT_EQ(counts(bob, FacetKind::kLanguage), (std::vector<FacetCount>{{"ar", 1}, {"en", 1}}));
    EXPECT_EQ(counts(bob, FacetKind::kLicense), (std::vector<FacetCount>{{"mit", 1}}));
    EXPECT_EQ(counts(bob, FacetKind::kFormat), (std::vector<FacetCount>{{"onnx", 1}}));
    catalog::RepoQuery of_base;
    of_base.facets = {{FacetKind::kBaseModel, "Acme/Base"}, {FacetKind::kDataset, "acme/words"}};
    EXPECT_EQ(counts(bob, FacetKind::kTask, of_base), (std::vector<FacetCount>{{"text-generation", 1}}));
    EXPECT_EQ(quick_search(hub, bob, "اللغه", 5).value().models.at(0).name, "alice/m");
    put(repo, file_line("README.md", "nothing"));
    EXPECT_EQ(found(bob, "walrus"), Names{});
    EXPECT_EQ(counts(bob, FacetKind::kTask), std::vector<FacetCount>{});
}

TEST_F(FindingTest, ACommitThatDoesNotReachMainChangesNothing) {
    ASSERT_TRUE(create_branch(hub, alice, repo, {"side", std::nullopt, false, false}).has_value());
    ASSERT_TRUE(commit(alice, repo, "side", file_line("README.md", "walrus")).has_value());
    EXPECT_EQ(found(alice, "walrus"), Names{});
}

TEST_F(FindingTest, WeightsAreCountedFromTheirHeadsWhereverTheyAreStored) {
    put(repo, file_line("model.safetensors", one_tensor("BF16", 2'000'000'000)));
    EXPECT_EQ(now(repo).parameters, 2'000'000'000);
    EXPECT_NE(now(repo).details.find(R"("safetensors":{"parameters":{"BF16":2000000000},"total":2000000000})"), std::string::npos)
        << now(repo).details;
    EXPECT_EQ(counts(bob, FacetKind::kDtype), (std::vector<FacetCount>{{"BF16", 1}}));
    EXPECT_EQ(counts(bob, FacetKind::kSize), (std::vector<FacetCount>{{"1B-3B", 1}}));

    const auto sharded = add_repo(alice, "sharded");
    const auto first = one_tensor("F32", 5);
    const auto second = one_tensor("BF16", 7);
    const auto first_oid = upload(alice, sharded, first);
    const auto second_oid = upload(alice, sharded, second);
    const std::string index = R"({"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}})";
    put(sharded, lfs_line("model-00001-of-00002.safetensors", first_oid, first.size()) +
                     lfs_line("model-00002-of-00002.safetensors", second_oid, second.size()) +
                     file_line("model.safetensors.index.json", index));
    EXPECT_EQ(now(sharded).parameters, 12);
    // The heads are known now: nothing is read for the next commit, even if the store has lost the content.
    ASSERT_TRUE(store->remove(blob::raw_key(first_oid)).value());
    put(sharded, file_line("other.txt", "x"));
    EXPECT_EQ(now(sharded).parameters, 12);
}

TEST_F(FindingTest, WhatIsNoWeightFileCountsAsNone) {
    const std::string lie = "GGUF but not really";
    const auto oid = upload(alice, repo, lie);
    put(repo, lfs_line("a.gguf", oid, lie.size()) + file_line("model.safetensors", std::string(100, '\xFF')) +
                  file_line("model.safetensors.index.json", R"({"weight_map":{"a":"missing.safetensors"}})"));
    EXPECT_EQ(now(repo).parameters, 0);
    EXPECT_EQ(now(repo).details, "{}");
}

TEST_F(FindingTest, StrangersNeitherFindNorCountWhatIsPrivate) {
    put(repo, file_line("README.md", "---\nlicense: mit\n---\nwalrus"));
    ASSERT_TRUE(change_settings(hub, alice, repo, {true, {}, {}, {}}).has_value());
    for (const auto& stranger : {bob, Principal{}}) {
        EXPECT_EQ(found(stranger, "walrus"), Names{});
        EXPECT_EQ(counts(stranger, FacetKind::kLicense), std::vector<FacetCount>{});
        EXPECT_TRUE(quick_search(hub, stranger, "m", 5).value().models.empty());
    }
    EXPECT_EQ(found(alice, "walrus"), Names{"m"});
    EXPECT_EQ(counts(alice, FacetKind::kLicense), (std::vector<FacetCount>{{"mit", 1}}));
    EXPECT_EQ(quick_search(hub, alice, "m", 5).value().models.size(), 1u);
    Principal narrowed = alice;
    narrowed.kind = PrincipalKind::kToken;
    narrowed.token_role = catalog::TokenRole::kFineGrained;
    EXPECT_EQ(found(narrowed, "walrus"), Names{});
    EXPECT_EQ(counts(narrowed, FacetKind::kLicense), std::vector<FacetCount>{});
    EXPECT_TRUE(quick_search(hub, narrowed, "m", 5).value().models.empty());
}

TEST_F(FindingTest, WhatWasThereBeforeIsIndexedAnew) {
    put(repo, file_line("README.md", "---\nlicense: mit\n---\nwalrus"));
    ASSERT_TRUE(catalog
                    ->write([](Session& s) -> Result<void> {
                        for (const std::string_view sql :
                             {"DELETE FROM repository_text", "DELETE FROM repository_index", "DELETE FROM repository_facet",
                              "DELETE FROM facet", "DELETE FROM name_part",
                              "INSERT INTO index_wanted (kind, id) SELECT 1, id FROM repository",
                              "INSERT INTO index_wanted (kind, id) SELECT 2, id FROM owner"})
                            TRY(s.change(sql, {}));
                        return ok();
                    })
                    .has_value());
    EXPECT_EQ(found(bob, "walrus"), Names{});
    EXPECT_EQ(index_wanted(hub, 1).value(), true);
    while (index_wanted(hub, 1).value()) {}
    EXPECT_EQ(found(bob, "walrus"), Names{"m"});
    EXPECT_EQ(counts(bob, FacetKind::kLicense), (std::vector<FacetCount>{{"mit", 1}}));
    EXPECT_EQ(quick_search(hub, bob, "ali", 5).value().users.size(), 1u);
}

TEST(SizeClass, BeginsWithItsLowerBound) {
    EXPECT_EQ(size_class(1), "<100M");
    EXPECT_EQ(size_class(999'999'999), "100M-1B");
    EXPECT_EQ(size_class(1'000'000'000), "1B-3B");
    EXPECT_EQ(size_class(700'000'000'000), ">200B");
}

}  // namespace
}  // namespace mirfa::hub
