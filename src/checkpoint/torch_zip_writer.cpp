// SPDX-License-Identifier: Apache-2.0
// The pickle is of protocol 2, the one that every torch reads, and repeats names instead of using the memo: ten thousand
// tensors make two megabytes.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "checkpoint/detail/pickle_code.h"
#include "base/little_endian.h"
#include "checkpoint/torch_zip.h"
#include "checkpoint/zip_writer.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kRoot = "archive/";

struct Row {
    Dtype dtype;
    std::string_view storage;  ///< its class; empty where torch has an element type only
    std::string_view element;
};
constexpr Row kTypes[] = {
    {Dtype::kBool, "BoolStorage", ""},
    {Dtype::kU8, "ByteStorage", ""},
    {Dtype::kI8, "CharStorage", ""},
    {Dtype::kI16, "ShortStorage", ""},
    {Dtype::kI32, "IntStorage", ""},
    {Dtype::kI64, "LongStorage", ""},
    {Dtype::kF16, "HalfStorage", ""},
    {Dtype::kBF16, "BFloat16Storage", ""},
    {Dtype::kF32, "FloatStorage", ""},
    {Dtype::kF64, "DoubleStorage", ""},
    {Dtype::kC64, "ComplexFloatStorage", ""},
    {Dtype::kC128, "ComplexDoubleStorage", ""},
    {Dtype::kU16, "", "uint16"},
    {Dtype::kU32, "", "uint32"},
    {Dtype::kU64, "", "uint64"},
    {Dtype::kF8E4M3, "", "float8_e4m3fn"},
    {Dtype::kF8E5M2, "", "float8_e5m2"},
    {Dtype::kF8E4M3Fnuz, "", "float8_e4m3fnuz"},
    {Dtype::kF8E5M2Fnuz, "", "float8_e5m2fnuz"},
    {Dtype::kF8E8M0, "", "float8_e8m0fnu"},
};

class PickleText {
public:
    void code(Byte what) { bytes.push_back(what); }
    void text(std::string_view what) {
        code(op::kBinUnicode);
        append_le(bytes, what.size(), 4);
        append(bytes, what);
    }
    void global(std::string_view module, std::string_view name) {
        code(op::kGlobal);
        append(bytes, fmt::format("{}\n{}\n", module, name));
    }
    /// What torch's reader takes: a signed number of 32 bits, or the shortest one that keeps its sign.
    void number(std::uint64_t what) {
        if (what < 256) {
            code(op::kBinInt1);
            append_le(bytes, what, 1);
        } else if (what < (std::uint64_t{1} << 31)) {
            code(op::kBinInt);
            append_le(bytes, what, 4);
        } else {
            Bytes octets;
            append_le(octets, what, 8);
            octets.push_back(0);
            while (octets.size() > 1 && octets.back() == 0 && octets[octets.size() - 2] < 0x80) octets.pop_back();
            code(op::kLong1);
            append_le(bytes, octets.size(), 1);
            bytes.insert(bytes.end(), octets.begin(), octets.end());
        }
    }
    void numbers(const std::vector<std::uint64_t>& what) {
        code(op::kMark);
        for (const std::uint64_t one : what) number(one);
        code(op::kTuple);
    }
    Bytes bytes;
};

std::vector<std::uint64_t> row_major(const Shape& shape) {
    std::vector<std::uint64_t> strides(shape.size(), 1);
    for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * std::max<std::uint64_t>(1, shape[i]);
    return strides;
}

Result<const Row*> row_of(const TensorInfo& info) {
    const auto* found = std::ranges::find(kTypes, info.dtype, &Row::dtype);
    if (found != std::end(kTypes)) return found;
    return Error{Code::kInvalidArgument,
                 fmt::format("Tensor \"{}\" is of type {}, which torch does not have. Convert it to F32, BF16 or "
                             "F16 first.",
                             info.name, name_of(info.dtype))};
}

/// `_rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`, or `_v3` with the element type behind it.
void add_tensor(PickleText& pickle, const TensorInfo& info, const Row& row, std::uint64_t key) {
    const bool typed = row.storage.empty();
    pickle.global("torch._utils", typed ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
    pickle.code(op::kMark);
    pickle.code(op::kMark);
    pickle.text("storage");
    if (typed)
        pickle.global("torch.storage", "UntypedStorage");
    else
        pickle.global("torch", row.storage);
    pickle.text(std::to_string(key));
    pickle.text("cpu");
    pickle.number(typed ? info.size_bytes : info.size_bytes * 8 / bits_of(info.dtype));
    pickle.code(op::kTuple);
    pickle.code(op::kBinPersId);
    pickle.number(0);
    pickle.numbers(info.shape);
    pickle.numbers(row_major(info.shape));
    pickle.code(op::kNewFalse);
    pickle.global("collections", "OrderedDict");
    pickle.code(op::kEmptyTuple);
    pickle.code(op::kReduce);
    if (typed) pickle.global("torch", row.element);
    pickle.code(op::kTuple);
    pickle.code(op::kReduce);
}

struct Plan {
    Bytes pickle;
    std::vector<const OutTensor*> storages;  ///< by key
};

Result<Plan> plan(std::span<const OutTensor* const> tensors) {
    Plan made;
    std::unordered_map<std::string_view, std::uint64_t> keys;
    PickleText pickle;
    pickle.code(op::kProto);
    pickle.code(2);
    pickle.global("collections", "OrderedDict");
    pickle.code(op::kEmptyTuple);
    pickle.code(op::kReduce);
    pickle.code(op::kMark);
    for (const OutTensor* tensor : tensors) {
        TRY(const Row* row, row_of(tensor->info));
        std::uint64_t key = made.storages.size();
        if (tensor->same_as.empty()) {
            made.storages.push_back(tensor);
        } else {
            const auto found = keys.find(tensor->same_as);
            if (found == keys.end())
                return Error{Code::kInvalidArgument,
                             fmt::format("Tensor \"{}\" shares the octets of \"{}\", which does not come before it.",
                                         tensor->info.name, tensor->same_as)};
            key = found->second;
        }
        keys.emplace(tensor->info.name, key);
        pickle.text(tensor->info.name);
        add_tensor(pickle, tensor->info, *row, key);
    }
    pickle.code(op::kSetItems);
    pickle.code(op::kStop);
    made.pickle = std::move(pickle.bytes);
    return made;
}

}  // namespace

Result<void> write_torch_zip(ByteSink& sink, std::span<const OutTensor* const> tensors, const TensorOctets& octets) {
    TRY(const Plan made, plan(tensors));
    ZipWriter zip(sink);
    TRY(zip.add(fmt::format("{}data.pkl", kRoot), made.pickle));
    TRY(zip.add(fmt::format("{}byteorder", kRoot), as_bytes("little")));
    for (std::size_t key = 0; key < made.storages.size(); ++key) {
        const OutTensor& tensor = *made.storages[key];
        TRY(zip.add(fmt::format("{}data/{}", kRoot, key), tensor.info.size_bytes,
                    [&](ByteSink& to) { return octets ? octets(tensor, to) : tensor.write(to); }));
    }
    TRY(zip.add(fmt::format("{}version", kRoot), as_bytes("3\n")));
    return zip.finish();
}

}  // namespace mirfa::checkpoint
