// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/tensor_diff.h"

#include <gtest/gtest.h>

#include "format/json_reader.h"
#include "hub/testing/whole_hub.h"

namespace mirfa::hub {
namespace {

namespace fs = std::filesystem;

/// A hub whose program is a script. What `mirfa diff` itself makes of the files is told by its own tests and by tests/e2e.
struct DiffHub : testing::WholeHub {
    Principal ada = add_user("ada");
    catalog::Repository repo = add_repo(ada, "m");
    TemporaryFolder bin = TemporaryFolder::create().value();

    /// `$1` is `diff`, `$2` and `$3` the weights, `$4` and `$5` --json and --progress-lines.
    void use_program(const std::string& script) {
        const auto path = bin.path() / "mirfa";
        EXPECT_TRUE(write_small_file(path, "#!/bin/sh\n" + script).has_value());
        fs::permissions(path, fs::perms::owner_all);
        hub.options.program = path.string();
    }
    /// Commits the files, each as a large one.
    std::string put(const std::map<std::string, std::string>& files) {
        std::string lines;
        for (const auto& [name, content] : files)
            lines +=
                name.ends_with(".json") ? file_line(name, content) : lfs_line(name, upload(ada, repo, content), content.size());
        EXPECT_TRUE(commit(ada, repo, "main", lines).has_value());
        return ref(repo, "refs/heads/main")->commit.hex();
    }
    Result<Job> begin(const std::string& base, const std::string& head) {
        return begin_tensor_diff(hub, ada, repo, {base, head});
    }
    Result<std::string> run(const std::string& base, const std::string& head) {
        TRY(const auto job, begin(base, head));
        TRY(auto own, TemporaryFolder::create());
        JobContext context(hub, job, own.path());
        return run_tensor_diff(context);
    }
};

TEST(TensorDiff, TheProgramGetsTheWeightsOfBothRevisionsAndItsLastLineIsTheResult) {
    DiffHub hub;
    const auto first = hub.put({{"model.safetensors", "old"}});
    hub.put({{"model.safetensors", "new"}, {"notes.bin", "other"}});
    hub.use_program(
        "echo '1 2'\necho '2 2'\necho \"{\\\"base\\\":\\\"$(cat $2)\\\",\\\"head\\\":\\\"$(cat $3)\\\",\\\"files\\\":\\\"$(ls "
        "$(dirname $3))\\\",\\\"words\\\":\\\"$1 $4 $5\\\"}\"\n");
    const auto result = hub.run(first, "main");
    ASSERT_TRUE(result.has_value()) << describe(result.error());
    EXPECT_EQ(result.value(),
              R"({"base":"old","head":"new","files":"model.safetensors","words":"diff --json --progress-lines"})");
}

TEST(TensorDiff, FilesOfEqualContentAreOneFileForTheProgram) {
    DiffHub hub;
    const std::string a = "model-00001-of-00002.safetensors", b = "model-00002-of-00002.safetensors";
    const auto first = hub.put({{a, "same"}, {b, "old"}, {"model.safetensors.index.json", "{}"}});
    hub.put({{b, "new"}});
    hub.use_program(
        "base=$(dirname $2); head=$(dirname $3); echo \"{\\\"opened\\\":\\\"$(basename $2)\\\","
        "\\\"a\\\":$([ $base/" +
        a + " -ef $head/" + a +
        " ] && echo true || echo false),"
        "\\\"b\\\":$([ $base/" +
        b + " -ef $head/" + b + " ] && echo true || echo false)}\"\n");
    const auto result = hub.run(first, "main");
    ASSERT_TRUE(result.has_value()) << describe(result.error());
    EXPECT_EQ(result.value(), R"({"opened":"model.safetensors.index.json","a":true,"b":false})");
}

TEST(TensorDiff, EqualWeightsAreToldWithoutTheProgram) {
    DiffHub hub;
    const auto first = hub.put({{"model.safetensors", "same"}});
    hub.put({{"README.json", "{}"}});
    const auto result = hub.run(first, "main");
    ASSERT_TRUE(result.has_value()) << describe(result.error());
    EXPECT_NE(result.value().find(R"("tensors":[])"), std::string::npos);
    EXPECT_NE(result.value().find(R"("identical":true)"), std::string::npos);
}

TEST(TensorDiff, WeightsOfOneFrameworkAreComparedWhereBothHaveThem) {
    DiffHub hub;
    const auto first = hub.put({{"pytorch_model.bin", "old"}});
    hub.put({{"pytorch_model.bin", "new"}, {"model.safetensors", "st"}});
    hub.use_program("echo \"{\\\"head\\\":\\\"$(basename $3)\\\"}\"\n");
    EXPECT_EQ(hub.run(first, "main").value(), R"({"head":"pytorch_model.bin"})");
}

TEST(TensorDiff, WhatTheProgramSaysOfABrokenFileIsTheJobsMessage) {
    DiffHub hub;
    const auto first = hub.put({{"model.safetensors", "old"}});
    hub.put({{"model.safetensors", "new"}});
    hub.use_program("echo '5 9'; echo 'Error: \"model.safetensors\" is no checkpoint.' >&2; exit 1\n");
    const auto failed = hub.run(first, "main");
    ASSERT_FALSE(failed.has_value());
    EXPECT_EQ(failed.error().code, Code::kInvalidArgument);
    EXPECT_EQ(failed.error().message, "\"model.safetensors\" is no checkpoint.");
    hub.use_program("head -c 5000000 /dev/zero | tr '\\0' a; echo\n");
    EXPECT_EQ(hub.run(first, "main").error().code, Code::kTooLarge);
    hub.use_program("echo words\n");
    EXPECT_EQ(hub.run(first, "main").error().code, Code::kInternal);
    hub.hub.options.program.clear();
    EXPECT_EQ(hub.run(first, "main").error().code, Code::kUnsupported);
}

TEST(TensorDiff, EqualWorkIsOneJobWhateverItsRevisionsAreCalled) {
    DiffHub hub;
    const auto first = hub.put({{"model.safetensors", "old"}});
    const auto second = hub.put({{"model.safetensors", "new"}});
    const auto job = hub.begin(first, "main").value();
    EXPECT_EQ(hub.begin(first, second).value().id, job.id);
    EXPECT_NE(hub.begin(second, first).value().id, job.id);
    EXPECT_EQ(job.input,
              R"({"base":")" + first + R"(","head":"main","baseCommit":")" + first + R"(","headCommit":")" + second + R"("})");
}

TEST(TensorDiff, WhatCannotBeComparedBeginsNoJob) {
    DiffHub hub;
    const auto without = hub.put({{"config.json", "{}"}});
    hub.put({{"model.safetensors", "new"}});
    EXPECT_EQ(hub.begin(without, "main").error().code, Code::kNotFound);
    EXPECT_EQ(hub.begin("main", "nowhere").error().code, Code::kNotFound);
    EXPECT_EQ(hub.begin("", "main").error().code, Code::kInvalidArgument);
    EXPECT_EQ(begin_tensor_diff(hub.hub, Principal(), hub.repo, {"main", "main"}).error().code, Code::kUnauthenticated);
    EXPECT_TRUE(jobs_of(hub.hub, hub.repo, 0, 10).value().empty());
}

}  // namespace
}  // namespace mirfa::hub
