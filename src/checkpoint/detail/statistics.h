// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "base/bytes.h"
#include "checkpoint/statistics.h"
#include "checkpoint/tensor.h"

namespace mirfa::checkpoint::detail {

/// Takes a tensor's octets piece by piece. Equal tensors have equal results, wherever they are cut.
class StatisticsMaker {
public:
    explicit StatisticsMaker(Dtype dtype);
    void update(ByteView octets);
    Statistics result() const;

    /// Number i is summed up in lane i % kLanes. Lanes do not wait for each other, as one sum would for its last addition.
    static constexpr std::size_t kLanes = 8;
    struct Lanes {
        std::array<double, kLanes> min, max, sum{}, squares{};
    };

private:
    void take(ByteView groups);
    template <class T>
    void take_numbers(ByteView numbers);

    Dtype dtype_;
    std::size_t element_;
    Bytes rest_;  ///< the beginning of a group of kLanes elements
    Lanes lanes_;
    Statistics counts_;  ///< of what lanes_ have; its other fields are not used
};

/// Are these the statistics of the same numbers, apart from what rounding `from` to `to` does?
bool agree(const Statistics& before, Dtype from, const Statistics& after, Dtype to);

}  // namespace mirfa::checkpoint::detail
