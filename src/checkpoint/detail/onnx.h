// SPDX-License-Identifier: Apache-2.0
// What an ONNX model reaches beyond itself: files of numbers, and operators of other libraries.
#pragma once

#include <string>
#include <vector>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

struct OnnxReach {
    std::vector<std::string> outside;    ///< paths of external data that leave the model's folder
    std::vector<std::string> operators;  ///< `domain.Operator`, of domains that are neither ONNX's nor the model's own functions'
    bool operator==(const OnnxReach&) const = default;
};
/// Each list has at most this many, distinct.
inline constexpr std::size_t kMostOnnxNames = 100;

/// Walks through the messages of a model without reading the numbers of its tensors.
/// Fails: kInvalidArgument for what is no ONNX model or a broken one, kTooLarge for one that is nested deeper than any or has
/// more messages than kMostOnnxFields, both with `found` as far as it came; as the source. Source: onnx.proto, IR version 10.
Result<void> read_onnx_reach(const RandomSource& source, OnnxReach& found);
inline constexpr std::uint64_t kMostOnnxFields = 50'000'000;

}  // namespace mirfa::checkpoint
