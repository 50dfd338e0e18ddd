// SPDX-License-Identifier: Apache-2.0
// u32 "GGUF", u32 version, u64 number of tensors, u64 number of pairs; the pairs: key, u32 type, value; the tensors: name,
// u32 number of axes, u64 for each axis with the fastest first, u32 element type, u64 offset; zeros up to the alignment;
// the tensors' octets, each at its offset from here. A text is its u64 length and its octets.
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "checkpoint/detail/cursor.h"
#include "checkpoint/detail/ranges_reader.h"
#include "checkpoint/gguf.h"
#include "format/gguf_types.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kMaxPairs = 100'000;
constexpr std::uint64_t kMaxKey = 65'535;
constexpr std::uint64_t kMaxText = 10'000'000;
constexpr std::size_t kMaxJson = 256u << 20;  // of all values
constexpr std::uint32_t kMaxAxes = 8;
constexpr int kMaxNesting = 4;
constexpr std::uint64_t kMaxAlignment = 1u << 20;

enum ValueType : std::uint32_t { kU8, kI8, kU16, kI16, kU32, kI32, kF32, kBool, kString, kArray, kU64, kI64, kF64 };

class GgufFile {
public:
    explicit GgufFile(const RandomSource& source) : in_(source, "GGUF file") {}

    Result<FileContents> read() {
        TRY(const auto counts, read_counts());
        for (std::uint64_t i = 0; i < counts.second; ++i) TRY(read_pair());
        std::vector<std::uint64_t> offsets;
        for (std::uint64_t i = 0; i < counts.first; ++i) {
            TRY(const auto offset, read_tensor());
            offsets.push_back(offset);
        }
        TRY(check_names("GGUF", contents_.tensors));
        TRY(place(offsets));
        return std::move(contents_);
    }

private:
    /// Gives: number of tensors, number of pairs.
    Result<std::pair<std::uint64_t, std::uint64_t>> read_counts() {
        TRY(const auto magic, in_.little<std::uint32_t>());
        if (magic != 0x46554747) return in_.broken("it does not begin with GGUF");
        TRY(const auto version, in_.little<std::uint32_t>());
        if ((version & 0xffff) == 0 && version != 0)
            return Error{Code::kUnsupported,
                         "This GGUF file is big-endian, which is not read. Convert it with the tools of llama.cpp."};
        if (version != 2 && version != 3)
            return Error{Code::kUnsupported, fmt::format("This GGUF file is of version {}; 2 and 3 are read.", version)};
        TRY(const auto tensors, in_.little<std::uint64_t>());
        TRY(const auto pairs, in_.little<std::uint64_t>());
        if (tensors > kMaxTensors)
            return in_.broken(fmt::format("it claims {} tensors, and {} is the most", tensors, kMaxTensors));
        if (pairs > kMaxPairs) return in_.broken(fmt::format("it claims {} keys, and {} is the most", pairs, kMaxPairs));
        return std::pair(tensors, pairs);
    }

    Result<std::string> text(std::uint64_t most) {
        TRY(const auto length, in_.little<std::uint64_t>());
        return in_.text(length, most);
    }

    Result<void> read_pair() {
        TRY(std::string key, text(kMaxKey));
        TRY(const auto type, in_.little<std::uint32_t>());
        format::JsonWriter json;
        TRY(read_value(json, type, 0));
        if (key == "general.alignment") TRY(set_alignment(type, json.text()));
        json_bytes_ += json.text().size();
        if (!contents_.metadata.emplace(key, std::move(json).take()).second)
            return in_.broken(fmt::format("the key \"{}\" is there twice", key.substr(0, 200)));
        return ok();
    }
    Result<void> set_alignment(std::uint32_t type, const std::string& number) {
        alignment_ = type == kU32 ? std::stoull(number) : 0;
        if (alignment_ == 0 || alignment_ % 8 != 0 || alignment_ > kMaxAlignment)
            return in_.broken(fmt::format("tensors cannot be aligned to {}", number));
        return ok();
    }

    template <class Unsigned, class As = Unsigned>
    Result<void> number(format::JsonWriter& json) {
        TRY(const auto bits, in_.little<Unsigned>());
        json.value(std::bit_cast<As>(bits));
        return ok();
    }
    template <class Unsigned, class As>
    Result<void> real(format::JsonWriter& json) {
        TRY(const auto bits, in_.little<Unsigned>());
        const As number = std::bit_cast<As>(bits);
        if (std::isfinite(number))
            json.raw(fmt::format("{}", number));  // as few digits as the type needs
        else
            json.null();
        return ok();
    }
    Result<void> read_value(format::JsonWriter& json, std::uint32_t type, int nesting) {
        if (json_bytes_ + json.text().size() > kMaxJson) return in_.broken("its keys and values are too long");
        switch (type) {
            case kU8: return number<std::uint8_t>(json);
            case kI8: return number<std::uint8_t, std::int8_t>(json);
            case kU16: return number<std::uint16_t>(json);
            case kI16: return number<std::uint16_t, std::int16_t>(json);
            case kU32: return number<std::uint32_t>(json);
            case kI32: return number<std::uint32_t, std::int32_t>(json);
            case kU64: return number<std::uint64_t>(json);
            case kI64: return number<std::uint64_t, std::int64_t>(json);
            case kF32: return real<std::uint32_t, float>(json);
            case kF64: return real<std::uint64_t, double>(json);
            case kBool: {
                TRY(const auto truth, in_.little<std::uint8_t>());
                json.value(truth != 0);
                return ok();
            }
            case kString: {
                TRY(const std::string value, text(kMaxText));
                json.value(value);
                return ok();
            }
            case kArray: return read_list(json, nesting);
        }
        return in_.broken(fmt::format("a value has the unknown type {}", type));
    }
    Result<void> read_list(format::JsonWriter& json, int nesting) {
        if (nesting == kMaxNesting) return in_.broken(fmt::format("a list is nested more than {} deep", kMaxNesting));
        TRY(const auto element, in_.little<std::uint32_t>());
        TRY(const auto count, in_.little<std::uint64_t>());
        if (count > in_.left())
            return in_.broken(fmt::format("a list claims {} values, and the file ends after {} octets", count, in_.left()));
        json.array();
        for (std::uint64_t i = 0; i < count; ++i) TRY(read_value(json, element, nesting + 1));
        json.end();
        return ok();
    }

    /// Gives: the tensor's offset.
    Result<std::uint64_t> read_tensor() {
        TensorInfo info;
        TRY(info.name, text(kMaxTensorName));
        TRY(const auto axes, in_.little<std::uint32_t>());
        if (axes > kMaxAxes) return at(info, fmt::format("claims {} axes, and {} is the most", axes, kMaxAxes));
        for (std::uint32_t i = 0; i < axes; ++i) {
            TRY(const auto axis, in_.little<std::uint64_t>());
            info.shape.insert(info.shape.begin(), axis);
        }
        TRY(const auto number, in_.little<std::uint32_t>());
        const auto* type = format::find_gguf_type(number);
        if (type == nullptr)
            return Error{Code::kUnsupported,
                         fmt::format("The tensor \"{}\" of this GGUF file is of type {}, which is retired or not known.",
                                     info.name.substr(0, 200), number)};
        TRY(set_type(info, *type));
        TRY(const auto offset, in_.little<std::uint64_t>());
        contents_.tensors.push_back(std::move(info));
        return offset;
    }
    Result<void> set_type(TensorInfo& info, const format::GgufType& type) {
        const auto count = count_elements(info.shape);
        constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
        if (!count.has_value() || count.value() / type.block_elements > kMost / type.block_bytes)
            return at(info, "is larger than any file");
        const std::uint64_t row = info.shape.empty() ? 1 : info.shape.back();
        if (row % type.block_elements != 0)
            return at(info,
                      fmt::format("has rows of {} elements, and {} packs {} together", row, type.name, type.block_elements));
        info.stored_as = type.name;
        info.dtype = find_dtype(type.name).value_or(Dtype::kBlocks);
        info.size_bytes = count.value() / type.block_elements * type.block_bytes;
        return ok();
    }

    Result<void> place(const std::vector<std::uint64_t>& offsets) {
        const std::uint64_t data = (in_.position() + alignment_ - 1) / alignment_ * alignment_;
        const std::uint64_t end = in_.position() + in_.left();
        std::vector<std::pair<std::uint64_t, std::size_t>> order;
        for (std::size_t i = 0; i < offsets.size(); ++i) {
            const TensorInfo& info = contents_.tensors[i];
            if (offsets[i] % alignment_ != 0)
                return at(info, fmt::format("lies at {}, which {} does not divide", offsets[i], alignment_));
            const bool fits =
                info.size_bytes == 0 || (data <= end && offsets[i] <= end - data && info.size_bytes <= end - data - offsets[i]);
            if (!fits)
                return at(info, fmt::format("takes {} octets at {}, and the file ends before", info.size_bytes, offsets[i]));
            // One without octets may claim any place; there is nothing to read, and that must not be tried beyond the end.
            contents_.ranges.push_back({info.size_bytes == 0 ? FileRange{} : FileRange{data + offsets[i], info.size_bytes}});
            if (info.size_bytes > 0) order.emplace_back(offsets[i], i);
        }
        std::ranges::sort(order);
        for (std::size_t i = 1; i < order.size(); ++i) {
            const TensorInfo& before = contents_.tensors[order[i - 1].second];
            if (order[i].first - order[i - 1].first < before.size_bytes)
                return at(contents_.tensors[order[i].second], fmt::format("overlaps \"{}\"", before.name));
        }
        return ok();
    }
    Error at(const TensorInfo& info, std::string_view why) const {
        return Error{Code::kInvalidArgument,
                     fmt::format("This GGUF file is broken: the tensor \"{}\" {}.", info.name.substr(0, 200), why)};
    }

    Cursor in_;
    FileContents contents_;
    std::uint64_t alignment_ = 32;
    std::size_t json_bytes_ = 0;
};

}  // namespace

Result<ReaderPtr> read_gguf(std::shared_ptr<const RandomSource> source) {
    TRY(FileContents contents, GgufFile(*source).read());
    return make_ranges_reader(Format::kGguf, std::move(source), std::move(contents));
}

}  // namespace mirfa::checkpoint
