// SPDX-License-Identifier: Apache-2.0
// One row of a plan, from the source's octets to the target's, proving on the way that they are the same numbers.
#pragma once

#include "checkpoint/detail/room.h"
#include "checkpoint/plan.h"
#include "checkpoint/reader.h"
#include "checkpoint/statistics.h"

namespace mirfa::checkpoint::detail {

/// What rows need while they are written, one after the other.
struct RowSpace {
    Room tensor;  ///< the source's, when its axes move
    Room piece;
};

/// Writes the row's octets into `sink`.
/// Memory: a buffer for rows whose axes stay; the tensor and a buffer for others. `space` keeps both for the next row.
/// Fails: kInvalidArgument for numbers that the new type cannot hold (they would become infinite), naming the tensor;
/// kInternal when what would be written is not what was read, in another order; as reader and sink.
Result<RowResult> write_row(const Reader& reader, const PlanRow& row, ByteSink& sink, RowSpace& space);

/// Fails: kInvalidArgument when the two tensors, which the model ties, differ.
Result<void> check_equal(const Reader& reader, const TiedName& tied);

}  // namespace mirfa::checkpoint::detail
