// SPDX-License-Identifier: Apache-2.0
// The closed set of names that a pickle may ask for, and what each stands for.
#pragma once

#include <optional>
#include <string_view>

#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

enum class GlobalKind {
    kOrderedDict,
    kCounter,
    kSet,
    kBytearray,
    kComplex,
    kSize,            ///< torch.Size: a tuple
    kRebuildTensor,   ///< (storage, offset, size, stride)
    kRebuildTensor2,  ///< … requires_grad, hooks[, metadata]
    kRebuildTensor3,  ///< … requires_grad, hooks, dtype[, metadata]
    kRebuildParameter,
    kRebuildFromType,
    kRefused,  ///< known, and of no use: `advice` says what to do
    kTensorClass,
    kStorageClass,
    kElementType,
    kMark,    ///< a word without content: quantisation schemes
    kOpaque,  ///< makes a value that is carried along and never looked into: devices, layouts, NumPy's
    kEncode,  ///< _codecs.encode: octets
};

struct KnownGlobal {
    GlobalKind kind = GlobalKind::kOpaque;
    std::optional<Dtype> dtype = {};  ///< of storage classes and element types that there is a Dtype for
    unsigned bits = 0;                ///< of one element of a storage class; 8 for an untyped one
    std::string_view advice = {};
};

/// Python 2's `__builtin__` counts as `builtins`.
std::optional<KnownGlobal> find_global(std::string_view module, std::string_view name);

}  // namespace mirfa::checkpoint
