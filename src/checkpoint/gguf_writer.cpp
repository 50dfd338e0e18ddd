// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <bit>
#include <set>

#include "base/little_endian.h"
#include "checkpoint/gguf.h"
#include "format/gguf_types.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kAlignment = 32;
constexpr std::size_t kMaxName = 63;
constexpr std::size_t kMaxAxes = 4;

std::uint64_t aligned(std::uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

/// The octets of the head; each kind of value says its type's number first.
class Head {
public:
    Bytes octets;

    template <std::unsigned_integral T>
    void number(T value) {
        append_le(octets, value);
    }
    void text(std::string_view value) {
        number(std::uint64_t{value.size()});
        append(octets, as_bytes(value));
    }
    void pair(const GgufPair& pair) {
        text(pair.key);
        std::visit([this](const auto& value) { typed(value); }, pair.value);
    }

private:
    static constexpr std::uint32_t type_of(std::uint8_t) { return 0; }
    static constexpr std::uint32_t type_of(std::int8_t) { return 1; }
    static constexpr std::uint32_t type_of(std::uint16_t) { return 2; }
    static constexpr std::uint32_t type_of(std::int16_t) { return 3; }
    static constexpr std::uint32_t type_of(std::uint32_t) { return 4; }
    static constexpr std::uint32_t type_of(std::int32_t) { return 5; }
    static constexpr std::uint32_t type_of(float) { return 6; }
    static constexpr std::uint32_t type_of(bool) { return 7; }
    static constexpr std::uint32_t type_of(std::uint64_t) { return 10; }
    static constexpr std::uint32_t type_of(std::int64_t) { return 11; }
    static constexpr std::uint32_t type_of(double) { return 12; }
    static std::uint32_t type_of(const std::string&) { return 8; }

    void plain(bool value) { octets.push_back(value ? 1 : 0); }
    void plain(float value) { number(std::bit_cast<std::uint32_t>(value)); }
    void plain(double value) { number(std::bit_cast<std::uint64_t>(value)); }
    void plain(const std::string& value) { text(value); }
    void plain(std::integral auto value) { number(static_cast<std::make_unsigned_t<decltype(value)>>(value)); }

    template <class T>
    void typed(const T& value) {
        number(type_of(value));
        plain(value);
    }
    template <class T>
    void typed(const std::vector<T>& values) {
        number(std::uint32_t{9});
        number(type_of(T{}));
        number(std::uint64_t{values.size()});
        for (const T& value : values) plain(value);
    }
};

Error cannot(const TensorInfo& info, std::string_view why) {
    return Error{Code::kInvalidArgument, fmt::format("GGUF cannot hold the tensor \"{}\": {}.", info.name, why)};
}

Result<const format::GgufType*> type_of(const TensorInfo& info) {
    const std::string_view name = info.dtype == Dtype::kBlocks ? std::string_view(info.stored_as) : name_of(info.dtype);
    const auto* type = format::find_gguf_type(name);
    if (type == nullptr) return cannot(info, fmt::format("it has no type {}", name));
    const std::uint64_t row = info.shape.empty() ? 1 : info.shape.back();
    if (row % type->block_elements != 0)
        return cannot(info, fmt::format("its rows have {} elements, and {} packs {} together", row, name, type->block_elements));
    TRY(const auto count, count_elements(info.shape));
    if (count / type->block_elements * type->block_bytes != info.size_bytes)
        return cannot(info, fmt::format("as {} it does not take {} octets", name, info.size_bytes));
    if (info.name.size() > kMaxName) return cannot(info, fmt::format("its name is longer than {} octets", kMaxName));
    if (info.shape.size() > kMaxAxes) return cannot(info, fmt::format("it has more than {} axes", kMaxAxes));
    return type;
}

void append_tensor(Head& head, const TensorInfo& info, std::uint32_t type, std::uint64_t offset) {
    head.text(info.name);
    const Shape shape = info.shape.empty() ? Shape{1} : info.shape;
    head.number(static_cast<std::uint32_t>(shape.size()));
    for (auto axis = shape.rbegin(); axis != shape.rend(); ++axis) head.number(*axis);
    head.number(type);
    head.number(offset);
}

}  // namespace

Result<void> write_gguf_pairs(FileSink& sink, OutRow tensors, std::span<const GgufPair> pairs) {
    std::set<std::string_view> keys;
    for (const auto& pair : pairs)
        if (!keys.insert(pair.key).second || pair.key.empty() || pair.key == "general.alignment")
            return Error{Code::kInvalidArgument,
                         fmt::format("The key \"{}\" of GGUF is empty, there twice or not to be chosen.", pair.key)};
    std::vector<const OutTensor*> owners;
    Head list;
    std::uint64_t next = 0;
    for (const auto* tensor : tensors) {
        if (!tensor->same_as.empty()) continue;
        TRY(const auto* type, type_of(tensor->info));
        append_tensor(list, tensor->info, type->id, next);
        owners.push_back(tensor);
        next = aligned(next + tensor->info.size_bytes);
    }
    Head head;
    append(head.octets, as_bytes("GGUF"));
    head.number(std::uint32_t{3});
    head.number(std::uint64_t{owners.size()});
    head.number(std::uint64_t{pairs.size()});
    for (const auto& pair : pairs) head.pair(pair);
    TRY(sink.write(head.octets));
    TRY(sink.write(list.octets));
    TRY(sink.pad(aligned(sink.position()) - sink.position()));
    for (const auto* tensor : owners) {
        TRY(sink.write_tensor(*tensor));
        TRY(sink.pad(aligned(sink.position()) - sink.position()));
    }
    return ok();
}

Result<void> write_gguf(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata) {
    std::vector<GgufPair> pairs;
    for (const auto& [key, text] : metadata) pairs.push_back({key, text});
    return write_gguf_pairs(sink, tensors, pairs);
}

}  // namespace mirfa::checkpoint
