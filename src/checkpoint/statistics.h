// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mirfa::checkpoint {

/// What stays the same when a tensor's elements only change their places. Of floating types; of others all is zero.
struct Statistics {
    std::uint64_t count = 0;  ///< numbers that are neither NaN nor infinite
    std::uint64_t nans = 0;
    std::uint64_t infinities = 0;
    double min = 0;
    double max = 0;
    double sum = 0;
    double squares = 0;

    double mean() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
    double l2() const;
};

/// What running one row of a plan gave.
struct RowResult {
    Statistics statistics;  ///< of what was written
    double max_abs = 0;     ///< the largest difference between a number and what comes back from its new type
};

}  // namespace mirfa::checkpoint
