// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/hdf5_handle.h"

#include <array>

namespace mirfa::checkpoint {
namespace {

std::mutex& the_lock() {
    static std::mutex lock;
    return lock;
}

/// Where sign, exponent and fraction lie, in bits. HDF5 describes any such number.
struct FloatRow {
    Dtype dtype;
    std::size_t bytes, sign, exponent, exponent_bits, fraction_bits, bias;
};
constexpr FloatRow kFloats[] = {
    {Dtype::kF16, 2, 15, 10, 5, 10, 15},
    {Dtype::kBF16, 2, 15, 7, 8, 7, 127},
    {Dtype::kF32, 4, 31, 23, 8, 23, 127},
    {Dtype::kF64, 8, 63, 52, 11, 52, 1023},
};
struct IntegerRow {
    Dtype dtype;
    std::size_t bytes;
    bool is_signed;
};
constexpr IntegerRow kIntegers[] = {
    {Dtype::kU8, 1, false},  {Dtype::kI8, 1, true},  {Dtype::kU16, 2, false}, {Dtype::kI16, 2, true},
    {Dtype::kU32, 4, false}, {Dtype::kI32, 4, true}, {Dtype::kU64, 8, false}, {Dtype::kI64, 8, true},
};

std::optional<Dtype> find_float(hid_t type, std::size_t bytes) {
    std::size_t sign = 0, exponent = 0, exponent_bits = 0, fraction = 0, fraction_bits = 0;
    if (H5Tget_fields(type, &sign, &exponent, &exponent_bits, &fraction, &fraction_bits) < 0) return std::nullopt;
    for (const auto& row : kFloats)
        if (row.bytes == bytes && row.sign == sign && row.exponent == exponent && row.exponent_bits == exponent_bits &&
            fraction == 0 && row.fraction_bits == fraction_bits && H5Tget_ebias(type) == row.bias &&
            H5Tget_norm(type) == H5T_NORM_IMPLIED)
            return row.dtype;
    return std::nullopt;
}

/// h5py keeps booleans as an enumeration of two octets' values.
bool is_boolean(hid_t type) {
    if (H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
    std::int8_t values[2] = {-1, -1};
    const auto no = H5Tget_member_index(type, "FALSE");
    const auto yes = H5Tget_member_index(type, "TRUE");
    return no >= 0 && yes >= 0 && H5Tget_member_value(type, static_cast<unsigned>(no), &values[0]) >= 0 &&
           H5Tget_member_value(type, static_cast<unsigned>(yes), &values[1]) >= 0 && values[0] == 0 && values[1] == 1;
}

Handle make_float(const FloatRow& row) {
    Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
    const bool made = H5Tset_fields(type.id(), row.sign, row.exponent, row.exponent_bits, 0, row.fraction_bits) >= 0 &&
                      H5Tset_size(type.id(), row.bytes) >= 0 && H5Tset_ebias(type.id(), row.bias) >= 0;
    return made ? std::move(type) : Handle();
}

Handle make_boolean() {
    Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
    const std::int8_t no = 0, yes = 1;
    const bool made = H5Tenum_insert(type.id(), "FALSE", &no) >= 0 && H5Tenum_insert(type.id(), "TRUE", &yes) >= 0;
    return made ? std::move(type) : Handle();
}

}  // namespace

Hdf5Lock::Hdf5Lock() : lock_(the_lock()) {
    static const bool ready = [] {
        H5open();
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        H5PLset_loading_state(0);  // a file must not choose code that is loaded
        return true;
    }();
    static_cast<void>(ready);
}

Handle hdf5_type_of(Dtype dtype) {
    const auto copy = [](hid_t type) { return Handle(H5Tcopy(type), H5Tclose); };
    if (dtype == Dtype::kU8) return copy(H5T_STD_U8LE);
    if (dtype == Dtype::kI8) return copy(H5T_STD_I8LE);
    if (dtype == Dtype::kU16) return copy(H5T_STD_U16LE);
    if (dtype == Dtype::kI16) return copy(H5T_STD_I16LE);
    if (dtype == Dtype::kU32) return copy(H5T_STD_U32LE);
    if (dtype == Dtype::kI32) return copy(H5T_STD_I32LE);
    if (dtype == Dtype::kU64) return copy(H5T_STD_U64LE);
    if (dtype == Dtype::kI64) return copy(H5T_STD_I64LE);
    if (dtype == Dtype::kF16) return make_float(kFloats[0]);
    if (dtype == Dtype::kF32) return copy(H5T_IEEE_F32LE);
    if (dtype == Dtype::kF64) return copy(H5T_IEEE_F64LE);
    if (dtype == Dtype::kBool) return make_boolean();
    return {};
}

std::optional<Dtype> find_hdf5_dtype(hid_t type) {
    const H5T_class_t kind = H5Tget_class(type);
    const std::size_t bytes = H5Tget_size(type);
    if (kind == H5T_ENUM) return is_boolean(type) ? std::optional(Dtype::kBool) : std::nullopt;
    if (kind != H5T_INTEGER && kind != H5T_FLOAT) return std::nullopt;
    if (bytes > 1 && H5Tget_order(type) != H5T_ORDER_LE) return std::nullopt;
    if (H5Tget_precision(type) != bytes * 8 || H5Tget_offset(type) != 0) return std::nullopt;
    if (kind == H5T_FLOAT) return find_float(type, bytes);
    const H5T_sign_t sign = H5Tget_sign(type);
    if (sign != H5T_SGN_NONE && sign != H5T_SGN_2) return std::nullopt;
    for (const auto& row : kIntegers)
        if (row.bytes == bytes && row.is_signed == (sign == H5T_SGN_2)) return row.dtype;
    return std::nullopt;
}

}  // namespace mirfa::checkpoint
