// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/numpy_dtype.h"

#include <algorithm>
#include <iterator>

namespace mirfa::checkpoint {
namespace {

struct Row {
    Dtype dtype;
    std::string_view name;
};
constexpr Row kRows[] = {
    {Dtype::kBool, "bool"},
    {Dtype::kU8, "uint8"},
    {Dtype::kI8, "int8"},
    {Dtype::kF8E5M2, "float8_e5m2"},
    {Dtype::kF8E4M3, "float8_e4m3fn"},
    {Dtype::kF8E8M0, "float8_e8m0fnu"},
    {Dtype::kF8E4M3Fnuz, "float8_e4m3fnuz"},
    {Dtype::kF8E5M2Fnuz, "float8_e5m2fnuz"},
    {Dtype::kI16, "int16"},
    {Dtype::kU16, "uint16"},
    {Dtype::kF16, "float16"},
    {Dtype::kBF16, "bfloat16"},
    {Dtype::kI32, "int32"},
    {Dtype::kU32, "uint32"},
    {Dtype::kF32, "float32"},
    {Dtype::kC64, "complex64"},
    {Dtype::kF64, "float64"},
    {Dtype::kI64, "int64"},
    {Dtype::kU64, "uint64"},
    {Dtype::kC128, "complex128"},
};

}  // namespace

std::string_view numpy_name_of(Dtype dtype) {
    const auto* row = std::ranges::find(kRows, dtype, &Row::dtype);
    return row == std::end(kRows) ? std::string_view() : row->name;
}

std::optional<Dtype> find_numpy_dtype(std::string_view name) {
    const auto* row = std::ranges::find(kRows, name, &Row::name);
    if (row == std::end(kRows)) return std::nullopt;
    return row->dtype;
}

}  // namespace mirfa::checkpoint
