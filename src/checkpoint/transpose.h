// SPDX-License-Identifier: Apache-2.0
// Moving the octets of a tensor: its axes into another order, its numbers into another type.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

/// How a tensor's axes differ between PyTorch and TensorFlow or Flax.
enum class Turn {
    kNone,
    kReverse,  ///< all axes reversed: (out, in) is (in, out) there, (out, in, k) is (k, in, out)
    kConv2d,   ///< (out, in, h, w) is (h, w, in, out) there
};
/// `as it is`, `axes reversed`, `axes of a 2-D convolution`
std::string_view describe(Turn turn);

/// The order in which the axes of the one side make the other: axis i of the result is axis axes[i] of the source.
/// Empty when nothing moves. Fails: kInvalidArgument for a 2-D convolution that has not four axes.
Result<std::vector<unsigned>> axes_from_torch(Turn turn, std::size_t rank);
Result<std::vector<unsigned>> axes_to_torch(Turn turn, std::size_t rank);
/// The order that undoes `axes`.
std::vector<unsigned> inverse_of(std::span<const unsigned> axes);
/// First `first`, then `second` of what that gave; empty when they cancel. An empty one moves nothing.
std::vector<unsigned> after(std::span<const unsigned> first, std::span<const unsigned> second);
/// `shape` with its axes in that order.
Shape moved(const Shape& shape, std::span<const unsigned> axes);

/// Makes a tensor whose axes were moved from the front to the back, as much of it at a time as is wanted. Threads: any.
class AxesMover {
public:
    /// Takes: elements of 1, 2, 4, 8 or 16 octets; `axes` a permutation. Fails: kInvalidArgument for others.
    static Result<AxesMover> create(const Shape& shape, std::span<const unsigned> axes, unsigned element_bytes);

    std::uint64_t size_bytes() const { return count_ * element_bytes_; }
    /// Octets of the smallest piece of the result that is made at once: along its last axis, or several that stay together.
    std::size_t line_bytes() const { return loops_.back().count * element_bytes_; }
    /// Takes: `from`, the whole tensor, row-major; `to`, whole lines of the result from `first_line` on, apart from `from`.
    void move(ByteView from, std::uint64_t first_line, ByteSpan to) const;

    struct Loop {
        std::uint64_t count;
        std::uint64_t step;  ///< in elements of the source
    };

private:
    AxesMover(std::vector<Loop> loops, std::uint64_t count, unsigned element_bytes)
        : loops_(std::move(loops)), count_(count), element_bytes_(element_bytes) {}
    std::vector<Loop> loops_;  ///< over the result, the innermost last
    std::uint64_t count_;
    unsigned element_bytes_;
};

/// Writes the elements of `from`, row-major of `shape`, into `to` with the axes in the order `axes`.
/// Takes:   `from` and `to` of equal size, apart; elements of 1, 2, 4, 8 or 16 octets; `axes` a permutation.
/// Fails:   kInvalidArgument when sizes disagree or the elements have another size.
/// Threads: any.
Result<void> move_axes(ByteView from, ByteSpan to, const Shape& shape, std::span<const unsigned> axes, unsigned element_bytes);

/// Is it one of F16, BF16, F32, F64?
bool is_floating(Dtype dtype);
/// Numbers of one floating type as another, rounded to the nearest, ties to even. A NaN stays a NaN (quiet, with what fits of its
/// payload), infinities and signed zeros stay; what is too large becomes infinite.
/// Takes: whole elements; `to` as many of them. Fails: kInvalidArgument for types that are not floating and for sizes that
/// disagree.
Result<void> cast(ByteView from, Dtype from_type, ByteSpan to, Dtype to_type);

float f32_of_f16(std::uint16_t half);
float f32_of_bf16(std::uint16_t brain);
std::uint16_t f16_of_f32(float number);
std::uint16_t bf16_of_f32(float number);
/// In one rounding, not by way of f32.
std::uint16_t f16_of_f64(double number);
std::uint16_t bf16_of_f64(double number);

}  // namespace mirfa::checkpoint
