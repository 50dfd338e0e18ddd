// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>

#include "base/file.h"
#include "checkpoint/writer.h"
#include "cli/cli.h"
#include "cli/exit_status.h"
#include "cli/weights_source.h"

namespace mirfa::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class DiffCommand : public ::testing::Test {
protected:
    void SetUp() override {
        write(base(), 1);
        write(head(), 3);
    }
    static void write(const std::filesystem::path& folder, float number) {
        std::vector<checkpoint::OutTensor> tensors;
        for (const std::string name : {"same", "other\x1b[2J"}) {
            checkpoint::OutTensor tensor;
            tensor.info = {name, checkpoint::Dtype::kF32, {1}, 4};
            tensor.write = [value = name == "same" ? 1.0f : number](ByteSink& sink) {
                Bytes octets(4);
                std::memcpy(octets.data(), &value, 4);
                return sink.write(octets);
            };
            tensors.push_back(std::move(tensor));
        }
        ASSERT_TRUE(checkpoint::write_checkpoint(checkpoint::Format::kSafetensors, folder, tensors, {}).has_value());
    }

    /// The status, and what was printed.
    static std::pair<int, std::string> run(std::vector<std::string> words) {
        ::testing::internal::CaptureStdout();
        const int status = find_command("diff")->run(words);
        return {status, ::testing::internal::GetCapturedStdout()};
    }
    std::string base() const { return folder_.path() / "base"; }
    std::string head() const { return folder_.path() / "head"; }

    TemporaryFolder folder_ = TemporaryFolder::create().value();
};

TEST_F(DiffCommand, ShowsATableWithoutControlCharactersOfNames) {
    const auto [status, text] = run({base(), head()});
    EXPECT_EQ(status, kOk);
    EXPECT_THAT(text, HasSubstr("2 tensors: 1 same, 1 changed"));
    EXPECT_THAT(text, HasSubstr("by 2 at most"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\nsame ")));
    EXPECT_THAT(run({base(), head(), "--all"}).second, HasSubstr("\nsame "));
}

TEST_F(DiffCommand, FailsForADifferenceOnlyWhenAsked) {
    EXPECT_EQ(run({base(), head(), "--fail-if-different"}).first, kFailed);
    EXPECT_EQ(run({base(), base(), "--fail-if-different"}).first, kOk);
    EXPECT_EQ(run({base() + "/model.safetensors", head()}).first, kOk);
}

TEST_F(DiffCommand, AProgramGetsProgressAndThenOneLineOfJson) {
    const auto [status, text] = run({base(), head(), "--json", "--progress-lines"});
    EXPECT_EQ(status, kOk);
    EXPECT_THAT(text, StartsWith("4 8\n"));
    const auto last = text.substr(text.rfind('\n', text.size() - 2) + 1);
    EXPECT_THAT(last, StartsWith(R"({"base":)"));
    EXPECT_THAT(last, HasSubstr(R"("maxAbs":2,)"));
}

TEST_F(DiffCommand, WhatIsNotThereIsToldWithItsStatus) {
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(run({base(), folder_.path() / "missing"}).first, kNotFound);
    EXPECT_EQ(run({base()}).first, kUsage);
    EXPECT_FALSE(::testing::internal::GetCapturedStderr().empty());
}

TEST_F(DiffCommand, APathThatExistsIsNeverAskedOfAHub) {
    EXPECT_EQ(*find_weights(base(), {}), base());
    EXPECT_EQ(*find_weights("no-such-file.safetensors", {}), "no-such-file.safetensors");
    EXPECT_EQ(*find_weights("./owner/name", {}), "./owner/name");
    EXPECT_EQ(find_weights("owner/na--me", {}).failure().kind, client::Kind::kInvalidArgument);
}

}  // namespace
}  // namespace mirfa::cli
