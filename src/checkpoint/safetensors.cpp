// SPDX-License-Identifier: Apache-2.0
// Octets 0 to 7: length N of the head. Then N octets of JSON, spaces at its end allowed. Then the tensors, each where the
// one before ends, to the end of the file.
#include "checkpoint/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/ranges_reader.h"
#include "checkpoint/detail/safetensors_head.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

Error broken(std::string_view what) {
    return Error{Code::kInvalidArgument, fmt::format("This safetensors file is broken: {}.", what)};
}

Result<std::string> read_head(const RandomSource& source) {
    if (source.size() < 8) return broken(fmt::format("it has {} octets, which is less than the length of a head", source.size()));
    Byte octets[8];
    TRY(source.read_at(0, octets));
    const auto length = load_le<std::uint64_t>(octets);
    if (length > kMaxSafetensorsHeader)
        return broken(fmt::format("its head claims {} octets, more than the {} that are read", length, kMaxSafetensorsHeader));
    if (length > source.size() - 8) return broken(fmt::format("it ends in its head, which claims {} octets", length));
    std::string head(length, '\0');
    TRY(source.read_at(8, {reinterpret_cast<Byte*>(head.data()), head.size()}));
    if (!is_utf8(head)) return broken("its head is not UTF-8");
    if (!head.starts_with('{')) return broken("its head does not begin with {");
    return head;
}

Error wrong_place(const ClaimedTensor& tensor, std::uint64_t expected) {
    return broken(
        fmt::format("the tensor \"{}\" lies at [{}, {}) where {} is expected: tensors follow each other without hole or overlap",
                    tensor.info.name, tensor.begin, tensor.end, expected));
}

/// Compares what the head claims with itself and with `available` octets behind it; sorts by place.
Result<void> check_places(std::vector<ClaimedTensor>& tensors, std::uint64_t available) {
    std::ranges::stable_sort(tensors, {}, [](const ClaimedTensor& t) { return std::pair(t.begin, t.end); });
    std::uint64_t next = 0;
    for (auto& tensor : tensors) {
        if (tensor.begin != next || tensor.end < tensor.begin) return wrong_place(tensor, next);
        const auto size = size_of(tensor.info.dtype, tensor.info.shape);
        if (!size.has_value()) return broken(fmt::format("the tensor \"{}\": {}", tensor.info.name, size.error().message));
        if (size.value() != tensor.end - tensor.begin)
            return broken(fmt::format("the tensor \"{}\" of shape {} and type {} takes {} octets and lies at [{}, {})",
                                      tensor.info.name, describe(tensor.info.shape), name_of(tensor.info.dtype), size.value(),
                                      tensor.begin, tensor.end));
        tensor.info.size_bytes = size.value();
        next = tensor.end;
        if (next > available)
            return broken(fmt::format("it ends in the tensor \"{}\", {} octets too early", tensor.info.name, next - available));
    }
    if (next != available) return broken(fmt::format("{} octets behind its last tensor belong to none", available - next));
    return ok();
}

std::vector<Tie> ties_of(const FileContents& contents) {
    std::unordered_set<std::string_view> names;
    for (const auto& tensor : contents.tensors) names.insert(tensor.name);
    std::vector<Tie> ties;
    for (const auto& [key, value] : contents.metadata)
        if (key != "format" && names.contains(value) && !names.contains(key)) ties.push_back({key, value});
    return ties;
}

}  // namespace

Result<ReaderPtr> read_safetensors(std::shared_ptr<const RandomSource> source) {
    TRY(const std::string text, read_head(*source));
    TRY(SafetensorsHead head, parse_safetensors_head(text));
    const std::uint64_t data = 8 + text.size();
    TRY(check_places(head.tensors, source->size() - data));
    FileContents contents;
    for (auto& tensor : head.tensors) {
        contents.ranges.push_back({{data + tensor.begin, tensor.info.size_bytes}});
        contents.tensors.push_back(std::move(tensor.info));
    }
    TRY(check_names("safetensors", contents.tensors));
    contents.metadata = std::move(head.metadata);
    contents.ties = ties_of(contents);
    return make_ranges_reader(Format::kSafetensors, std::move(source), std::move(contents));
}

Result<void> write_safetensors(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>& metadata) {
    auto texts = metadata;
    texts.emplace("format", "pt");
    std::vector<const OutTensor*> owners;
    for (const auto* tensor : tensors) {
        const auto& name = tensor->info.name;
        if (!is_utf8(name) || name == "__metadata__" || tensor->info.dtype == Dtype::kBlocks)
            return Error{
                Code::kInvalidArgument,
                fmt::format("safetensors cannot hold the tensor \"{}\" of type {}: its name is reserved or no UTF-8, or its type "
                            "is unknown there.",
                            name, name_of(tensor->info.dtype))};
        if (tensor->same_as.empty())
            owners.push_back(tensor);
        else
            texts[name] = tensor->same_as;
    }
    std::ranges::stable_sort(owners, [](const OutTensor* a, const OutTensor* b) {
        return a->info.dtype != b->info.dtype ? a->info.dtype > b->info.dtype : a->info.name < b->info.name;
    });
    format::JsonWriter json;
    json.object().object("__metadata__");
    for (const auto& [key, value] : texts) json.field(key, value);
    json.end();
    std::uint64_t next = 0;
    for (const auto* tensor : owners) {
        json.object(tensor->info.name).field("dtype", name_of(tensor->info.dtype)).array("shape");
        for (const std::uint64_t axis : tensor->info.shape) json.value(axis);
        json.end().array("data_offsets").value(next).value(next + tensor->info.size_bytes).end().end();
        next += tensor->info.size_bytes;
    }
    std::string head = std::move(json).take();
    head.resize((head.size() + 7) / 8 * 8, ' ');
    if (head.size() > kMaxSafetensorsHeader)
        return Error{Code::kInvalidArgument,
                     fmt::format("{} tensors need a safetensors head of {} octets, and {} is the most. Write smaller shards.",
                                 tensors.size(), head.size(), kMaxSafetensorsHeader)};
    Bytes length;
    append_le(length, std::uint64_t{head.size()});
    TRY(sink.write(length));
    TRY(sink.write(as_bytes(head)));
    for (const auto* tensor : owners) TRY(sink.write_tensor(*tensor));
    return ok();
}

}  // namespace mirfa::checkpoint
