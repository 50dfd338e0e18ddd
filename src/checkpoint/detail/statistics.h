// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "checkpoint/tensor.h"

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

namespace detail {

/// Takes a tensor's octets piece by piece, wherever they are cut.
class StatisticsMaker {
public:
    explicit StatisticsMaker(Dtype dtype);
    void update(ByteView octets);
    const Statistics& result() const { return statistics_; }

private:
    void take(ByteView whole);

    Dtype dtype_;
    std::size_t element_;
    Bytes rest_;  ///< the beginning of an element
    Statistics statistics_;
};

/// Are these the statistics of the same numbers, apart from what rounding `from` to `to` does?
bool agree(const Statistics& before, Dtype from, const Statistics& after, Dtype to);

}  // namespace detail
}  // namespace mirfa::checkpoint
