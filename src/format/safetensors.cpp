// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"
#include "base/little_endian.h"
#include "format/json_reader.h"
#include "format/weights.h"

namespace mirfa::format {
namespace {

constexpr std::int64_t kMaxElements = 1LL << 61;  // two of them can be added
constexpr std::size_t kMaxTypes = 64;
constexpr std::size_t kMaxTypeBytes = 32;

Error not_safetensors(std::string_view what) {
    return Error{Code::kInvalidArgument, "This is not a safetensors file: " + std::string(what) + "."};
}

Result<void> fill(ByteSource& source, ByteSpan into) {
    while (!into.empty()) {
        TRY(const auto got, source.read(into));
        if (got == 0) return not_safetensors("it ends in its head");
        into = into.subspan(got);
    }
    return ok();
}

Result<std::int64_t> elements_of(const boost::json::array& shape) {
    std::int64_t elements = 1;
    for (const auto& side : shape) {
        if (!side.is_int64() || side.get_int64() < 0) return not_safetensors("a shape has something else than lengths");
        if (__builtin_mul_overflow(elements, side.get_int64(), &elements) || elements > kMaxElements)
            return not_safetensors("a tensor is impossibly large");
    }
    return elements;
}

Result<void> count_tensor(const boost::json::value& tensor, ParameterCounts& counts) {
    const auto type = find_string(tensor, "dtype");
    const auto* shape = find_array(tensor, "shape");
    if (!type || type->empty() || type->size() > kMaxTypeBytes || shape == nullptr)
        return not_safetensors("a tensor has no type or shape");
    for (const char c : *type)
        if (!is_ascii_alnum(c) && c != '_') return not_safetensors("a type has an unknown name");
    TRY(const auto elements, elements_of(*shape));
    auto& count = counts[std::string(*type)];
    count += elements;
    if (counts.size() > kMaxTypes || total_of(counts) > kMaxElements) return not_safetensors("it has impossibly much in it");
    return ok();
}

}  // namespace

std::int64_t total_of(const ParameterCounts& counts) {
    std::int64_t total = 0;
    for (const auto& [type, count] : counts) total += count;
    return total;
}

Result<ParameterCounts> read_safetensors_head(ByteSource& source) {
    Bytes length_octets(8);
    TRY(fill(source, length_octets));
    const auto length = load_le<std::uint64_t>(length_octets.data());
    if (length < 2) return not_safetensors("its head is empty");
    if (length > kMaxSafetensorsHead)
        return Error{Code::kTooLarge, "The head of a safetensors file is too long to be looked at."};
    Bytes head(length);
    TRY(fill(source, head));
    TRY(const auto json, parse_json(as_text(head), kMaxSafetensorsHead));
    if (!json.is_object()) return not_safetensors("its head is no object");
    ParameterCounts counts;
    for (const auto& member : json.get_object())
        if (member.key() != "__metadata__") TRY(count_tensor(member.value(), counts));
    return counts;
}

Result<std::set<std::string>> parse_safetensors_index(std::string_view text) {
    TRY(const auto json, parse_json(text));
    const auto* map = find_object(json, "weight_map");
    if (map == nullptr) return Error{Code::kInvalidArgument, "The index has no \"weight_map\"."};
    std::set<std::string> files;
    for (const auto& member : *map) {
        if (!member.value().is_string())
            return Error{Code::kInvalidArgument, "The \"weight_map\" names something else than files."};
        files.emplace(member.value().get_string());
        if (files.size() > kMaxShards) return Error{Code::kTooLarge, "The index names too many files."};
    }
    return files;
}

}  // namespace mirfa::format
