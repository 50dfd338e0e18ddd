// SPDX-License-Identifier: Apache-2.0
// What every checkpoint format is made of: tensors with a name, an element type, a shape and octets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace mirfa::checkpoint {

/// Element types, named as safetensors names them. kBlocks stands for quantised blocks of GGUF, whose kind
/// TensorInfo::stored_as tells; their octets can be copied and not computed with.
enum class Dtype {
    kBool,
    kF4,
    kF6E2M3,
    kF6E3M2,
    kU8,
    kI8,
    kF8E5M2,
    kF8E4M3,
    kF8E8M0,
    kF8E4M3Fnuz,
    kF8E5M2Fnuz,
    kI16,
    kU16,
    kF16,
    kBF16,
    kI32,
    kU32,
    kF32,
    kC64,
    kF64,
    kI64,
    kU64,
    kC128,
    kBlocks,
};

/// `F32`, `BF16`, `F8_E4M3`, …
std::string_view name_of(Dtype dtype);
/// The inverse of name_of; none for another word.
std::optional<Dtype> find_dtype(std::string_view name);
/// Bits of one element; 0 for kBlocks.
unsigned bits_of(Dtype dtype);

/// Sizes of the axes, the slowest first; empty for a scalar.
using Shape = std::vector<std::uint64_t>;

inline constexpr std::size_t kMaxRank = 64;
inline constexpr std::size_t kMaxTensors = 1'000'000;
inline constexpr std::size_t kMaxTensorName = 4'096;

struct TensorInfo {
    std::string name;
    Dtype dtype = Dtype::kF32;
    Shape shape;
    std::uint64_t size_bytes = 0;  ///< what the tensor's octets take, row-major and little-endian
    std::string stored_as = {};    ///< the file's own word for the element type
    bool operator==(const TensorInfo&) const = default;
};

/// Elements of a shape; 1 for a scalar. Fails: kInvalidArgument beyond 2^62.
Result<std::uint64_t> count_elements(const Shape& shape);
/// Octets of a tensor. Fails: kInvalidArgument when they exceed 2^62, or do not fill whole octets.
Result<std::uint64_t> size_of(Dtype dtype, const Shape& shape);
/// `[2, 3]`
std::string describe(const Shape& shape);

}  // namespace mirfa::checkpoint
