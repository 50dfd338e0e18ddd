// SPDX-License-Identifier: Apache-2.0
#include "catalog/trending.h"

#include <algorithm>
#include <cmath>

namespace mirfa::catalog {
namespace {

constexpr double kUnit = 1 << 20;  // of the stored number: fine enough for one download among a million

double logarithm_of(double weight, UnixMillis at) {
    return std::log2(weight) + static_cast<double>(at) / static_cast<double>(kTrendingHalfLife);
}

}  // namespace

std::int64_t trending_with(std::int64_t score, double weight, UnixMillis at) {
    const double added = logarithm_of(weight, at);
    if (score <= 0) return std::max<std::int64_t>(std::llround(added * kUnit), 0);
    const double before = static_cast<double>(score) / kUnit;
    const double larger = std::max(before, added);
    return std::llround((larger + std::log2(1 + std::exp2(std::min(before, added) - larger))) * kUnit);
}

std::int64_t trending_without(std::int64_t score, double weight, UnixMillis at) {
    const double before = static_cast<double>(score) / kUnit;
    const double left = 1 - std::exp2(logarithm_of(weight, at) - before);
    if (score <= 0 || left < 1e-4) return 0;  // what is left is less than was rounded
    return std::max<std::int64_t>(std::llround((before + std::log2(left)) * kUnit), 0);
}

}  // namespace mirfa::catalog
