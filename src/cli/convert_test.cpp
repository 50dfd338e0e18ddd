// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "checkpoint/reader.h"
#include "checkpoint/writer.h"
#include "cli/cli.h"
#include "cli/exit_status.h"

namespace mirfa::cli {
namespace {

class ConvertCommand : public ::testing::Test {
protected:
    void SetUp() override {
        put({{"bert.pooler.dense.weight", {3, 2}}, {"bert.pooler.dense.bias", {3}}},
            R"({"model_type":"bert","architectures":["BertForMaskedLM"]})");
    }

    void put(const std::vector<std::pair<std::string, checkpoint::Shape>>& named, std::string_view config) {
        std::vector<checkpoint::OutTensor> tensors;
        for (const auto& [name, shape] : named) {
            checkpoint::OutTensor tensor;
            tensor.info = {name, checkpoint::Dtype::kF32, shape, checkpoint::size_of(checkpoint::Dtype::kF32, shape).value()};
            tensor.write = [size = tensor.info.size_bytes](ByteSink& sink) { return sink.write(Bytes(size)); };
            tensors.push_back(std::move(tensor));
        }
        ASSERT_TRUE(checkpoint::write_checkpoint(checkpoint::Format::kSafetensors, source(), tensors, {}).has_value());
        ASSERT_TRUE(write_small_file(source() / "config.json", config).has_value());
    }

    static int run(std::vector<std::string> words) { return find_command("convert")->run(words); }
    const std::filesystem::path& source() const { return source_.path(); }
    std::filesystem::path target() const { return target_.path() / "new"; }

    TemporaryFolder source_ = TemporaryFolder::create().value();
    TemporaryFolder target_ = TemporaryFolder::create().value();
};

TEST_F(ConvertCommand, WritesWeightsAndReports) {
    const std::string report = target_.path() / "report.md";
    EXPECT_EQ(run({source(), target(), "--to", "tf", "--report", report}), kOk);
    EXPECT_TRUE(std::filesystem::exists(target() / "tf_model.h5"));
    EXPECT_TRUE(std::filesystem::exists(target() / "config.json"));
    EXPECT_TRUE(read_small_file(report).value().starts_with("## TensorFlow weights from PyTorch\n"));
    EXPECT_EQ(run({target(), target(), "--to", "safetensors", "--dtype", "bf16", "--report", target_.path() / "report.json"}),
              kOk);
    EXPECT_NE(read_small_file(target_.path() / "report.json").value().find(R"("dtype_changes":{"F32->BF16":2})"),
              std::string::npos);
    EXPECT_EQ(checkpoint::open_checkpoint(target()).value()->tensors()[0].dtype, checkpoint::Dtype::kBF16);
}

TEST_F(ConvertCommand, ADryRunWritesNothing) {
    EXPECT_EQ(run({source(), target(), "--to", "flax", "--dry-run"}), kOk);
    EXPECT_EQ(run({source(), "--to", "flax", "--dry-run", "--json"}), kOk);
    EXPECT_FALSE(std::filesystem::exists(target()));
}

TEST_F(ConvertCommand, WhatIsMissingStopsItUnlessItMayBeAndIsReported) {
    put({{"bert.encoder.layer.0.output.dense.weight", {3, 2}},
         {"bert.encoder.layer.0.output.dense.bias", {3}},
         {"bert.encoder.layer.2.output.dense.weight", {3, 2}},
         {"bert.encoder.layer.2.output.dense.bias", {3}}},
        R"({"model_type":"bert","architectures":["BertForMaskedLM"],"num_hidden_layers":3})");
    const std::string report = target_.path() / "report.json";
    EXPECT_EQ(run({source(), target(), "--to", "flax", "--report", report}), kFailed);
    EXPECT_FALSE(std::filesystem::exists(target()));
    EXPECT_FALSE(std::filesystem::exists(report));
    EXPECT_EQ(run({source(), target(), "--to", "flax", "--allow-missing", "--report", report}), kOk);
    EXPECT_EQ(checkpoint::open_checkpoint(target()).value()->tensors().size(), 4u);
    EXPECT_NE(read_small_file(report).value().find(
                  R"("missing":["bert.encoder.layer.1.output.dense.bias","bert.encoder.layer.1.output.dense.weight"])"),
              std::string::npos);
}

TEST_F(ConvertCommand, EveryReportThatIsAskedForIsWritten) {
    const std::string text = target_.path() / "report.md", json = target_.path() / "report.json";
    EXPECT_EQ(run({source(), target(), "--to", "tf", "--report", text, "--report", json}), kOk);
    EXPECT_NE(read_small_file(text).value().find(
                  "\n| `bert.pooler.dense.weight` | "
                  "`tf_bert_for_masked_lm/bert/pooler/dense/kernel:0` | [3, 2] to [2, 3] | axes 1, 0 |\n"),
              std::string::npos);
    EXPECT_TRUE(read_small_file(json).value().starts_with("{\"source\":{\"format\":\"pt\""));
}

TEST_F(ConvertCommand, MistakesHaveTheirStatus) {
    EXPECT_EQ(run({source(), target(), "--to", "onnx"}), kUsage);
    EXPECT_EQ(run({source(), target()}), kUsage);
    EXPECT_EQ(run({source(), "--to", "tf"}), kUsage);
    EXPECT_EQ(run({source(), target(), "--to", "tf", "--shard-size", "much"}), kUsage);
    EXPECT_EQ(run({source() / "missing", target(), "--to", "tf"}), kNotFound);
    EXPECT_EQ(run({source(), target(), "--to", "gguf"}), kFailed);
    ASSERT_TRUE(write_small_file(source() / "config.json", R"({"model_type":"unheard"})").has_value());
    EXPECT_EQ(run({source(), target(), "--to", "tf"}), kFailed);
    EXPECT_EQ(run({source(), target(), "--to", "tf", "--general-rules"}), kOk);
}

}  // namespace
}  // namespace mirfa::cli
