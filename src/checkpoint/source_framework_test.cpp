// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "checkpoint/plan.h"

namespace mirfa::checkpoint {
namespace {

/// Only the name counts.
TensorInfo named(std::string name) { return {std::move(name), Dtype::kF32, {}, 4}; }

TEST(SourceFramework, TheFrameworkOfAFileIsSaidByItOrSeenInItsNames) {
    const std::vector<TensorInfo> tf{named("bert/pooler/bias:0")}, flax{named("bert.pooler.kernel")},
        torch{named("bert.pooler.weight")};
    EXPECT_EQ(framework_of(Format::kSafetensors, {{"format", "pt"}}, tf).value(), Framework::kTorch);
    EXPECT_EQ(framework_of(Format::kSafetensors, {{"format", "mlx"}}, tf).value(), Framework::kTorch);
    EXPECT_EQ(framework_of(Format::kSafetensors, {{"format", "tf"}}, torch).value(), Framework::kTensorFlow);
    EXPECT_EQ(framework_of(Format::kSafetensors, {{"format", "flax"}}, torch).value(), Framework::kFlax);
    EXPECT_EQ(framework_of(Format::kSafetensors, {}, tf).value(), Framework::kTensorFlow);
    EXPECT_EQ(framework_of(Format::kSafetensors, {}, flax).value(), Framework::kFlax);
    EXPECT_EQ(framework_of(Format::kSafetensors, {}, torch).value(), Framework::kTorch);
    EXPECT_EQ(framework_of(Format::kHdf5, {}, {}).value(), Framework::kTensorFlow);
    EXPECT_EQ(framework_of(Format::kSafetensors, {{"format", "np"}}, torch).error().message,
              "The metadata of this safetensors file says format \"np\", which is none of pt, tf, flax and mlx.");
    const std::vector<TensorInfo> paths{named("params/bert/pooler/kernel"), named("params/bert/pooler/bias")},
        keras{named("bert/embeddings/LayerNorm/gamma"), named("bert/pooler/kernel")},
        layers{named("bert/encoder/layer_._0/output/dense/kernel")};
    EXPECT_EQ(framework_of(Format::kNumpy, {}, torch).value(), Framework::kTorch);
    EXPECT_EQ(framework_of(Format::kNumpy, {}, flax).value(), Framework::kFlax);
    EXPECT_EQ(framework_of(Format::kNumpy, {}, paths).value(), Framework::kFlax);
    EXPECT_EQ(framework_of(Format::kNumpy, {}, tf).value(), Framework::kTensorFlow);
    EXPECT_EQ(framework_of(Format::kNumpy, {}, keras).value(), Framework::kTensorFlow);
    EXPECT_EQ(framework_of(Format::kNumpy, {}, layers).value(), Framework::kTensorFlow);
}

}  // namespace
}  // namespace mirfa::checkpoint
