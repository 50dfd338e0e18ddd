// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "checkpoint/transpose.h"

namespace mirfa::checkpoint {

double Statistics::l2() const { return std::sqrt(squares); }

namespace detail {
namespace {

bool near(double a, double b, double share) { return std::abs(a - b) <= share * std::max(std::abs(a), std::abs(b)); }

double rounded(double number, Dtype to) {
    switch (to) {
        case Dtype::kF16: return f32_of_f16(f16_of_f64(number));
        case Dtype::kBF16: return f32_of_bf16(bf16_of_f64(number));
        case Dtype::kF32: return static_cast<float>(number);
        default: return number;
    }
}

}  // namespace

StatisticsMaker::StatisticsMaker(Dtype dtype) : dtype_(dtype), element_(is_floating(dtype) ? bits_of(dtype) / 8 : 0) {}

void StatisticsMaker::update(ByteView octets) {
    if (element_ == 0) return;
    if (!rest_.empty()) {
        const std::size_t more = std::min(octets.size(), element_ - rest_.size());
        rest_.insert(rest_.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(more));
        octets = octets.subspan(more);
        if (rest_.size() < element_) return;
        take(rest_);
        rest_.clear();
    }
    const std::size_t whole = octets.size() / element_ * element_;
    take(octets.first(whole));
    rest_.assign(octets.begin() + static_cast<std::ptrdiff_t>(whole), octets.end());
}

void StatisticsMaker::take(ByteView whole) {
    double numbers[512];
    const auto into = ByteSpan(reinterpret_cast<Byte*>(numbers), sizeof numbers);
    while (!whole.empty()) {
        const std::size_t count = std::min(whole.size() / element_, std::size(numbers));
        if (!cast(whole.first(count * element_), dtype_, into.first(count * sizeof(double)), Dtype::kF64).has_value()) return;
        for (std::size_t i = 0; i < count; ++i) {
            const double number = numbers[i];
            if (std::isnan(number)) {
                ++statistics_.nans;
            } else if (std::isinf(number)) {
                ++statistics_.infinities;
            } else {
                const bool first = statistics_.count++ == 0;
                statistics_.min = first ? number : std::min(statistics_.min, number);
                statistics_.max = first ? number : std::max(statistics_.max, number);
                statistics_.sum += number;
                statistics_.squares += number * number;
            }
        }
        whole = whole.subspan(count * element_);
    }
}

bool agree(const Statistics& before, Dtype from, const Statistics& after, Dtype to) {
    if (before.count != after.count || before.nans != after.nans || before.infinities != after.infinities) return false;
    if (rounded(before.min, to) != after.min || rounded(before.max, to) != after.max) return false;
    // Sums depend on the order, and on rounding when the type became narrower.
    const bool narrower = bits_of(to) < bits_of(from) || (from != to && bits_of(from) == bits_of(to));
    return near(before.squares, after.squares, narrower ? 2e-2 : 1e-6);
}

}  // namespace detail
}  // namespace mirfa::checkpoint
