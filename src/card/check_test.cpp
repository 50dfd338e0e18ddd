// SPDX-License-Identifier: Apache-2.0
#include "card/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "card/detail/known_keys.h"

namespace mirfa::card {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// `LINE severity: message` of each remark.
std::vector<std::string> remarks_of(std::string_view yaml, RepoKind kind = RepoKind::kModel) {
    std::vector<std::string> lines;
    for (const auto& remark : check_card(kind, "---\n" + std::string(yaml) + "---\n# Title\n"))
        lines.push_back(std::to_string(remark.line) + " " + std::string(name_of(remark.severity)) + ": " + remark.message);
    return lines;
}
constexpr std::string_view kWhole = "license: mit\npipeline_tag: fill-mask\n";
std::vector<std::string> model(std::string_view more) { return remarks_of(std::string(kWhole) + std::string(more)); }
std::vector<std::string> dataset(std::string_view more) {
    return remarks_of("license: mit\n" + std::string(more), RepoKind::kDataset);
}
std::vector<std::string> space(std::string_view more) {
    return remarks_of("license: mit\ntitle: T\nsdk: static\n" + std::string(more), RepoKind::kSpace);
}

TEST(CheckCard, HasNothingToSayOfAGoodCard) {
    EXPECT_THAT(model("language: [en, ara, code]\ntags: [a, b]\nlibrary_name: transformers\nbase_model: "
                      "acme/b\nbase_model_relation: adapter\n"
                      "datasets: [squad]\nmetrics: [f1]\nnew_version: acme/c\ninference: {parameters: {top_k: 1}}\nthumbnail: "
                      "https://a/b.png\n"
                      "widget:\n- text: Hi [MASK]\n  example_title: A\nco2_eq_emissions: {emissions: 12, source: codecarbon, "
                      "training_type: fine-tuning}\n"
                      "extra_gated_fields: {Name: text, Use: {type: select, options: [a, b]}}\nmy_own_key: 1\n"
                      "model-index: [{name: m, results: [{task: {type: fill-mask}, dataset: {type: squad, name: S}, metrics: "
                      "[{type: f1, value: 0.5}]}]}]\n"),
                IsEmpty());
    EXPECT_THAT(
        dataset(
            "task_categories: [text-classification]\nsize_categories: [n<1K]\nconfigs:\n- config_name: default\n  default: true\n"
            "  data_files:\n  - split: train\n    path: data/train-*\ndataset_info:\n  features:\n  - name: text\n    dtype: "
            "string\n"
            "  splits:\n  - name: train\n    num_bytes: 3\n    num_examples: 1\n"),
        IsEmpty());
    EXPECT_THAT(space("emoji: x\ncolorFrom: red\ncolorTo: blue\npinned: false\nmodels: [acme/a]\n"), IsEmpty());
}

/// A value that no key of the shape takes; empty when all are taken.
std::string_view misshapen(detail::Shape shape) {
    using detail::Shape;
    switch (shape) {
        case Shape::kText:
        case Shape::kTexts: return "{a: b}";
        case Shape::kBool: return "perhaps";
        case Shape::kInteger: return "many";
        case Shape::kList:
        case Shape::kMap: return "one";
        case Shape::kAny: return "";
    }
    return "";
}

TEST(CheckCard, EveryKeyThatTheHubKnowsIsNamedWhenItsValueHasAnotherShape) {
    for (const auto& key : detail::known_keys())
        for (const auto kind : {RepoKind::kModel, RepoKind::kDataset, RepoKind::kSpace}) {
            const auto value = misshapen(key.shape);
            if (!key.in(kind) || value.empty()) continue;
            const std::string line = std::string(key.name) + ": " + std::string(value) + "\n";
            EXPECT_THAT(remarks_of(line, kind), testing::Contains(HasSubstr("\"" + std::string(key.name)))) << line;
        }
}

TEST(CheckCard, SaysWhatTheHubSaysWithTheLineOfTheValue) {
    EXPECT_THAT(model("tags:\n- a\n- 3\n"), ElementsAre("6 error: \"tags[1]\" must be a string"));
    EXPECT_THAT(model("model-index:\n- name: m\n  results:\n  - task: {type: fill-mask}\n    dataset:\n      name: D\n      "
                      "type: d\n      config: {a: b}\n"
                      "    metrics:\n    - type: f1\n"),
                ElementsAre("11 error: \"model-index[0].results[0].dataset.config\" must be a string",
                            "13 error: \"model-index[0].results[0].metrics[0].value\" is required"));
    EXPECT_THAT(check_card(RepoKind::kModel, "# Title\n"),
                ElementsAre(Remark{Severity::kWarning, "empty or missing yaml metadata in repo card", 0}));
    const auto broken = check_card(RepoKind::kModel, "---\na: [\n---\n");
    ASSERT_EQ(broken.size(), 1u);
    EXPECT_THAT(broken[0].message, HasSubstr("Invalid YAML in README.md"));
    EXPECT_EQ(check_card(RepoKind::kModel, "---\na: 1\nb: @x\n---\n")[0].line, 3);
}

TEST(CheckCard, MissesWhatMakesACardFound) {
    EXPECT_THAT(
        remarks_of("tags: [a]\n"),
        ElementsAre(
            "0 advice: No licence is given, so nobody knows what they may do. Add one, as in `license: apache-2.0`.",
            "0 advice: No task is given, so filters will not find the model. Add one, as in `pipeline_tag: text-generation`."));
    EXPECT_THAT(remarks_of("license: mit\nsdk: gradio\n", RepoKind::kSpace),
                ElementsAre("0 advice: The Space has no title. Add one, as in `title: My demo`.",
                            "3 advice: \"sdk\" is gradio in whatever version is new: fix it by sdk_version."));
}

TEST(CheckCard, AdvisesOnEachKey) {
    const std::pair<const char*, const char*> cases[] = {
        {"languages: [en]\n", "4 advice: \"languages\" is not a key that hubs know. Is language meant?"},
        {"Library-Name: peft\n", "4 advice: \"Library-Name\" is not a key that hubs know. Is library_name meant?"},
        {"base_modle: a/b\n", "4 advice: \"base_modle\" is not a key that hubs know. Is base_model meant?"},
        {"language: jp\n", "4 advice: \"language\" `jp` is no language of ISO 639-1. Is ja meant?"},
        {"language:\n- en\n- no\n", "6 advice: \"language[1]\" is no text to older readers of YAML. Write 'no', in quotes."},
        {"language: [en, no]\n", "4 advice: \"language[1]\" is no text to older readers of YAML. Write 'no', in quotes."},
        {"mine: no, thanks\nalso: 'no'\ntags: [a, a]\n", "6 advice: \"tags[1]\" `a` is there twice. Remove one."},
        {"tags: [a, b, a]\n", "4 advice: \"tags[2]\" `a` is there twice. Remove one."},
        {"license_name: mine\n", "4 advice: \"license_name\" is shown for `license: other` only."},
        {"library_name: Transformers\n", "4 advice: \"library_name\" should be written transformers."},
        {"library_name: sentence-transfomers\n", "4 advice: \"library_name\" is not known. Is sentence-transformers meant?"},
        {"base_model_relation: merge\n",
         "4 advice: \"base_model_relation\" says how the model came from another, but base_model does not say from which."},
        {"new_version: ./next\n", "4 advice: \"new_version\" should be the id of a model, as owner/name."},
        {"metrics:\n- F1\n",
         "5 advice: \"metrics[0]\" should be the id of a metric, in lower case and without spaces, as f1 or accuracy."},
        {"inference: maybe\n", "4 advice: \"inference\" should be false, true, or a mapping with `parameters`."},
        {"thumbnail: a.png\n", "4 advice: \"thumbnail\" should be an address that begins with https://."},
        {"co2_eq_emissions: 3 kg\n",
         "4 advice: \"co2_eq_emissions\" should be a number, in grams of CO2 equivalent, without a unit and without quotes."},
        {"co2_eq_emissions:\n  source: x\n",
         "4 advice: \"co2_eq_emissions\" does not say how much: add `emissions`, in grams of CO2 equivalent."},
        {"co2_eq_emissions:\n  emissions: 1\n  source: x\n  training_type: tuning\n",
         "7 advice: \"co2_eq_emissions.training_type\" should be pre-training or fine-tuning."},
        {"widget:\n- src: a.png\n", "5 advice: \"widget[0]\" does not give what fill-mask needs: text."},
        {"widget: text\n", "4 advice: \"widget\" should be a list."},
        {"instance_prompt:\n", "4 advice: \"instance_prompt\" has no value. Give it one, or remove the key."},
        {"extra_gated_fields:\n  Name: string\n",
         "5 advice: \"extra_gated_fields.Name\" should be text, checkbox, date_picker, country, or a mapping with `type: select` "
         "and options."},
        {"extra_gated_eu_disallowed: sure\n", "4 advice: \"extra_gated_eu_disallowed\" should be true or false."},
    };
    for (const auto& [yaml, expected] : cases) EXPECT_THAT(model(yaml), ElementsAre(expected)) << yaml;
    EXPECT_THAT(remarks_of("licence: mit\npipeline_tag: fill-mask\n"),
                testing::Contains("2 advice: \"licence\" is not a key that hubs know. Is license meant?"));
    EXPECT_THAT(remarks_of("license: apache 2.0\npipeline_tag: fil-mask\n"),
                testing::IsSupersetOf({"2 advice: \"license\" is perhaps meant to be apache-2.0.",
                                       "3 advice: \"pipeline_tag\" is perhaps meant to be fill-mask."}));
    EXPECT_THAT(remarks_of("license: other\npipeline_tag: fill-mask\n"),
                ElementsAre("2 advice: \"license\" is `other`: say which by license_name, a short name of your own.",
                            "2 advice: \"license\" is `other`: say where its text is by license_link, `LICENSE` or an address."));
}

TEST(CheckCard, AdvisesOnResults) {
    const auto with = [](std::string_view task, std::string_view metric) {
        return model("model-index:\n- name: m\n  results:\n  - task: {type: " + std::string(task) +
                     "}\n    dataset: {type: d, name: D}\n    metrics:\n    - " + std::string(metric) + "\n");
    };
    EXPECT_THAT(with("fill-mask", "{type: f1, value: 20.0 ± 1.2}"), IsEmpty());
    EXPECT_THAT(with("fill-mask", "{type: f1, value: '0.5'}"),
                ElementsAre("10 advice: \"model-index[0].results[0].metrics[0].value\" is a number in quotes: without them, "
                            "tables can sort it."));
    EXPECT_THAT(with("fill-mask", "{type: f1, value: good}"), ElementsAre(HasSubstr("should be a number.")));
    EXPECT_THAT(
        with("text-clasification", "{type: f1, value: 1}"),
        ElementsAre("7 advice: \"model-index[0].results[0].task.type\" is not a known task. Is text-classification meant?"));
    EXPECT_THAT(model("model-index:\n- {name: a, results: []}\n- {name: b, results: []}\n"),
                ElementsAre(HasSubstr("has several entries")));
}

TEST(CheckCard, AdvisesOnDatasetsAndSpaces) {
    EXPECT_THAT(dataset("size_categories: 1K<n<5K\n"), ElementsAre(HasSubstr("Is 1K<n<10K meant?")));
    EXPECT_THAT(dataset("task_categories: [text classification]\n"), ElementsAre(HasSubstr("Is text-classification meant?")));
    EXPECT_THAT(dataset("configs:\n- data_files: data/*\n- config_name: a\n  data_files:\n  - path: x\n"),
                ElementsAre("4 advice: \"configs[0]\" should have a config_name, as in `config_name: default`.",
                            "7 advice: \"configs[1].data_files[0]\" should name its split, as in `split: train`."));
    EXPECT_THAT(dataset("dataset_info:\n- config_name: a\n- splits: [{name: t, num_bytes: many}]\n"),
                ElementsAre("5 advice: \"dataset_info[1]\" should have the config_name that it is about.",
                            "5 advice: \"dataset_info[1].splits[0].num_bytes\" should be a number."));
    EXPECT_THAT(space("sdk_version: 4.0\n"), ElementsAre("5 advice: \"sdk_version\" should be a text: put it in quotes."));
    EXPECT_THAT(space("app_port: 80\n"), ElementsAre("5 advice: \"app_port\" counts for `sdk: docker` only."));
    EXPECT_THAT(space("header: big\n"), ElementsAre("5 advice: \"header\" should be mini or default."));
}

TEST(CheckCard, KnowsWhichKeysHoldText) {
    for (const char* key : {"license", "sdk_version", "tags", "language"}) EXPECT_TRUE(is_text_key(key)) << key;
    for (const char* key : {"pinned", "app_port", "co2_eq_emissions", "mine"}) EXPECT_FALSE(is_text_key(key)) << key;
}

}  // namespace
}  // namespace mirfa::card
