// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace mirfa::checkpoint {
namespace {

struct Row {
    Dtype dtype;
    std::string_view name;
    unsigned bits;
};
// In the order of the enumeration.
constexpr Row kDtypes[] = {
    {Dtype::kBool, "BOOL", 8},
    {Dtype::kF4, "F4", 4},
    {Dtype::kF6E2M3, "F6_E2M3", 6},
    {Dtype::kF6E3M2, "F6_E3M2", 6},
    {Dtype::kU8, "U8", 8},
    {Dtype::kI8, "I8", 8},
    {Dtype::kF8E5M2, "F8_E5M2", 8},
    {Dtype::kF8E4M3, "F8_E4M3", 8},
    {Dtype::kF8E8M0, "F8_E8M0", 8},
    {Dtype::kF8E4M3Fnuz, "F8_E4M3FNUZ", 8},
    {Dtype::kF8E5M2Fnuz, "F8_E5M2FNUZ", 8},
    {Dtype::kI16, "I16", 16},
    {Dtype::kU16, "U16", 16},
    {Dtype::kF16, "F16", 16},
    {Dtype::kBF16, "BF16", 16},
    {Dtype::kI32, "I32", 32},
    {Dtype::kU32, "U32", 32},
    {Dtype::kF32, "F32", 32},
    {Dtype::kC64, "C64", 64},
    {Dtype::kF64, "F64", 64},
    {Dtype::kI64, "I64", 64},
    {Dtype::kU64, "U64", 64},
    {Dtype::kC128, "C128", 128},
    {Dtype::kBlocks, "BLOCKS", 0},
};
static_assert(std::size(kDtypes) == static_cast<std::size_t>(Dtype::kBlocks) + 1);

constexpr std::uint64_t kMost = std::uint64_t{1} << 62;

const Row& row_of(Dtype dtype) { return kDtypes[static_cast<std::size_t>(dtype)]; }

Error too_many(const Shape& shape) {
    return Error{Code::kInvalidArgument, fmt::format("A tensor of shape {} is larger than any file.", describe(shape))};
}

}  // namespace

std::string_view name_of(Dtype dtype) { return row_of(dtype).name; }

std::optional<Dtype> find_dtype(std::string_view name) {
    const auto* found = std::ranges::find(kDtypes, name, &Row::name);
    if (found == std::end(kDtypes) || found->dtype == Dtype::kBlocks) return std::nullopt;
    return found->dtype;
}

unsigned bits_of(Dtype dtype) { return row_of(dtype).bits; }

Result<std::uint64_t> count_elements(const Shape& shape) {
    if (std::ranges::find(shape, 0u) != shape.end()) return 0;
    std::uint64_t count = 1;
    for (const std::uint64_t axis : shape) {
        if (axis > kMost / count) return too_many(shape);
        count *= axis;
    }
    return count;
}

Result<std::uint64_t> size_of(Dtype dtype, const Shape& shape) {
    TRY(const std::uint64_t count, count_elements(shape));
    const unsigned bits = bits_of(dtype);
    if (bits != 0 && count > kMost / bits) return too_many(shape);
    if (count * bits % 8 != 0)
        return Error{Code::kInvalidArgument, fmt::format("A tensor of shape {} and type {} does not fill whole octets.",
                                                         describe(shape), name_of(dtype))};
    return count * bits / 8;
}

std::string describe(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

}  // namespace mirfa::checkpoint
