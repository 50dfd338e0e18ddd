// SPDX-License-Identifier: Apache-2.0
// The layout: magic, version, number of tensors, number of key/value pairs, the pairs, the tensors' names, shapes and
// types. All numbers are little-endian; nothing is aligned before the tensors' data, which is not read.
#include <array>

#include "base/little_endian.h"
#include "format/gguf_types.h"
#include "format/weights.h"

namespace mirfa::format {
namespace {

constexpr std::int64_t kMaxElements = 1LL << 61;
constexpr std::uint64_t kMaxTensors = 1u << 20;
constexpr std::uint64_t kMaxPairs = 1u << 16;
constexpr std::uint64_t kMaxKeptText = 256;
constexpr std::uint32_t kMaxDimensions = 8;
constexpr int kMaxNesting = 4;  // of arrays

enum : std::uint32_t { kUint32 = 4, kInt32 = 5, kString = 8, kArray = 9, kUint64 = 10, kInt64 = 11 };
// Octets of the values of each type; 0: text or an array.
constexpr std::array<std::uint8_t, 13> kValueBytes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

Error not_gguf(std::string_view what) {
    return Error{Code::kInvalidArgument, "This is not a GGUF file: " + std::string(what) + "."};
}

/// Reads numbers and texts off a source in pieces, up to kMaxGgufHead octets.
class HeadReader {
public:
    explicit HeadReader(ByteSource& source) : source_(source), buffer_(64u << 10) {}

    template <class T>
    Result<T> number() {
        std::array<Byte, sizeof(T)> octets;
        for (auto& octet : octets) {
            if (at_ == filled_) TRY(refill());
            octet = buffer_[at_++];
        }
        return load_le<T>(octets.data());
    }
    Result<void> skip(std::uint64_t count) {
        while (count > 0) {
            if (at_ == filled_) TRY(refill());
            const auto step = std::min<std::uint64_t>(count, filled_ - at_);
            at_ += step;
            count -= step;
        }
        return ok();
    }
    /// The first kMaxKeptText octets of a text.
    Result<std::string> text() {
        TRY(const auto length, number<std::uint64_t>());
        std::string kept;
        while (kept.size() < std::min(length, kMaxKeptText)) {
            TRY(const auto octet, number<Byte>());
            kept += static_cast<char>(octet);
        }
        TRY(skip(length - kept.size()));
        return kept;
    }

private:
    Result<void> refill() {
        if (read_ > kMaxGgufHead) return Error{Code::kTooLarge, "The head of a GGUF file is too long to be looked at."};
        TRY(filled_, source_.read(buffer_));
        if (filled_ == 0) return not_gguf("it ends in its head");
        read_ += filled_;
        at_ = 0;
        return ok();
    }

    ByteSource& source_;
    Bytes buffer_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    std::uint64_t read_ = 0;
};

Result<void> skip_value(HeadReader& in, std::uint32_t type, int depth = 0) {
    if (type >= kValueBytes.size()) return not_gguf("a value has an unknown type");
    if (type == kString) {
        TRY(const auto length, in.number<std::uint64_t>());
        return in.skip(length);
    }
    if (type != kArray) return in.skip(kValueBytes[type]);
    if (depth == kMaxNesting) return not_gguf("its arrays are nested too deeply");
    TRY(const auto element, in.number<std::uint32_t>());
    TRY(const auto count, in.number<std::uint64_t>());
    if (element >= kValueBytes.size()) return not_gguf("a value has an unknown type");
    if (count > kMaxGgufHead) return not_gguf("an array is impossibly long");
    if (kValueBytes[element] != 0) return in.skip(count * kValueBytes[element]);
    for (std::uint64_t i = 0; i < count; ++i) TRY(skip_value(in, element, depth + 1));
    return ok();
}

Result<void> read_pair(HeadReader& in, GgufHead& head) {
    TRY(const auto key, in.text());
    TRY(const auto type, in.number<std::uint32_t>());
    if (key == "general.architecture" && type == kString) {
        TRY(head.architecture, in.text());
        return ok();
    }
    if (key.ends_with(".context_length") && (type == kUint32 || type == kInt32)) {
        TRY(const auto length, in.number<std::uint32_t>());
        head.context_length = length;
        return ok();
    }
    if (key.ends_with(".context_length") && (type == kUint64 || type == kInt64)) {
        TRY(const auto length, in.number<std::uint64_t>());
        head.context_length = static_cast<std::int64_t>(std::min<std::uint64_t>(length, INT64_MAX));
        return ok();
    }
    return skip_value(in, type);
}

Result<void> read_tensor(HeadReader& in, ParameterCounts& counts, std::int64_t& total) {
    TRY(in.text());
    TRY(const auto dimensions, in.number<std::uint32_t>());
    if (dimensions > kMaxDimensions) return not_gguf("a tensor has too many dimensions");
    std::int64_t elements = 1;
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        TRY(const auto side, in.number<std::uint64_t>());
        if (side > kMaxElements || __builtin_mul_overflow(elements, static_cast<std::int64_t>(side), &elements) ||
            elements > kMaxElements)
            return not_gguf("a tensor is impossibly large");
    }
    TRY(const auto type, in.number<std::uint32_t>());
    TRY(in.skip(8));  // where its data is
    const GgufType* known = find_gguf_type(type);
    counts[known != nullptr ? std::string(known->name) : "unknown"] += elements;
    total += elements;
    if (total > kMaxElements) return not_gguf("it has impossibly much in it");
    return ok();
}

}  // namespace

Result<GgufHead> read_gguf_head(ByteSource& source) {
    HeadReader in(source);
    TRY(const auto magic, in.number<std::uint32_t>());
    if (magic != 0x46554747) return not_gguf("it does not begin with GGUF");
    TRY(const auto version, in.number<std::uint32_t>());
    if (version != 2 && version != 3) return not_gguf("its version is unknown");
    TRY(const auto tensors, in.number<std::uint64_t>());
    TRY(const auto pairs, in.number<std::uint64_t>());
    if (tensors > kMaxTensors || pairs > kMaxPairs) return not_gguf("it has impossibly much in it");
    GgufHead head;
    std::int64_t total = 0;
    for (std::uint64_t i = 0; i < pairs; ++i) TRY(read_pair(in, head));
    for (std::uint64_t i = 0; i < tensors; ++i) TRY(read_tensor(in, head.parameters, total));
    return head;
}

}  // namespace mirfa::format
