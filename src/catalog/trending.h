// SPDX-License-Identifier: Apache-2.0
// What is talked about now. Likes and downloads are added up, each counting half after every two days: less than a tenth
// is left after a week. Kept is not the sum, which would be another one at every moment, but its logarithm relative to a
// fixed time: the weight of an event at time t is added as w·2^(t/two days), so that all sums shrink together, their
// order stays, and only what something happens to is written. 0: nothing has happened yet.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace mirfa::catalog {

inline constexpr double kLikeWeight = 10;
inline constexpr double kDownloadWeight = 1;
inline constexpr UnixMillis kTrendingHalfLife = 2LL * 24 * 3600 * 1000;

/// The score with an event of this weight more.
std::int64_t trending_with(std::int64_t score, double weight, UnixMillis at);
/// The score without an event of back then: a like that is taken back leaves no trace.
std::int64_t trending_without(std::int64_t score, double weight, UnixMillis at);

}  // namespace mirfa::catalog
