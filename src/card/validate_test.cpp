// SPDX-License-Identifier: Apache-2.0
#include "card/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "card/tables.h"

namespace mirfa::card {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string card(std::string_view yaml) { return "---\n" + std::string(yaml) + "\n---\n# Title\n"; }

std::vector<std::string> errors_of(std::string_view yaml, RepoKind kind = RepoKind::kModel) {
    std::vector<std::string> messages;
    for (const auto& finding : validate_card(kind, card(yaml)).errors) messages.push_back(finding.message);
    return messages;
}
std::vector<std::string> warnings_of(std::string_view yaml, RepoKind kind = RepoKind::kModel) {
    std::vector<std::string> messages;
    for (const auto& finding : validate_card(kind, card(yaml)).warnings) messages.push_back(finding.message);
    return messages;
}

TEST(ValidateCard, WarnsWhenThereIsNoMetadata) {
    const Finding expected{"empty or missing yaml metadata in repo card", 0};
    for (const std::string readme : {"", "# Title\n", "---\nlicense: mit\n", "---\n---\n", "---\n{}\n---\n"}) {
        const auto verdict = validate_card(RepoKind::kModel, readme);
        EXPECT_TRUE(verdict.passed()) << readme;
        EXPECT_EQ(verdict.warnings, std::vector{expected}) << readme;
    }
}

TEST(ValidateCard, RefusesMetadataThatIsNoMapping) {
    EXPECT_EQ(errors_of(""), std::vector<std::string>{"The YAML metadata of your README.md is invalid."});
    EXPECT_EQ(errors_of("only text"), std::vector<std::string>{"The YAML metadata of your README.md is invalid."});
    EXPECT_EQ(errors_of("- a\n- b"), std::vector<std::string>{"\"value\" must be of type object"});
}

TEST(ValidateCard, SaysWhereTheYamlIsWrong) {
    const auto errors = errors_of("license: mit\ntags: @a\n");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0], AllOf(StartsWith("Invalid YAML in README.md: "), HasSubstr("(3:7)")));
}

TEST(ValidateCard, AcceptsWhatGoodCardsSay) {
    const char* good[] = {
        "license: mit",
        "license: [mit, apache-2.0]",
        "license: other\nlicense_name: mine\nlicense_link: LICENSE",
        "license:",
        "language: en",
        "language: no",
        "language: [en, deu, code, multilingual]",
        "language:\n- ar\n- zh",
        "tags: one",
        "tags:\n- one\n- two words",
        "datasets: squad",
        "datasets:\n- squad\n- acme/data_1.0",
        "base_model: acme/tiny-llm",
        "base_model: [bert-base-uncased, acme/b]\nbase_model_relation: merge",
        "metrics:\n- accuracy",
        "pipeline_tag: text-generation",
        "pipeline_tag: text2text-generation",
        "library_name: my own",
        "anything: {else: [1, 2]}",
        "inference: false",
        "widget:\n- text: Hi",
        "co2_eq_emissions: 0.3",
        "thumbnail: null",
        "model-index:\n- name: m\n  results: []",
        "model-index:\n- name: m\n  results:\n  - task: {type: t}\n    dataset: {type: d, name: D, config: c, args: {a: 1}}\n"
        "    metrics:\n    - {type: accuracy, value: 0.9, name: Accuracy, verified: true}\n    source: {url: http://a, name: A}",
        "model-index:\n- name: m\n  results:\n  - task: {type: t}\n    dataset: {type: d, name: D}\n    metrics: []",
    };
    for (const char* yaml : good) {
        EXPECT_TRUE(errors_of(yaml).empty()) << yaml << ": " << errors_of(yaml)[0];
        EXPECT_TRUE(warnings_of(yaml).empty()) << yaml << ": " << warnings_of(yaml)[0];
    }
}

struct BadCase {
    const char* yaml;
    const char* message;
};

TEST(ValidateCard, RefusesWhatModelsMayNotSay) {
    const BadCase cases[] = {
        {"license: 3", R"("license" must be a string)"},
        {"license: {a: b}", R"("license" must be a string)"},
        {"license_name: [a]", R"("license_name" must be a string)"},
        {"language: [en, 5]", R"("language[1]" must be a string)"},
        {"tags: [a, {b: c}]", R"("tags[1]" must be a string)"},
        {"tags: {a: b}", R"("tags" must be a string)"},
        {"library_name: [a]", R"("library_name" must be a string)"},
        {"pipeline_tag: [a]", R"("pipeline_tag" must be a string)"},
        {"metrics: [1]", R"("metrics[0]" must be a string)"},
        {"model-index: x", R"("model-index" must be an array)"},
        {"model-index: [x]", R"("model-index[0]" must be of type object)"},
        {"model-index: [{results: []}]", R"("model-index[0].name" is required)"},
        {"model-index: [{name: m}]", R"("model-index[0].results" is required)"},
        {"model-index: [{name: m, results: {a: b}}]", R"("model-index[0].results" must be an array)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d, name: n}}]}]",
         R"("model-index[0].results[0].metrics" is required)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d, name: n}, metrics: {a: b}}]}]",
         R"("model-index[0].results[0].metrics" must be an array)"},
        {"model-index: [{name: m, results: [{task: {name: t}, dataset: {type: d, name: n}, metrics: []}]}]",
         R"("model-index[0].results[0].task.type" is required)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {name: n}, metrics: []}]}]",
         R"("model-index[0].results[0].dataset.type" is required)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d, name: n, config: {a: b}}, metrics: []}]}]",
         R"("model-index[0].results[0].dataset.config" must be a string)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d, name: n}, metrics: [{type: x}]}]}]",
         R"("model-index[0].results[0].metrics[0].value" is required)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d, name: n}, metrics: [{value: 1}]}]}]",
         R"("model-index[0].results[0].metrics[0].type" is required)"},
        {"model-index: [{name: m, results: [{task: {type: t}, dataset: {type: d, name: n}, metrics: [], source: {name: s}}]}]",
         R"("model-index[0].results[0].source.url" is required)"},
    };
    for (const auto& [yaml, message] : cases) EXPECT_EQ(errors_of(yaml), std::vector<std::string>{message}) << yaml;
}

TEST(ValidateCard, ListsTheLicences) {
    const auto errors = errors_of("license: MIT");
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_THAT(errors[0], StartsWith(R"("license" must be one of [apache-2.0, mit, openrail, )"));
    EXPECT_THAT(errors[0], testing::EndsWith("gemma, unknown, other, array]"));
    EXPECT_THAT(errors_of("license: [mit, nope]")[0], StartsWith(R"("license[1]" must be one of [)"));
}

TEST(ValidateCard, ExplainsLanguages) {
    for (const char* code : {"pt_pt", "zh-CN", "english", "EN", "e", "\"\""}) {
        const auto errors = errors_of(std::string("language: [en, ") + code + "]");
        ASSERT_EQ(errors.size(), 1u) << code;
        EXPECT_THAT(errors[0], AllOf(StartsWith(R"("language[1]" with value ")"), HasSubstr("language_bcp47")));
    }
}

TEST(ValidateCard, KnowsPathsAndSentencesFromRepositories) {
    for (const char* bad : {"/workspace/run1", "./out", "a b", "a/b/c", "https://host/a/b", "-a", "a.", "a--b", "a..b", "a/"}) {
        EXPECT_EQ(errors_of(std::string("base_model: '") + bad + "'").size(), 1u) << bad;
        EXPECT_EQ(errors_of(std::string("datasets: ['") + bad + "']").size(), 1u) << bad;
        EXPECT_FALSE(is_repo_id_form(bad)) << bad;
    }
    EXPECT_THAT(errors_of("base_model: /tmp/x")[0], StartsWith(R"("base_model" with value "/tmp/x" is not valid.)"));
    for (const char* good : {"bert", "a/b", "A-1/b_2.c", "a/b.c-d_e"}) EXPECT_TRUE(is_repo_id_form(good)) << good;
    EXPECT_FALSE(is_repo_id_form(std::string(97, 'a')));
    EXPECT_TRUE(is_repo_id_form(std::string(96, 'a')));
}

TEST(ValidateCard, OnlyWarnsOfWhatMayBeNew) {
    const BadCase cases[] = {
        {"pipeline_tag: mind-reading", "pipeline_tag"},
        {"base_model: a/b\nbase_model_relation: cousin", "base_model_relation"},
        {"license: mit\nlicense: mit", "more than once"},
        {"model-index: [{name: m, results: [{metrics: []}]}]", "task"},
    };
    for (const auto& [yaml, part] : cases) {
        EXPECT_TRUE(errors_of(yaml).empty()) << yaml;
        const auto warnings = warnings_of(yaml);
        ASSERT_FALSE(warnings.empty()) << yaml;
        EXPECT_THAT(warnings[0], HasSubstr(part));
    }
}

TEST(ValidateCard, ChecksDatasetsByTheirOwnRules) {
    EXPECT_TRUE(
        errors_of("pipeline_tag: [x]\nbase_model: /x\npretty_name: P\nlicense: [mit]\ntask_categories: [a]", RepoKind::kDataset)
            .empty());
    EXPECT_EQ(errors_of("pretty_name: 3", RepoKind::kDataset), std::vector<std::string>{R"("pretty_name" must be a string)"});
    EXPECT_EQ(warnings_of("task_categories: [3]\nconfigs: x", RepoKind::kDataset).size(), 2u);
}

TEST(ValidateCard, ChecksSpacesByTheirOwnRules) {
    EXPECT_TRUE(
        errors_of("title: T\nemoji: 🐳\ncolorFrom: pink\ncolorTo: gray\nsdk: gradio\nsdk_version: 4.1", RepoKind::kSpace).empty());
    EXPECT_EQ(errors_of("sdk: gradio\ncolorFrom: mauve", RepoKind::kSpace),
              std::vector<std::string>{R"("colorFrom" must be one of [red, yellow, green, blue, indigo, purple, pink, gray])"});
    EXPECT_EQ(errors_of("sdk: abacus", RepoKind::kSpace),
              std::vector<std::string>{R"("sdk" must be one of [gradio, docker, static, streamlit])"});
    EXPECT_TRUE(errors_of("title: T", RepoKind::kSpace).empty());
    EXPECT_EQ(warnings_of("title: T", RepoKind::kSpace).size(), 1u);
    EXPECT_TRUE(errors_of("colorFrom: mauve").empty());  // says nothing to a model
}

TEST(ValidateCard, NamesTheLineOfTheKey) {
    const auto verdict = validate_card(RepoKind::kModel, "\n---\ntags: a\nlicense: nope\n---\n");
    ASSERT_EQ(verdict.errors.size(), 1u);
    EXPECT_EQ(verdict.errors[0].line, 4);
}

TEST(ValidateCard, StopsAfterEnoughFindings) {
    std::string yaml = "tags:\n";
    for (int i = 0; i < 1'000; ++i) yaml += "- 1\n";
    EXPECT_EQ(errors_of(yaml).size(), kMaxFindings);
}

TEST(Tables, HoldEachIdOnce) {
    std::set<std::string_view> ids;
    for (const auto& license : licenses()) EXPECT_TRUE(ids.insert(license.id).second) << license.id;
    EXPECT_EQ(ids.size(), 83u);
    ids.clear();
    for (const auto& task : tasks()) EXPECT_TRUE(ids.insert(task.id).second) << task.id;
    ids.clear();
    for (const auto& library : libraries()) EXPECT_TRUE(ids.insert(library.id).second) << library.id;
}

}  // namespace
}  // namespace mirfa::card
