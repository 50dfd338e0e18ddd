// SPDX-License-Identifier: Apache-2.0
// Element types by the names that NumPy and ml_dtypes give them, which is how Flax writes them.
#pragma once

#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

/// `float32`, `bfloat16`, `float8_e4m3fn`, …; "" for a type that they do not have packed as safetensors has it.
std::string_view numpy_name_of(Dtype dtype);
std::optional<Dtype> find_numpy_dtype(std::string_view name);

}  // namespace mirfa::checkpoint
