// SPDX-License-Identifier: Apache-2.0
#include "hub/jobs/convert.h"

#include <gtest/gtest.h>

#include "hub/testing/pushing_hub.h"

namespace mirfa::hub {
namespace {

class ConvertTest : public ::testing::Test, protected testing::PushingHub {
protected:
    /// `TARGET:THERE<SOURCE`
    std::string conversions() {
        std::string text;
        const auto found = list_conversions(hub, repo, "main");
        if (!found.has_value()) return describe(found.error());
        for (const auto& one : found.value())
            text += std::string(one.to) + ":" + one.there.value_or("") + "<" + one.source.value_or("") + " ";
        return text;
    }
};

TEST_F(ConvertTest, EachTargetIsToldWithWhatIsThereAndWhatWouldBeRead) {
    ASSERT_EQ(push_files({"README.md", "adapter_model.bin", "sub/tf_model.h5"}).find("ng "), std::string::npos);
    EXPECT_EQ(conversions(), "safetensors:< pt:< tf:< flax:< gguf:< ");
    repo = add_repo(alice, "sharded");
    ASSERT_EQ(push_files({"model.safetensors.index.json", "model-00001-of-00001.safetensors", "q8.gguf"}).find("ng "),
              std::string::npos);
    EXPECT_EQ(conversions(),
              "safetensors:model.safetensors.index.json<q8.gguf pt:<model.safetensors.index.json "
              "tf:<model.safetensors.index.json flax:<model.safetensors.index.json gguf:q8.gguf<model.safetensors.index.json ");
    EXPECT_EQ(list_conversions(hub, repo, "nothing").error().reason, Reason::kRevisionNotFound);
}

/// Only the first 10,000 files were looked at, so that weights behind them were neither offered nor converted.
TEST_F(ConvertTest, WeightsAreFoundAmongAnyNumberOfFiles) {
    std::vector<std::string> paths = {"model.safetensors"};
    for (int n = 0; n < 12'000; ++n) paths.push_back("a" + std::to_string(n));
    ASSERT_EQ(push_files(paths).find("ng "), std::string::npos);
    EXPECT_EQ(conversions(),
              "safetensors:model.safetensors< pt:<model.safetensors tf:<model.safetensors "
              "flax:<model.safetensors gguf:<model.safetensors ");
    EXPECT_EQ(begin_conversion(hub, alice, repo, {.to = "pt"}).value().state, JobState::kWaiting);
    EXPECT_EQ(begin_conversion(hub, alice, repo, {.to = "safetensors"}).error().code, Code::kAlreadyExists);
}

}  // namespace
}  // namespace mirfa::hub
