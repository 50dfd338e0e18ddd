// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mirfa/card.h>

#include <fstream>

#include "base/file.h"

namespace mirfa::client {
namespace {

using ::testing::HasSubstr;

card::CardFacts spiral() {
    card::CardFacts facts;
    facts.repository = "acme/spiral";
    facts.summary = "Tells the arms of a spiral apart.";
    facts.licenses = {"apache-2.0"};
    facts.task = "tabular-classification";
    facts.datasets = {"acme/arms"};
    facts.hyper_parameters = {{"learning_rate", "0.02"}};
    facts.scores = {{"accuracy", 0.975, "", "acme/arms", "Arms", "", "test"}};
    facts.versions = {{"Mirfa", "1"}};
    facts.emissions = card::Emissions{};
    facts.emissions->grams = 12;
    return facts;
}

TEST(Card, TellsWhatATrainingKnowsInItsMetadataAndItsText) {
    const auto made = make_card(spiral());
    ASSERT_TRUE(made.ok()) << made.failure().message;
    for (const char* line :
         {"license: apache-2.0\n", "pipeline_tag: tabular-classification\n", "- acme/arms\n", "emissions: 12.0\n", "# spiral\n",
          "> Tells the arms of a spiral apart.\n", "- `learning_rate`: 0.02\n", "- Mirfa 1\n", "type: accuracy\n",
          "value: 0.975\n", "12 g of CO2 equivalent"})
        EXPECT_THAT(*made, HasSubstr(line));
    EXPECT_EQ(*made, *make_card(spiral())) << "the same facts give the same octets";
}

TEST(Card, WhatAHubWouldRefuseIsRefusedWithTheReason) {
    auto facts = spiral();
    facts.licenses = {"freeware"};
    const auto made = make_card(facts);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.failure().kind, Kind::kInvalidArgument);
    EXPECT_THAT(made.failure().message, HasSubstr("license"));
}

TEST(Card, EmissionsAndATrainingsFolderAreReadFromWhatIsThere) {
    const auto folder = TemporaryFolder::create().value();
    std::ofstream(folder.path() / "emissions.csv")
        << "timestamp,run_id,duration,emissions,energy_consumed\n1,a,60,0.001,0.01\n2,b,60,0.002,0.02\n";
    std::ofstream(folder.path() / "config.json") << R"({"model_type": "bert", "architectures": ["BertForMaskedLM"]})";
    EXPECT_DOUBLE_EQ(read_emissions(folder.path() / "emissions.csv")->grams, 2);
    EXPECT_DOUBLE_EQ(read_emissions(folder.path() / "emissions.csv", EmissionRuns::kAll)->grams, 3);
    EXPECT_EQ(read_emissions(folder.path() / "none.csv").failure().kind, Kind::kNotFound);

    auto facts = spiral();
    ASSERT_TRUE(add_training_folder(folder.path(), facts).ok());
    EXPECT_EQ(facts.architecture, "BertForMaskedLM");
    EXPECT_EQ(facts.task, "tabular-classification") << "what was given stays";
    EXPECT_DOUBLE_EQ(facts.emissions->grams, 12) << "what was given stays";
    EXPECT_EQ(add_training_folder(folder.path() / "none", facts).failure().kind, Kind::kNotFound);
}

}  // namespace
}  // namespace mirfa::client
