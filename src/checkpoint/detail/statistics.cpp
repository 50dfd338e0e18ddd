// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/statistics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>

#include "checkpoint/transpose.h"

namespace mirfa::checkpoint {

double Statistics::l2() const { return std::sqrt(squares); }

namespace detail {
namespace {

// Two infinite sums are near too.
bool near(double a, double b, double share) { return a == b || std::abs(a - b) <= share * std::max(std::abs(a), std::abs(b)); }

double rounded(double number, Dtype to) {
    switch (to) {
        case Dtype::kF16: return f32_of_f16(f16_of_f64(number));
        case Dtype::kBF16: return f32_of_bf16(bf16_of_f64(number));
        case Dtype::kF32: return static_cast<float>(number);
        default: return number;
    }
}

using Lanes = StatisticsMaker::Lanes;
constexpr std::size_t kLanes = StatisticsMaker::kLanes;
constexpr std::size_t kBlock = 64 * kLanes;  // numbers that are taken at once

void add(Lanes& lanes, std::size_t lane, double number) {
    lanes.min[lane] = number < lanes.min[lane] ? number : lanes.min[lane];
    lanes.max[lane] = number > lanes.max[lane] ? number : lanes.max[lane];
    lanes.sum[lane] += number;
    lanes.squares[lane] += number * number;
}

// Takes: numbers from lane 0 on.
void add_finite(Lanes& lanes, Statistics& counts, std::span<const double> numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (std::isnan(numbers[i])) {
            ++counts.nans;
        } else if (std::isinf(numbers[i])) {
            ++counts.infinities;
        } else {
            ++counts.count;
            add(lanes, i % kLanes, numbers[i]);
        }
    }
}

template <class T>
void add_groups(Lanes& lanes, const Byte* numbers, std::size_t count) {
    for (const Byte* end = numbers + count * sizeof(T); numbers != end; numbers += kLanes * sizeof(T)) {
        T group[kLanes];
        std::memcpy(group, numbers, sizeof group);
        for (std::size_t lane = 0; lane < kLanes; ++lane) add(lanes, lane, static_cast<double>(group[lane]));
    }
}

}  // namespace

StatisticsMaker::StatisticsMaker(Dtype dtype) : dtype_(dtype), element_(is_floating(dtype) ? bits_of(dtype) / 8 : 0) {
    lanes_.min.fill(std::numeric_limits<double>::infinity());
    lanes_.max.fill(-std::numeric_limits<double>::infinity());
}

void StatisticsMaker::update(ByteView octets) {
    if (element_ == 0) return;
    const std::size_t group = kLanes * element_;
    if (!rest_.empty()) {
        const std::size_t more = std::min(octets.size(), group - rest_.size());
        rest_.insert(rest_.end(), octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(more));
        octets = octets.subspan(more);
        if (rest_.size() < group) return;
        take(rest_);
        rest_.clear();
    }
    const std::size_t whole = octets.size() / group * group;
    take(octets.first(whole));
    rest_.assign(octets.begin() + static_cast<std::ptrdiff_t>(whole), octets.end());
}

void StatisticsMaker::take(ByteView groups) {
    float wider[kBlock];
    while (!groups.empty()) {
        const ByteView piece = groups.first(std::min(groups.size(), kBlock * element_));
        groups = groups.subspan(piece.size());
        if (dtype_ == Dtype::kF64) {
            take_numbers<double>(piece);
        } else if (dtype_ == Dtype::kF32) {
            take_numbers<float>(piece);
        } else {
            const auto into = ByteSpan(reinterpret_cast<Byte*>(wider), piece.size() / element_ * sizeof(float));
            if (!cast(piece, dtype_, into, Dtype::kF32).has_value()) return;
            take_numbers<float>(into);
        }
    }
}

// Takes: whole groups, at most kBlock numbers.
template <class T>
void StatisticsMaker::take_numbers(ByteView numbers) {
    const std::size_t count = numbers.size() / sizeof(T);
    Lanes lanes = lanes_;
    add_groups<T>(lanes, numbers.data(), count);
    // A NaN or an infinite number among them shows in a square.
    if (std::ranges::all_of(lanes.squares, [](double squares) { return std::isfinite(squares); })) {
        lanes_ = lanes;
        counts_.count += count;
        return;
    }
    T narrow[kBlock];
    double wide[kBlock];
    std::memcpy(narrow, numbers.data(), numbers.size());
    std::copy_n(narrow, count, wide);
    add_finite(lanes_, counts_, {wide, count});
}

Statistics StatisticsMaker::result() const {
    if (element_ == 0) return {};
    Lanes lanes = lanes_;
    Statistics all = counts_;
    double last[kLanes];
    const std::size_t count = rest_.size() / element_;
    const auto into = ByteSpan(reinterpret_cast<Byte*>(last), count * sizeof(double));
    if (cast(ByteView(rest_).first(count * element_), dtype_, into, Dtype::kF64).has_value())
        add_finite(lanes, all, {last, count});
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
        all.sum += lanes.sum[lane];
        all.squares += lanes.squares[lane];
    }
    if (all.count == 0) return all;
    all.min = *std::ranges::min_element(lanes.min);
    all.max = *std::ranges::max_element(lanes.max);
    return all;
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
