// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "checkpoint/statistics.h"
#include "checkpoint/tensor.h"

namespace mirfa::checkpoint::detail {

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

}  // namespace mirfa::checkpoint::detail
