// SPDX-License-Identifier: Apache-2.0
#include "cli/card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "cli/cli.h"
#include "cli/exit_status.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class CardCommand : public ::testing::Test {
protected:
    struct Told {
        int status;
        std::string out, err;
    };
    static Told run(std::vector<std::string> words) {
        ::testing::internal::CaptureStdout();
        ::testing::internal::CaptureStderr();
        const int status = find_command("card")->run(words);
        return {status, ::testing::internal::GetCapturedStdout(), ::testing::internal::GetCapturedStderr()};
    }
    void write(std::string_view text) { ASSERT_TRUE(write_small_file(readme(), text).has_value()); }
    std::string text() const { return read_small_file(readme()).value(); }
    fs::path folder() const { return folder_.path(); }
    fs::path readme() const { return folder() / "README.md"; }

    TemporaryFolder folder_ = TemporaryFolder::create().value();
};

TEST_F(CardCommand, ChecksWithLinesAndAStatus) {
    write("---\nlicense: mit\npipeline_tag: fill-mask\ntags:\n- a\n- 3\n---\n");
    const auto told = run({"check", readme()});
    EXPECT_EQ(told.status, kFailed);
    EXPECT_EQ(told.out, readme().string() + ":6: error: \"tags[1]\" must be a string\n");
    EXPECT_EQ(run({"check", folder(), "--json"}).out,
              "[{\"file\": \"" + readme().string() +
                  "\", \"line\": 6, \"severity\": \"error\", \"message\": \"\\\"tags[1]\\\" must be a string\"}]\n");
    write("# Only text\n");
    EXPECT_EQ(run({"check", folder()}).out, readme().string() + ": warning: empty or missing yaml metadata in repo card\n");
    EXPECT_EQ(run({"check", folder()}).status, kOk);
    EXPECT_EQ(run({"check", folder(), "--strict"}).status, kFailed);
    EXPECT_EQ(run({"check", folder() / "none.md"}).status, kNotFound);
    write("---\ntitle: T\nlicense: mit\nsdk: unity\n---\n");
    EXPECT_THAT(run({"check", folder(), "--type", "space"}).out, HasSubstr(":4: error: \"sdk\" must be one of"));
}

TEST_F(CardCommand, EditsSeveralKeysAndSaysWhatChanged) {
    write("---\nlicense: mit  # ok\ntags: [a]\nold: 1\n---\n# Title\n");
    const auto told = run({"edit", folder(), "--set", "license=isc", "--add", "tags=b", "--add", "tags=a", "--remove", "old",
                           "--set", "language=no", "--set", "co2_eq_emissions.emissions=1.5", "--set", "mine=[1, x]"});
    EXPECT_EQ(told.status, kOk) << told.err;
    EXPECT_EQ(text(),
              "---\nlicense: isc  # ok\nlanguage: 'no'\ntags: [a, b]\nco2_eq_emissions:\n  emissions: 1.5\nmine:\n- 1\n- "
              "x\n---\n# Title\n");
    EXPECT_THAT(told.out, HasSubstr("license: \"mit\" -> \"isc\"\n"));
    EXPECT_THAT(told.out, HasSubstr("old: 1 -> nothing\n"));
    EXPECT_EQ(run({"edit", folder(), "--set", "license=isc"}).out, "Nothing to change.\n");
    EXPECT_EQ(run({"edit", folder(), "--set", "license=isc", "--json"}).out, "[]\n");
    EXPECT_EQ(run({"edit", folder(), "--remove", "tags", "--set", "license=mit", "--set", "x=1", "--json"}).out,
              R"([{"key":"license","before":"isc","after":"mit"},{"key":"tags","before":["a","b"]},{"key":"x","after":1}])"
              "\n");
}

TEST_F(CardCommand, KeysOfTextTakeTextOnly) {
    write("---\nsdk: gradio\n---\n");
    EXPECT_EQ(run({"edit", folder(), "--type", "space", "--set", "sdk_version=4.0", "--set", "pinned=true", "--set", "other=4.0",
                   "--set", "note=a: b"})
                  .status,
              kOk);
    EXPECT_EQ(text(), "---\nsdk: gradio\nsdk_version: '4.0'\npinned: true\nother: 4.0\nnote: 'a: b'\n---\n");
}

TEST_F(CardCommand, ADryRunShowsTheLinesAndWritesNothing) {
    const std::string before = "---\nlicense: mit\n---\n# Title\n";
    write(before);
    const auto told = run({"edit", readme(), "--set", "license=isc", "--dry-run"});
    EXPECT_EQ(told.out, "--- " + readme().string() + "\n+++ " + readme().string() +
                            "\n@@ -1,4 +1,4 @@\n ---\n-license: mit\n+license: isc\n ---\n # Title\n");
    EXPECT_EQ(text(), before);
}

TEST_F(CardCommand, WhatAHubWouldRefuseIsNotWritten) {
    const std::string before = "---\ntags: [3]\nlicense: mit\n---\n";
    write(before);
    const auto told = run({"edit", readme(), "--set", "license=free"});
    EXPECT_EQ(told.status, kFailed);
    EXPECT_THAT(told.err, HasSubstr("\"license\" must be one of"));
    EXPECT_EQ(text(), before);
    EXPECT_EQ(run({"edit", readme(), "--set", "license=isc"}).status, kOk);
    EXPECT_EQ(run({"edit", readme(), "--set", "license=free", "--force"}).status, kOk);
    EXPECT_EQ(text(), "---\ntags: [3]\nlicense: free\n---\n");
}

TEST_F(CardCommand, MistakesHaveTheirStatusAndChangeNothing) {
    const std::string before = "---\nbase: &b x\nlicense: *b\n---\n";
    write(before);
    EXPECT_EQ(run({"edit", readme()}).status, kUsage);
    EXPECT_EQ(run({"edit", readme(), "--set", "license"}).status, kUsage);
    EXPECT_EQ(run({"edit", readme(), "--set", "a[=1"}).status, kUsage);
    EXPECT_EQ(run({"edit", readme(), "--set", "a=[1"}).status, kUsage);
    EXPECT_EQ(run({"edit", readme(), "--set", "license=mit"}).status, kFailed);
    EXPECT_EQ(run({"edit", readme(), "--remove", "none"}).status, kNotFound);
    EXPECT_EQ(run({"edit", folder() / "none.md", "--set", "a=1"}).status, kNotFound);
    EXPECT_EQ(run({"other"}).status, kUsage);
    EXPECT_EQ(text(), before);
}

TEST_F(CardCommand, AFileKeepsItsModeAndALinkStaysOne) {
    write("---\nlicense: mit\n---\n");
    fs::permissions(readme(), static_cast<fs::perms>(0640));
    fs::create_symlink("README.md", folder() / "link.md");
    EXPECT_EQ(run({"edit", folder() / "link.md", "--set", "license=isc"}).status, kOk);
    EXPECT_TRUE(fs::is_symlink(folder() / "link.md"));
    EXPECT_EQ(fs::status(readme()).permissions(), static_cast<fs::perms>(0640));
    EXPECT_EQ(text(), "---\nlicense: isc\n---\n");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder()), fs::directory_iterator()), 2);
}

TEST_F(CardCommand, MakesACardFromATraining) {
    ASSERT_TRUE(write_small_file(folder() / "config.json",
                                 R"({"architectures":["BertForMaskedLM"],"model_type":"bert","transformers_version":"4.47.0"})")
                    .has_value());
    ASSERT_TRUE(write_small_file(folder() / "all_results.json", R"({"eval_accuracy":0.9})").has_value());
    ASSERT_TRUE(write_small_file(folder() / "co2.csv", "emissions\n0.25\n").has_value());
    const auto told = run({"new", "--from", folder(), "--model", "acme/tiny", "--license", "mit", "--language", "en",
                           "--language", "ar", "--score", "f1=0.5", "--score-dataset", "glue", "--emissions",
                           folder() / "co2.csv", "--training-type", "fine-tuning"});
    EXPECT_EQ(told.status, kOk) << told.err;
    EXPECT_THAT(told.out, HasSubstr("config.json, all_results.json\n"));
    for (const char* part : {"license: mit\n", "language:\n- en\n- ar\n", "pipeline_tag: fill-mask\n", "  emissions: 250.0\n",
                             "  training_type: fine-tuning\n", "    - type: f1\n      value: 0.5\n",
                             "    - type: accuracy\n      value: 0.9\n", "\n# tiny\n"})
        EXPECT_THAT(text(), HasSubstr(part));
    EXPECT_EQ(run({"check", folder(), "--strict"}).status, kOk);
    EXPECT_EQ(run({"new", folder(), "--model", "acme/tiny"}).status, kConflict);
    EXPECT_EQ(run({"new", folder(), "--model", "My model", "--force"}).status, kOk);
    EXPECT_THAT(text(), HasSubstr("\n# My model\n"));
}

TEST_F(CardCommand, MakesTheCardOfADataset) {
    const auto told = run({"new",
                           folder(),
                           "--type",
                           "dataset",
                           "--name",
                           "acme/films",
                           "--license",
                           "mit",
                           "--language",
                           "en",
                           "--task",
                           "text-classification",
                           "--task",
                           "summarization",
                           "--rows",
                           "1500",
                           "--files",
                           "train=data/train-*",
                           "--files",
                           "test=data/test-*",
                           "--annotated-by",
                           "crowdsourced"});
    EXPECT_EQ(told.status, kOk) << told.err;
    for (const char* part : {"task_categories:\n- text-classification\n- summarization\n", "size_categories:\n- 1K<n<10K\n",
                             "  - split: train\n    path: data/train-*\n", "annotations_creators:\n- crowdsourced\n",
                             "load_dataset(\"acme/films\")"})
        EXPECT_THAT(text(), HasSubstr(part));
    EXPECT_EQ(run({"check", folder(), "--type", "dataset", "--strict"}).status, kOk);
}

TEST_F(CardCommand, MakesTheCardOfASpace) {
    const auto told = run({"new", folder(), "--type", "space", "--name", "Try it", "--sdk", "gradio", "--sdk-version", "5.0",
                           "--app-file", "app.py", "--license", "mit", "--uses-model", "acme/tiny", "--color-from", "red"});
    EXPECT_EQ(told.status, kOk) << told.err;
    EXPECT_THAT(text(), HasSubstr("title: Try it\n"));
    EXPECT_THAT(text(), HasSubstr("sdk_version: '5.0'\n"));
    EXPECT_EQ(run({"check", folder(), "--type", "space", "--strict"}).status, kOk);
}

TEST_F(CardCommand, WhatIsOfAnotherKindOfRepositoryIsRefused) {
    for (const std::vector<std::string>& words :
         std::vector<std::vector<std::string>>{{"new", folder(), "--type", "dataset", "--score", "f1=1"},
                                               {"new", folder(), "--type", "dataset", "--sdk", "static"},
                                               {"new", folder(), "--type", "space", "--emissions-of-all-runs"},
                                               {"new", folder(), "--rows", "3"}}) {
        const auto told = run(words);
        EXPECT_EQ(told.status, kFailed);
        EXPECT_THAT(told.err, HasSubstr("is not for the card of a"));
    }
    EXPECT_EQ(run({"new", folder(), "--task", "fill-mask", "--task", "summarization"}).status, kFailed);
    EXPECT_EQ(run({"new", folder(), "--type", "space", "--sdk", "unity"}).status, kUsage);
    EXPECT_FALSE(fs::exists(readme()));
}

TEST_F(CardCommand, ACardThatWouldNotBeValidIsNotMade) {
    EXPECT_EQ(run({"new", folder(), "--license", "free"}).status, kFailed);
    EXPECT_EQ(run({"new", folder(), "--score", "f1"}).status, kFailed);
    EXPECT_EQ(run({"new", folder(), "--score", "f1=much"}).status, kFailed);
    EXPECT_EQ(run({"new", folder(), "--from", folder() / "none"}).status, kNotFound);
    EXPECT_EQ(run({"new", folder(), "--relation", "cousin"}).status, kUsage);
    EXPECT_FALSE(fs::exists(readme()));
    EXPECT_THAT(run({"new", folder(), "--print"}).out, HasSubstr("# Model\n"));
    EXPECT_FALSE(fs::exists(readme()));
}

}  // namespace
}  // namespace mirfa::cli
