// SPDX-License-Identifier: Apache-2.0
// A walk ends and keeps to its lists, and a model that is cut off tells nothing of paths that the whole does not.
#include <algorithm>

#include "checkpoint/detail/onnx.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    OnnxReach whole;
    const auto read = read_onnx_reach(*memory_source({data, size}), whole);
    require(whole.outside.size() <= kMostOnnxNames && whole.operators.size() <= kMostOnnxNames);
    if (!read.has_value()) return 0;
    OnnxReach half;
    static_cast<void>(read_onnx_reach(*memory_source({data, size / 2}), half));
    for (const auto& path : half.outside) require(std::ranges::find(whole.outside, path) != whole.outside.end());
    return 0;
}
