// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/pickle_globals.h"

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

using enum GlobalKind;

struct Row {
    std::string_view module;
    std::string_view name;
    KnownGlobal what;
};

constexpr std::string_view kQuantised = "it is quantised; dequantise it (tensor.dequantize()) before saving";
constexpr std::string_view kSparse = "it is sparse; save tensor.to_dense()";
constexpr std::string_view kNoData = "it lies on the meta device and has no content; load the weights before saving";
constexpr std::string_view kDevice = "it was saved from another kind of device; move it to the CPU (tensor.cpu()) before saving";
constexpr std::string_view kSubclass = "it is of a class of its own; save the plain tensors it is made of";

constexpr Row kNames[] = {
    {"collections", "OrderedDict", {kOrderedDict}},
    {"collections", "Counter", {kCounter}},
    {"builtins", "set", {kSet}},
    {"builtins", "bytearray", {kBytearray}},
    {"builtins", "complex", {kComplex}},
    {"torch", "Size", {kSize}},
    {"torch._utils", "_rebuild_tensor", {kRebuildTensor}},
    {"torch._utils", "_rebuild_tensor_v2", {kRebuildTensor2}},
    {"torch._utils", "_rebuild_tensor_v3", {kRebuildTensor3}},
    {"torch._utils", "_rebuild_parameter", {kRebuildParameter}},
    {"torch._utils", "_rebuild_parameter_with_state", {kRebuildParameter}},
    {"torch._tensor", "_rebuild_from_type_v2", {kRebuildFromType}},
    {"torch._utils", "_rebuild_qtensor", {kRefused, {}, 0, kQuantised}},
    {"torch._utils", "_rebuild_sparse_tensor", {kRefused, {}, 0, kSparse}},
    {"torch._utils", "_rebuild_meta_tensor_no_storage", {kRefused, {}, 0, kNoData}},
    {"torch._utils", "_rebuild_device_tensor_from_numpy", {kRefused, {}, 0, kDevice}},
    {"torch._utils", "_rebuild_device_tensor_from_cpu_tensor", {kRefused, {}, 0, kDevice}},
    {"torch._utils", "_rebuild_wrapper_subclass", {kRefused, {}, 0, kSubclass}},
    {"torch", "Tensor", {kTensorClass}},
    {"torch.nn.parameter", "Parameter", {kTensorClass}},
    {"torch.nn.parameter", "Buffer", {kTensorClass}},
    {"torch.storage", "UntypedStorage", {kStorageClass, {}, 8}},
    {"torch.storage", "_UntypedStorage", {kStorageClass, {}, 8}},
    {"torch", "UntypedStorage", {kStorageClass, {}, 8}},
    {"torch.storage", "TypedStorage", {kRefused, {}, 0, "its storage tells no element type; save it with a newer torch"}},
    {"torch.storage", "_TypedStorage", {kRefused, {}, 0, "its storage tells no element type; save it with a newer torch"}},
    {"torch", "per_tensor_affine", {kMark}},
    {"torch", "per_channel_affine", {kMark}},
    {"torch", "per_tensor_symmetric", {kMark}},
    {"torch", "per_channel_symmetric", {kMark}},
    {"torch", "per_channel_affine_float_qparams", {kMark}},
    {"torch", "device", {kOpaque}},
    {"torch.serialization", "_get_layout", {kOpaque}},
    {"_codecs", "encode", {kEncode}},
    {"numpy.core.multiarray", "_reconstruct", {kOpaque}},
    {"numpy._core.multiarray", "_reconstruct", {kOpaque}},
    {"numpy.core.multiarray", "scalar", {kOpaque}},
    {"numpy._core.multiarray", "scalar", {kOpaque}},
    {"numpy", "ndarray", {kOpaque}},
    {"numpy", "dtype", {kOpaque}},
};

struct Element {
    std::string_view storage;  ///< the stem of `FloatStorage` and `FloatTensor`
    KnownGlobal what;
};
constexpr Element kStorages[] = {
    {"Double", {kStorageClass, Dtype::kF64, 64}},       {"Float", {kStorageClass, Dtype::kF32, 32}},
    {"Half", {kStorageClass, Dtype::kF16, 16}},         {"BFloat16", {kStorageClass, Dtype::kBF16, 16}},
    {"Long", {kStorageClass, Dtype::kI64, 64}},         {"Int", {kStorageClass, Dtype::kI32, 32}},
    {"Short", {kStorageClass, Dtype::kI16, 16}},        {"Char", {kStorageClass, Dtype::kI8, 8}},
    {"Byte", {kStorageClass, Dtype::kU8, 8}},           {"Bool", {kStorageClass, Dtype::kBool, 8}},
    {"ComplexFloat", {kStorageClass, Dtype::kC64, 64}}, {"ComplexDouble", {kStorageClass, Dtype::kC128, 128}},
    {"QInt8", {kStorageClass, {}, 8, kQuantised}},      {"QUInt8", {kStorageClass, {}, 8, kQuantised}},
    {"QInt32", {kStorageClass, {}, 32, kQuantised}},    {"QUInt4x2", {kStorageClass, {}, 8, kQuantised}},
    {"QUInt2x4", {kStorageClass, {}, 8, kQuantised}},
};

struct Type {
    std::string_view name;
    std::optional<Dtype> dtype;
};
constexpr Type kTypes[] = {
    {"float64", Dtype::kF64},
    {"double", Dtype::kF64},
    {"float32", Dtype::kF32},
    {"float", Dtype::kF32},
    {"float16", Dtype::kF16},
    {"half", Dtype::kF16},
    {"bfloat16", Dtype::kBF16},
    {"int64", Dtype::kI64},
    {"long", Dtype::kI64},
    {"int32", Dtype::kI32},
    {"int", Dtype::kI32},
    {"int16", Dtype::kI16},
    {"short", Dtype::kI16},
    {"int8", Dtype::kI8},
    {"uint8", Dtype::kU8},
    {"uint16", Dtype::kU16},
    {"uint32", Dtype::kU32},
    {"uint64", Dtype::kU64},
    {"bool", Dtype::kBool},
    {"complex64", Dtype::kC64},
    {"cfloat", Dtype::kC64},
    {"complex128", Dtype::kC128},
    {"cdouble", Dtype::kC128},
    {"float8_e4m3fn", Dtype::kF8E4M3},
    {"float8_e5m2", Dtype::kF8E5M2},
    {"float8_e4m3fnuz", Dtype::kF8E4M3Fnuz},
    {"float8_e5m2fnuz", Dtype::kF8E5M2Fnuz},
    {"float8_e8m0fnu", Dtype::kF8E8M0},
    {"float4_e2m1fn_x2", {}},
    {"complex32", {}},
    {"chalf", {}},
    {"qint8", {}},
    {"quint8", {}},
    {"qint32", {}},
    {"quint4x2", {}},
    {"quint2x4", {}},
    {"bits1x8", {}},
    {"bits2x4", {}},
    {"bits4x2", {}},
    {"bits8", {}},
    {"bits16", {}},
};

/// torch.int1 to torch.int7 and torch.uint1 to torch.uint7.
bool is_small_integer(std::string_view name) {
    if (name.starts_with('u')) name.remove_prefix(1);
    return name.size() == 4 && name.starts_with("int") && name[3] >= '1' && name[3] <= '7';
}

std::optional<KnownGlobal> find_typed(std::string_view module, std::string_view name) {
    for (const std::string_view ending : {"Storage", "Tensor"}) {
        if (!name.ends_with(ending)) continue;
        const std::string_view stem = name.substr(0, name.size() - ending.size());
        const auto* found = std::ranges::find(kStorages, stem, &Element::storage);
        if (found == std::end(kStorages)) return std::nullopt;
        return ending == "Storage" ? found->what : KnownGlobal{kTensorClass};
    }
    if (module != "torch") return std::nullopt;
    const auto* found = std::ranges::find(kTypes, name, &Type::name);
    if (found != std::end(kTypes)) return KnownGlobal{kElementType, found->dtype};
    if (is_small_integer(name)) return KnownGlobal{kElementType};
    return std::nullopt;
}

}  // namespace

std::optional<KnownGlobal> find_global(std::string_view module, std::string_view name) {
    if (module == "__builtin__") module = "builtins";
    for (const Row& row : kNames)
        if (row.module == module && row.name == name) return row.what;
    if (module == "torch" || module == "torch.cuda") return find_typed(module, name);
    return std::nullopt;
}

}  // namespace mirfa::checkpoint
