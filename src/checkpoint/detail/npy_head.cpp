// SPDX-License-Identifier: Apache-2.0
// "\x93NUMPY" major minor, the length of the text (u16, from version 2 on u32), the text: a dictionary as Python writes it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "checkpoint/npz.h"
#include "base/little_endian.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

Error broken(std::string_view what) {
    return Error{Code::kInvalidArgument, fmt::format("The NumPy array is broken: {}. Fetch the file again.", what)};
}

Result<void> read_all(ByteSource& source, ByteSpan into) {
    while (!into.empty()) {
        TRY(const std::size_t count, source.read(into));
        if (count == 0) return broken("it ends in its header");
        into = into.subspan(count);
    }
    return ok();
}

struct Row {
    std::string_view code;
    Dtype dtype;
};
constexpr Row kTypes[] = {
    {"b1", Dtype::kBool}, {"i1", Dtype::kI8},  {"i2", Dtype::kI16}, {"i4", Dtype::kI32},   {"i8", Dtype::kI64},
    {"u1", Dtype::kU8},   {"u2", Dtype::kU16}, {"u4", Dtype::kU32}, {"u8", Dtype::kU64},   {"f2", Dtype::kF16},
    {"f4", Dtype::kF32},  {"f8", Dtype::kF64}, {"c8", Dtype::kC64}, {"c16", Dtype::kC128}, {"V2", Dtype::kBF16},
};

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }` and nothing else.
class Literal {
public:
    Literal(std::string_view text, NpyObjects objects) : rest_(text), objects_(objects) {}

    Result<NpyHead> read() {
        if (!take('{')) return unexpected();
        while (!take('}')) {
            TRY(const std::string key, quoted());
            if (!take(':')) return unexpected();
            TRY(member(key));
            if (!take(',') && !peek('}')) return unexpected();
        }
        skip_space();
        if (!rest_.empty()) return unexpected();
        if (!has_descr_ || !has_order_ || !has_shape_) return broken("its header does not tell type, order and shape");
        return head_;
    }

private:
    Error unexpected() const { return broken("its header is no dictionary of type, order and shape"); }

    void skip_space() {
        while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
    }
    bool peek(char c) {
        skip_space();
        return !rest_.empty() && rest_[0] == c;
    }
    bool take(char c) {
        if (!peek(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool take_word(std::string_view word) {
        skip_space();
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }

    Result<std::string> quoted() {
        const char quote = peek('"') ? '"' : '\'';
        if (!take(quote)) return unexpected();
        const std::size_t end = rest_.find(quote);
        if (end == std::string_view::npos || rest_.substr(0, end).find('\\') != std::string_view::npos) return unexpected();
        std::string text(rest_.substr(0, end));
        rest_.remove_prefix(end + 1);
        return text;
    }

    Result<void> member(std::string_view key) {
        if (key == "descr" && !has_descr_) return descr();
        if (key == "fortran_order" && !has_order_) {
            has_order_ = true;
            head_.column_major = take_word("True");
            return head_.column_major || take_word("False") ? Result<void>(ok()) : unexpected();
        }
        if (key == "shape" && !has_shape_) return shape();
        return unexpected();
    }

    Result<void> descr() {
        has_descr_ = true;
        if (peek('[') && objects_ == NpyObjects::kTell) return structure();
        if (peek('['))
            return Error{Code::kUnsupported, "The NumPy array is one of structures. Save its fields as arrays of their own."};
        TRY(head_.descr, quoted());
        if (head_.descr.size() < 2) return unexpected();
        const std::string_view code = std::string_view(head_.descr).substr(1);
        head_.has_objects = code[0] == 'O';
        if (head_.has_objects && objects_ == NpyObjects::kTell) return ok();
        const auto* found = std::ranges::find(kTypes, code, &Row::code);
        if (head_.has_objects)
            return Error{Code::kUnsupported,
                         "The NumPy array holds Python objects, which are a pickle and are not run. Save it as an "
                         "array of numbers."};
        if (found == std::end(kTypes) && objects_ == NpyObjects::kTell) return ok();
        if (found == std::end(kTypes))
            return Error{Code::kUnsupported,
                         fmt::format("The NumPy array is of type \"{}\", which is none of tensors. Save it as an array "
                                     "of numbers.",
                                     head_.descr.substr(0, 40))};
        head_.dtype = found->dtype;
        head_.big_endian = head_.descr[0] == '>';
        return ok();
    }

    /// For the scan: does an object occur anywhere in the list? Brackets are counted, nothing is built.
    Result<void> structure() {
        int depth = 0;
        do {
            skip_space();
            if (rest_.empty()) return unexpected();
            if (rest_[0] == '\'' || rest_[0] == '"') {
                TRY(const std::string word, quoted());
                if (word.size() >= 2 && word[1] == 'O') head_.has_objects = true;
                continue;
            }
            depth += rest_[0] == '[' || rest_[0] == '(' ? 1 : 0;
            depth -= rest_[0] == ']' || rest_[0] == ')' ? 1 : 0;
            rest_.remove_prefix(1);
        } while (depth > 0);
        return ok();
    }

    Result<void> shape() {
        has_shape_ = true;
        if (!take('(')) return unexpected();
        while (!take(')')) {
            skip_space();
            std::uint64_t size = 0;
            std::size_t digits = 0;
            for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits) {
                if (digits >= 18) return broken("an axis is longer than any file");
                size = size * 10 + static_cast<std::uint64_t>(rest_[digits] - '0');
            }
            rest_.remove_prefix(digits);
            if (digits == 0) return unexpected();
            take('L');  // Python 2
            if (head_.shape.size() >= kMaxRank) return broken(fmt::format("it has more than {} axes", kMaxRank));
            head_.shape.push_back(size);
            if (!take(',') && !peek(')')) return unexpected();
        }
        return ok();
    }

    std::string_view rest_;
    NpyObjects objects_;
    NpyHead head_;
    bool has_descr_ = false, has_order_ = false, has_shape_ = false;
};

}  // namespace

Result<NpyHead> read_npy_head(ByteSource& source, NpyObjects objects) {
    Byte front[10];
    TRY(read_all(source, front));
    if (as_text(ByteView(front).first(kMagic.size())) != kMagic)
        return Error{Code::kInvalidArgument, "This is no array of NumPy. Save one with numpy.save or numpy.savez."};
    const int version = front[6];
    if (version < 1 || version > 3)
        return Error{Code::kUnsupported,
                     fmt::format("The NumPy array is of version {}; 1 to 3 are known. Save it again.", version)};
    std::uint64_t length = load_le(front, 8, 2), offset = sizeof front;
    if (version > 1) {
        Byte more[2];
        TRY(read_all(source, more));
        length |= load_le(more, 0, 2) << 16;
        offset += sizeof more;
    }
    if (length > kMaxNpyHeader)
        return Error{Code::kTooLarge,
                     fmt::format("The header of the NumPy array has {} octets; at most {} are read.", length, kMaxNpyHeader)};
    Bytes text(static_cast<std::size_t>(length));
    TRY(read_all(source, text));
    TRY(NpyHead head, Literal(as_text(text), objects).read());
    head.data_offset = offset + length;
    return head;
}

}  // namespace mirfa::checkpoint
