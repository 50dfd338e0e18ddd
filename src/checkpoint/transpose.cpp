// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/transpose.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "checkpoint/detail/tile.h"

namespace mirfa::checkpoint {
namespace {

using Loop = AxesMover::Loop;

// Axes that stay neighbours are one axis, so that a reversal of (1, n) or a permutation of the outer axes costs little.
std::vector<Loop> loops_of(const Shape& shape, std::span<const unsigned> axes) {
    std::vector<std::uint64_t> steps(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) steps[i - 1] = steps[i] * shape[i];
    std::vector<Loop> loops;
    for (const unsigned axis : axes) {
        const Loop loop{shape[axis], steps[axis]};
        if (loop.count == 1) continue;
        if (!loops.empty() && loops.back().step == loop.step * loop.count)
            loops.back() = {loops.back().count * loop.count, loop.step};
        else
            loops.push_back(loop);
    }
    if (loops.empty()) loops.push_back({1, 1});
    return loops;
}

// Lines of the result that lie in one plane: line i begins at from[i * lines.step] and takes every line.step-th element.
struct Plane {
    const Byte* from;
    Byte* to;
    Loop lines, line;
};

// The elements of every line from the one at `begin` on. Walks blocks of lines, so that what was fetched of the source for one
// line serves the next ones too.
template <class T>
void move_each(const Plane& plane, std::uint64_t begin) {
    constexpr std::uint64_t kBlock = 16;
    for (std::uint64_t first = begin; first < plane.line.count; first += kBlock) {
        const std::uint64_t end = std::min(plane.line.count, first + kBlock);
        for (std::uint64_t line = 0; line < plane.lines.count; ++line) {
            const Byte* from = plane.from + (line * plane.lines.step + first * plane.line.step) * sizeof(T);
            Byte* to = plane.to + (line * plane.line.count + first) * sizeof(T);
            for (std::uint64_t i = first; i < end; ++i, from += plane.line.step * sizeof(T), to += sizeof(T))
                std::memcpy(to, from, sizeof(T));
        }
    }
}

template <class T>
void move_tiles(const Plane& plane) {
    constexpr std::uint64_t kTile = detail::kTile<T>;
    const std::size_t from_step = plane.line.step * sizeof(T), to_step = plane.line.count * sizeof(T);
    const std::uint64_t lines = plane.lines.count / kTile * kTile, count = plane.line.count / kTile * kTile;
    for (std::uint64_t i = 0; i < count; i += kTile) {
        for (std::uint64_t line = 0; line < lines; line += kTile) {
            const Byte* from = plane.from + i * from_step + line * sizeof(T);
            // No processor foresees the next rows: they are far apart.
            for (std::uint64_t row = kTile; row < 2 * kTile && i + row < plane.line.count; ++row)
                __builtin_prefetch(from + row * from_step);
            detail::transpose_tile<T>(from, from_step, plane.to + line * to_step + i * sizeof(T), to_step);
        }
    }
    // The ends of the lines that tiles have filled, and the lines below.
    move_each<T>({plane.from, plane.to, {lines, plane.lines.step}, plane.line}, count);
    move_each<T>({plane.from + lines * sizeof(T), plane.to + lines * to_step, {plane.lines.count - lines, 1}, plane.line}, 0);
}

template <class T>
void move_plane(const Plane& plane) {
    if (plane.line.step == 1) {
        for (std::uint64_t line = 0; line < plane.lines.count; ++line)
            std::memcpy(plane.to + line * plane.line.count * sizeof(T), plane.from + line * plane.lines.step * sizeof(T),
                        plane.line.count * sizeof(T));
    } else if (plane.lines.step == 1) {
        move_tiles<T>(plane);
    } else {
        move_each<T>(plane, 0);
    }
}

template <class To, class From>
To round_to(From number) {
    // A static_cast rounds to the nearest, ties to even (the program never changes the mode), and quiets a NaN.
    return static_cast<To>(number);
}

template <class T>
T load(const Byte* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <class T>
void store(Byte* to, T value) {
    std::memcpy(to, &value, sizeof value);
}

template <class Read, class Write>
void each(ByteView from, ByteSpan to, std::size_t from_size, std::size_t to_size, Read read, Write write) {
    const std::size_t count = from.size() / from_size;
    for (std::size_t i = 0; i < count; ++i) write(to.data() + i * to_size, read(from.data() + i * from_size));
}

// The 16 bits of a number with `kExponent` exponent bits, from a double: one rounding, whatever it came from.
template <unsigned kExponent>
std::uint16_t narrow(double number) {
    constexpr int kMantissa = 15 - static_cast<int>(kExponent);
    constexpr int kBias = (1 << (kExponent - 1)) - 1;
    const auto bits = std::bit_cast<std::uint64_t>(number);
    const auto sign = static_cast<std::uint16_t>((bits >> 48) & 0x8000u);
    const int exponent = static_cast<int>((bits >> 52) & 0x7ffu);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    constexpr auto kInfinite = static_cast<std::uint16_t>(((1u << kExponent) - 1) << kMantissa);
    if (exponent == 0x7ff) {
        if (fraction == 0) return sign | kInfinite;
        constexpr auto kQuiet = static_cast<std::uint16_t>(1u << (kMantissa - 1));
        return static_cast<std::uint16_t>(sign | kInfinite | kQuiet | (fraction >> (52 - kMantissa)));
    }
    if (exponent == 0) return sign;  // below the smallest number of either type by far
    const int target = exponent - 1023 + kBias;
    const std::uint64_t whole = fraction | (std::uint64_t{1} << 52);
    int drop = 52 - kMantissa;
    if (target <= 0) drop += 1 - target;
    if (drop > 54) return sign;
    const std::uint64_t kept = whole >> drop;
    const std::uint64_t rest = whole & ((std::uint64_t{1} << drop) - 1);
    const std::uint64_t tie = std::uint64_t{1} << (drop - 1);
    const std::uint64_t up = rest > tie || (rest == tie && (kept & 1) != 0) ? 1 : 0;
    // A carry out of the fraction raises the exponent, up to infinity, by itself.
    const std::uint64_t base =
        target > 0 ? (static_cast<std::uint64_t>(target) << kMantissa) - (std::uint64_t{1} << kMantissa) : 0;
    const std::uint64_t result = base + kept + up;
    return static_cast<std::uint16_t>(sign | std::min<std::uint64_t>(result, kInfinite));
}

template <class Read>
void cast_from(ByteView from, std::size_t from_size, ByteSpan to, Dtype to_type, Read read) {
    switch (to_type) {
        case Dtype::kF16:
            return each(from, to, from_size, 2, read, [](Byte* at, auto n) { store(at, narrow<5>(static_cast<double>(n))); });
        case Dtype::kBF16:
            return each(from, to, from_size, 2, read, [](Byte* at, auto n) { store(at, narrow<8>(static_cast<double>(n))); });
        case Dtype::kF32: return each(from, to, from_size, 4, read, [](Byte* at, auto n) { store(at, round_to<float>(n)); });
        default: return each(from, to, from_size, 8, read, [](Byte* at, auto n) { store(at, round_to<double>(n)); });
    }
}

}  // namespace

std::string_view describe(Turn turn) {
    switch (turn) {
        case Turn::kNone: return "as it is";
        case Turn::kReverse: return "axes reversed";
        case Turn::kConv2d: return "axes of a 2-D convolution";
    }
    return "";
}

Result<std::vector<unsigned>> axes_from_torch(Turn turn, std::size_t rank) {
    if (turn == Turn::kConv2d) {
        if (rank != 4)
            return Error{Code::kInvalidArgument, fmt::format("A 2-D convolution has four axes, this tensor has {}.", rank)};
        return std::vector<unsigned>{2, 3, 1, 0};
    }
    std::vector<unsigned> axes;
    if (turn == Turn::kNone || rank < 2) return axes;
    axes.resize(rank);
    std::iota(axes.rbegin(), axes.rend(), 0u);
    return axes;
}

Result<std::vector<unsigned>> axes_to_torch(Turn turn, std::size_t rank) {
    TRY(const std::vector<unsigned> axes, axes_from_torch(turn, rank));
    return inverse_of(axes);
}

std::vector<unsigned> inverse_of(std::span<const unsigned> axes) {
    std::vector<unsigned> inverse(axes.size());
    for (std::size_t i = 0; i < axes.size(); ++i) inverse[axes[i]] = static_cast<unsigned>(i);
    return inverse;
}

std::vector<unsigned> after(std::span<const unsigned> first, std::span<const unsigned> second) {
    if (first.empty()) return {second.begin(), second.end()};
    if (second.empty()) return {first.begin(), first.end()};
    std::vector<unsigned> both;
    for (const unsigned axis : second) both.push_back(first[axis]);
    return std::ranges::is_sorted(both) ? std::vector<unsigned>{} : both;
}

Shape moved(const Shape& shape, std::span<const unsigned> axes) {
    if (axes.empty()) return shape;
    Shape result;
    for (const unsigned axis : axes) result.push_back(shape[axis]);
    return result;
}

Result<AxesMover> AxesMover::create(const Shape& shape, std::span<const unsigned> axes, unsigned element_bytes) {
    TRY(const std::uint64_t count, count_elements(shape));
    std::vector<unsigned> sorted(axes.begin(), axes.end());
    std::ranges::sort(sorted);
    bool whole = sorted.size() == shape.size();
    for (std::size_t i = 0; whole && i < sorted.size(); ++i) whole = sorted[i] == i;
    if (!whole) return Error{Code::kInvalidArgument, fmt::format("The axes of a tensor {} have no such order.", describe(shape))};
    if (!std::has_single_bit(element_bytes) || element_bytes > sizeof(detail::Wide))
        return Error{Code::kInvalidArgument, fmt::format("The axes of elements of {} octets cannot be moved.", element_bytes)};
    return AxesMover(loops_of(shape, axes), count, element_bytes);
}

void AxesMover::move(ByteView from, std::uint64_t first_line, ByteSpan to) const {
    const Loop line = loops_.back();
    const Loop lines = loops_.size() == 1 ? Loop{1, 0} : loops_[loops_.size() - 2];
    while (!to.empty()) {
        std::uint64_t outer = first_line / lines.count;
        std::uint64_t at = first_line % lines.count * lines.step;
        for (std::size_t i = loops_.size() - std::min<std::size_t>(loops_.size(), 2); i-- > 0; outer /= loops_[i].count)
            at += outer % loops_[i].count * loops_[i].step;
        const std::uint64_t count = std::min(lines.count - first_line % lines.count, to.size() / line_bytes());
        const Plane plane{from.data() + at * element_bytes_, to.data(), {count, lines.step}, line};
        switch (element_bytes_) {
            case 1: move_plane<std::uint8_t>(plane); break;
            case 2: move_plane<std::uint16_t>(plane); break;
            case 4: move_plane<std::uint32_t>(plane); break;
            case 8: move_plane<std::uint64_t>(plane); break;
            default: move_plane<detail::Wide>(plane);
        }
        to = to.subspan(count * line_bytes());
        first_line += count;
    }
}

Result<void> move_axes(ByteView from, ByteSpan to, const Shape& shape, std::span<const unsigned> axes, unsigned element_bytes) {
    TRY(const AxesMover mover, AxesMover::create(shape, axes, element_bytes));
    if (from.size() != mover.size_bytes() || to.size() != from.size())
        return Error{Code::kInvalidArgument, fmt::format("{} octets are not a tensor {} of elements of {} octets.", from.size(),
                                                         describe(shape), element_bytes)};
    mover.move(from, 0, to);
    return ok();
}

bool is_floating(Dtype dtype) {
    return dtype == Dtype::kF16 || dtype == Dtype::kBF16 || dtype == Dtype::kF32 || dtype == Dtype::kF64;
}

Result<void> cast(ByteView from, Dtype from_type, ByteSpan to, Dtype to_type) {
    if (!is_floating(from_type) || !is_floating(to_type))
        return Error{Code::kInvalidArgument,
                     fmt::format("{} cannot be made {}: only F16, BF16, F32 and F64 change into each other.", name_of(from_type),
                                 name_of(to_type))};
    const std::size_t from_size = bits_of(from_type) / 8;
    const std::size_t to_size = bits_of(to_type) / 8;
    if (from.size() % from_size != 0 || to.size() % to_size != 0 || from.size() / from_size != to.size() / to_size)
        return Error{Code::kInvalidArgument, fmt::format("{} octets of {} are not {} octets of {}.", from.size(),
                                                         name_of(from_type), to.size(), name_of(to_type))};
    if (from.empty()) return ok();
    if (from_type == to_type) {
        std::memcpy(to.data(), from.data(), from.size());
        return ok();
    }
    switch (from_type) {
        case Dtype::kF16:
            cast_from(from, 2, to, to_type, [](const Byte* at) { return f32_of_f16(load<std::uint16_t>(at)); });
            break;
        case Dtype::kBF16:
            cast_from(from, 2, to, to_type, [](const Byte* at) { return f32_of_bf16(load<std::uint16_t>(at)); });
            break;
        case Dtype::kF32: cast_from(from, 4, to, to_type, [](const Byte* at) { return load<float>(at); }); break;
        default: cast_from(from, 8, to, to_type, [](const Byte* at) { return load<double>(at); }); break;
    }
    return ok();
}

float f32_of_f16(std::uint16_t half) {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t fraction = half & 0x3ffu;
    if (exponent == 0x1f) {
        const std::uint32_t quiet = fraction == 0 ? 0 : 0x400000u;
        return std::bit_cast<float>(sign | 0x7f800000u | quiet | (fraction << 13));
    }
    if (exponent == 0) {
        const float small = static_cast<float>(fraction) * 0x1p-24f;
        return sign != 0 ? -small : small;
    }
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (fraction << 13));
}

float f32_of_bf16(std::uint16_t brain) {
    std::uint32_t bits = static_cast<std::uint32_t>(brain) << 16;
    if ((bits & 0x7f800000u) == 0x7f800000u && (bits & 0x7fffffu) != 0) bits |= 0x400000u;
    return std::bit_cast<float>(bits);
}

std::uint16_t f16_of_f64(double number) { return narrow<5>(number); }
std::uint16_t bf16_of_f64(double number) { return narrow<8>(number); }
std::uint16_t f16_of_f32(float number) { return narrow<5>(static_cast<double>(number)); }
std::uint16_t bf16_of_f32(float number) { return narrow<8>(static_cast<double>(number)); }

}  // namespace mirfa::checkpoint
