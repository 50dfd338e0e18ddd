// SPDX-License-Identifier: Apache-2.0
#include "card/generate_others.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "card/check.h"
#include "card/front_matter.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::IsEmpty;

DatasetFacts films() {
    DatasetFacts facts;
    facts.repository = "acme/films";
    facts.name = "Films | and opinions";
    facts.summary = "Opinions on films, each with the stars that came with it.";
    facts.licenses = {"cc-by-4.0"};
    facts.languages = {"en", "no"};
    facts.tasks = {"text-classification"};
    facts.sources = {"acme/opinions"};
    facts.annotators = {"expert-generated"};
    facts.rows = 12'345;
    facts.files = {{"train", "data/train-*"}, {"test", "data/test-*"}, {"train", "more/*.csv"}};
    return facts;
}

TEST(DatasetCard, HasTheKeysThatFiltersAndTheDatasetsLibraryRead) {
    const auto made = make_dataset_card(films());
    ASSERT_TRUE(made.has_value()) << made.error().message;
    EXPECT_EQ(json::value(read_card_data(made.value())), json::parse(R"({
        "license": "cc-by-4.0", "language": ["en", "no"], "pretty_name": "Films | and opinions",
        "task_categories": ["text-classification"], "size_categories": ["10K<n<100K"],
        "annotations_creators": ["expert-generated"], "source_datasets": ["acme/opinions"], "tags": ["generated-by-mirfa"],
        "configs": [{"config_name": "default", "data_files": [
            {"split": "train", "path": ["data/train-*", "more/*.csv"]}, {"split": "test", "path": "data/test-*"}]}]})"));
    EXPECT_THAT(check_card(RepoKind::kDataset, made.value()), IsEmpty());
    for (const char* part : {"\n# Films \\| and opinions\n", "load_dataset(\"acme/films\")", "- **Rows:** 12345\n",
                             "\n## Structure\n", "\n## How it was made\n", "\n## People in it\n", "\n## Biases and risks\n",
                             "\n## Intended use and limits\n", "\n## Contact and citation\n"})
        EXPECT_THAT(made.value(), HasSubstr(part));
}

TEST(DatasetCard, WithNothingKnownItSaysSoAndIsValid) {
    const auto made = make_dataset_card({});
    ASSERT_TRUE(made.has_value());
    EXPECT_THAT(made.value(), HasSubstr("---\ntags:\n- generated-by-mirfa\n---\n\n# Dataset\n"));
    EXPECT_THAT(made.value(), HasSubstr("- **Licence:** Not stated\n"));
    EXPECT_THAT(made.value(), HasSubstr("## Use it\n\nNot stated.\n"));
}

TEST(DatasetCard, WhatAHubWouldRefuseIsRefused) {
    auto facts = films();
    facts.licenses = {"free"};
    EXPECT_EQ(make_dataset_card(facts).error().code, Code::kInvalidArgument);
    facts = films();
    facts.repository = "no name";
    EXPECT_EQ(make_dataset_card(facts).error().code, Code::kInvalidArgument);
    facts = films();
    facts.summary = "\xFF";
    EXPECT_EQ(make_dataset_card(facts).error().code, Code::kInvalidArgument);
}

TEST(DatasetCard, SizesHaveTheirNames) {
    EXPECT_EQ(size_category(0), "n<1K");
    EXPECT_EQ(size_category(999), "n<1K");
    EXPECT_EQ(size_category(1000), "1K<n<10K");
    EXPECT_EQ(size_category(999'999'999'999), "100B<n<1T");
    EXPECT_EQ(size_category(1'000'000'000'000), "n>1T");
}

SpaceFacts demo() {
    SpaceFacts facts;
    facts.repository = "acme/demo";
    facts.summary = "Try the model of films.";
    facts.emoji = "🎬";
    facts.color_from = "green";
    facts.color_to = "blue";
    facts.sdk = "docker";
    facts.app_port = 8000;
    facts.licenses = {"mit"};
    facts.models = {"acme/tiny"};
    facts.datasets = {"acme/films"};
    return facts;
}

TEST(SpaceCard, HasTheKeysThatItRunsOn) {
    const auto made = make_space_card(demo());
    ASSERT_TRUE(made.has_value()) << made.error().message;
    EXPECT_EQ(json::value(read_card_data(made.value())), json::parse(R"({
        "title": "demo", "emoji": "🎬", "colorFrom": "green", "colorTo": "blue", "sdk": "docker", "app_port": 8000,
        "license": "mit", "short_description": "Try the model of films.", "models": ["acme/tiny"], "datasets": ["acme/films"],
        "tags": ["generated-by-mirfa"]})"));
    EXPECT_THAT(check_card(RepoKind::kSpace, made.value()), IsEmpty());
    EXPECT_THAT(made.value(), HasSubstr("docker run -p 8000:8000 space\n"));
    EXPECT_THAT(made.value(), HasSubstr("\n## Limits and privacy\n"));
}

TEST(SpaceCard, WhatItRunsOnIsToldInItsWordsAndNeverGuessed) {
    auto facts = demo();
    facts.app_port.reset();
    facts.sdk = "gradio";
    facts.app_file = "app.py";
    EXPECT_THAT(make_space_card(facts).value(), HasSubstr("run `app.py` with Python"));
    facts.sdk = "";
    EXPECT_THAT(make_space_card(facts).value(), HasSubstr("## Run it yourself\n\nNot stated.\n"));
    facts.sdk = "unity";
    EXPECT_EQ(make_space_card(facts).error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace mirfa::card
