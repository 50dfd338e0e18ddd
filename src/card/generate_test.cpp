// SPDX-License-Identifier: Apache-2.0
#include "card/generate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "card/check.h"
#include "card/detail/markdown_text.h"
#include "card/front_matter.h"
#include "card/markdown.h"
#include "card/plain_text.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

CardFacts some_facts() {
    CardFacts facts;
    facts.repository = "acme/tiny";
    facts.summary = "Says whether a film is liked.";
    facts.licenses = {"apache-2.0"};
    facts.languages = {"en", "no"};
    facts.library = "transformers";
    facts.task = "text-classification";
    facts.base_models = {"acme/base"};
    facts.relation = "finetune";
    facts.datasets = {"glue"};
    facts.tags = {"films", "films"};
    facts.architecture = "BertForSequenceClassification";
    facts.hyper_parameters = {{"learning_rate", "2e-05"}, {"seed", "42"}};
    facts.training = {{250, 1.0, {}, {{"loss", 0.41234}, {"accuracy", 0.861}}, false},
                      {500, 2.0, 0.3987, {{"loss", 0.3921}, {"accuracy", 0.8733}}, true}};
    facts.scores = {{"loss", 0.3921, "", "glue", "GLUE", "sst2", "validation"},
                    {"accuracy", 0.8733, "", "glue", "GLUE", "sst2", "validation"}};
    facts.versions = {{"Transformers", "4.47.0"}};
    facts.emissions = Emissions{1234.5, "codecarbon 2.3.4", "fine-tuning", "Quebec, Canada", "8 x A100", 3.5, 7200};
    return facts;
}

constexpr const char* kGolden = R"(---
license: apache-2.0
language:
- en
- 'no'
library_name: transformers
pipeline_tag: text-classification
base_model: acme/base
base_model_relation: finetune
datasets:
- glue
tags:
- films
- generated-by-mirfa
metrics:
- accuracy
co2_eq_emissions:
  emissions: 1234.5
  source: codecarbon 2.3.4
  training_type: fine-tuning
  geographical_location: Quebec, Canada
  hardware_used: 8 x A100
model-index:
- name: tiny
  results:
  - task:
      type: text-classification
      name: Text Classification
    dataset:
      name: GLUE
      type: glue
      config: sst2
      split: validation
    metrics:
    - type: accuracy
      value: 0.8733
      name: Accuracy
---

# tiny

> Says whether a film is liked.

## At a glance

- **Repository:** `acme/tiny`
- **Task:** Text Classification
- **Languages:** `en`, `no`
- **Licence:** Apache License 2.0
- **Made from:** `acme/base` (finetune)
- **Library:** transformers
- **Architecture:** BertForSequenceClassification

## Use it

```python
from transformers import pipeline

model = pipeline("text-classification", model="acme/tiny")
```

## Intended use and limits

Not stated: what the model is made for, what it must not be used for, and where it is known to fail.

## Data

- **Trained on:** `glue`
- **Evaluated on:** `glue`
- **Licences of the data, personal data in it:** Not stated

## Training

### Hyperparameters

- `learning_rate`: 2e-05
- `seed`: 42

### Results during training

| Step    | Epoch | Training loss | Validation loss | Accuracy   |
|---------|-------|---------------|-----------------|------------|
| 250     | 1     | no log        | 0.4123          | 0.861      |
| **500** | **2** | **0.3987**    | **0.3921**      | **0.8733** |

### Energy and emissions

- **Emissions:** 1.2345 kg of CO2 equivalent
- **Energy:** 3.5 kWh
- **Duration:** 2 hours
- **Hardware:** 8 x A100
- **Place:** Quebec, Canada
- **Measured by:** codecarbon 2.3.4

### Software

- Transformers 4.47.0

## Evaluation

| Task                | Dataset                | Metric   | Value  |
|---------------------|------------------------|----------|--------|
| Text Classification | GLUE, sst2, validation | Loss     | 0.3921 |
| Text Classification | GLUE, sst2, validation | Accuracy | 0.8733 |

## Contact and citation

Not stated.
)";

TEST(MakeCard, WritesWhatIsKnown) {
    const auto card = make_card(some_facts());
    ASSERT_TRUE(card.has_value()) << card.error().message;
    EXPECT_EQ(card.value(), kGolden);
}

TEST(MakeCard, IsReadBackToTheSameFactsAndNeedsNoAdvice) {
    const auto facts = some_facts();
    const auto card = make_card(facts).value();
    EXPECT_EQ(json::value(read_card_data(card)), json::value(card_metadata(facts)));
    EXPECT_TRUE(check_card(RepoKind::kModel, card).empty());
    EXPECT_EQ(first_heading(card), "tiny");
}

TEST(MakeCard, NothingKnownIsSaidToBeNotStated) {
    const auto card = make_card({});
    ASSERT_TRUE(card.has_value());
    EXPECT_THAT(card.value(), HasSubstr("---\ntags:\n- generated-by-mirfa\n---\n\n# Model\n"));
    for (const char* section :
         {"## Use it\n\nNot stated.", "## Training\n\nNot stated.", "## Evaluation\n\nNot stated.", "**Licence:** Not stated"})
        EXPECT_THAT(card.value(), HasSubstr(section));
}

TEST(MakeCard, RefusesFactsThatAHubWouldRefuse) {
    const auto refused = [](auto change) {
        auto facts = some_facts();
        change(facts);
        const auto card = make_card(facts);
        return card.has_value() ? "made" : card.error().message;
    };
    EXPECT_THAT(refused([](auto& facts) { facts.licenses = {"free"}; }), HasSubstr("\n- \"license\" must be one of ["));
    EXPECT_THAT(refused([](auto& facts) { facts.base_models = {"/data/run1"}; }),
                HasSubstr("\"base_model\" with value \"/data/run1\""));
    EXPECT_THAT(refused([](auto& facts) { facts.languages = {"english"}; }), HasSubstr("\"language[0]\""));
    EXPECT_THAT(refused([](auto& facts) { facts.repository = "a b"; }), HasSubstr("\"a b\" is no name of a repository"));
    EXPECT_THAT(refused([](auto& facts) { facts.summary = "\xff"; }), HasSubstr("not UTF-8"));
}

TEST(MakeCard, TextsFromOutsideStayTexts) {
    const std::string evil = "a|b <script>x</script> **c** [d](http://e) `f`\n# g\n---\n";
    CardFacts facts;
    facts.name = "# " + evil;
    facts.summary = evil;
    facts.library = evil;
    facts.architecture = evil;
    facts.relation = evil;
    facts.base_models = {"acme/base"};
    facts.license_link = evil;
    facts.licenses = {"other"};
    facts.license_name = evil;
    facts.hyper_parameters = {{evil, evil}};
    facts.training = {{1, 1.0, 1.0, {{evil, 1.0}}, true}};
    facts.scores = {{"accuracy", 1.0, "fill-mask", evil, evil, evil, evil}};
    facts.versions = {{evil, evil}};
    facts.emissions = Emissions{1, evil, evil, evil, evil, {}, {}};
    const auto card = make_card(facts);
    ASSERT_TRUE(card.has_value()) << card.error().message;
    EXPECT_EQ(json::value(read_card_data(card.value())), json::value(card_metadata(facts)));
    const auto html = markdown_to_html(split_card(card.value()).body).value();
    for (const char* bad : {"<script", "<strong>c", "href=", "<hr", "<code>f", "<h1>g", "<em>"})
        EXPECT_THAT(html, Not(HasSubstr(bad)));
    EXPECT_THAT(html, HasSubstr("<th>A|b &lt;script&gt;x&lt;/script&gt; **c** [d](http://e) `f` # g ---</th>"));
    EXPECT_THAT(html, HasSubstr("<h1># a|b &lt;script&gt;x&lt;/script&gt; **c** [d](http://e) `f` # g ---</h1>"));
}

TEST(MakeCard, ResultsNeedATaskADatasetAndAKnownMetric) {
    CardFacts facts;
    facts.scores = {{"accuracy", 0.5, "", "", "", "", ""},
                    {"my_own", 0.5, "fill-mask", "glue", "", "", ""},
                    {"accuracy", 0.5, "", "glue", "", "", ""}};
    EXPECT_FALSE(card_metadata(facts).contains("model-index"));
    facts.task = "fill-mask";
    facts.scores.push_back({"rougeL", 0.25, "summarization", "xsum", "", "", ""});
    EXPECT_EQ(json::value(card_metadata(facts).at("model-index")), json::parse(R"([{"name": "Model", "results": [
        {"task": {"type": "fill-mask", "name": "Fill Mask"}, "dataset": {"name": "glue", "type": "glue"},
         "metrics": [{"type": "accuracy", "value": 0.5, "name": "Accuracy"}]},
        {"task": {"type": "summarization", "name": "Summarization"}, "dataset": {"name": "xsum", "type": "xsum"},
         "metrics": [{"type": "rouge", "value": 0.25, "name": "RougeL"}]}]}])"));
}

TEST(MakeCard, ALongTrainingIsShownInThirtyRows) {
    CardFacts facts;
    for (int i = 0; i < 1000; ++i) facts.training.push_back({i, i / 10.0, 1.0, {{"loss", 1.0 / (i + 1)}}, i == 123});
    const auto card = make_card(facts).value();
    EXPECT_THAT(card, HasSubstr("\n30 of 1000 evaluations.\n"));
    for (const char* row : {"| 0 ", "| **123** ", "| 999 "}) EXPECT_THAT(card, HasSubstr(row));
    facts.training.resize(30);
    EXPECT_THAT(make_card(facts).value(), Not(HasSubstr(" evaluations.\n")));
}

TEST(MarkdownText, ShowsEveryCharacterAsItIs) {
    const std::pair<const char*, const char*> cases[] = {
        {"plain text", "plain text"},
        {"learning_rate", "learning_rate"},
        {"_a_", "\\_a\\_"},
        {"4.47.0", "4.47.0"},
        {"1. one", "1\\. one"},
        {"- x", "\\- x"},
        {"-3", "-3"},
        {"a\n\n b", "a b"},
        {"# x", "\\# x"},
        {"C #", "C \\#"},
        {"a|b", "a\\|b"},
        {"x\x01y", "xy"},
        {"www.a.b", "www\\.a.b"},
        {"https://a", "https\\://a"},
        {"عربي", "عربي"},
        {"", ""},
    };
    for (const auto& [text, markdown] : cases) EXPECT_EQ(detail::markdown_text(text), markdown);
    EXPECT_EQ(detail::markdown_code("a`b"), "``a`b``");
    EXPECT_EQ(detail::markdown_code("`"), "`` ` ``");
}

TEST(MarkdownText, NumbersAreShort) {
    const std::pair<double, const char*> cases[] = {
        {0.39214, "0.3921"}, {2, "2"}, {2e-05, "2e-05"}, {-0.00001, "-1e-05"}, {0, "0"}, {123456.5, "123456.5"}, {1e15, "1e+15"}};
    for (const auto& [number, text] : cases) EXPECT_EQ(detail::short_number(number), text);
    EXPECT_EQ(detail::exact_number(2e-05), "2e-05");
    EXPECT_EQ(detail::exact_number(0.1), "0.1");
}

}  // namespace
}  // namespace mirfa::card
