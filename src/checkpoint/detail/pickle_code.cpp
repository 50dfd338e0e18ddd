// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/pickle_code.h"
#include "base/little_endian.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kWindow = 64u << 10;

enum class Form { kUnknown, kNone, kU1, kU2, kU4, kI4, kU8, kReal, kLine, kTwoLines, kCounted1, kCounted4, kCounted8 };

struct Row {
    Byte code;
    Form form;
    std::string_view name;
};
constexpr Row kRows[] = {
    {op::kMark, Form::kNone, "MARK"},
    {op::kStop, Form::kNone, "STOP"},
    {op::kPop, Form::kNone, "POP"},
    {op::kPopMark, Form::kNone, "POP_MARK"},
    {op::kDup, Form::kNone, "DUP"},
    {op::kFloat, Form::kLine, "FLOAT"},
    {op::kInt, Form::kLine, "INT"},
    {op::kBinInt, Form::kI4, "BININT"},
    {op::kBinInt1, Form::kU1, "BININT1"},
    {op::kLong, Form::kLine, "LONG"},
    {op::kBinInt2, Form::kU2, "BININT2"},
    {op::kNone, Form::kNone, "NONE"},
    {op::kPersId, Form::kLine, "PERSID"},
    {op::kBinPersId, Form::kNone, "BINPERSID"},
    {op::kReduce, Form::kNone, "REDUCE"},
    {op::kString, Form::kLine, "STRING"},
    {op::kBinString, Form::kCounted4, "BINSTRING"},
    {op::kShortBinString, Form::kCounted1, "SHORT_BINSTRING"},
    {op::kUnicode, Form::kLine, "UNICODE"},
    {op::kBinUnicode, Form::kCounted4, "BINUNICODE"},
    {op::kAppend, Form::kNone, "APPEND"},
    {op::kBuild, Form::kNone, "BUILD"},
    {op::kGlobal, Form::kTwoLines, "GLOBAL"},
    {op::kDict, Form::kNone, "DICT"},
    {op::kEmptyDict, Form::kNone, "EMPTY_DICT"},
    {op::kAppends, Form::kNone, "APPENDS"},
    {op::kGet, Form::kLine, "GET"},
    {op::kBinGet, Form::kU1, "BINGET"},
    {op::kInst, Form::kTwoLines, "INST"},
    {op::kLongBinGet, Form::kU4, "LONG_BINGET"},
    {op::kList, Form::kNone, "LIST"},
    {op::kEmptyList, Form::kNone, "EMPTY_LIST"},
    {op::kObj, Form::kNone, "OBJ"},
    {op::kPut, Form::kLine, "PUT"},
    {op::kBinPut, Form::kU1, "BINPUT"},
    {op::kLongBinPut, Form::kU4, "LONG_BINPUT"},
    {op::kSetItem, Form::kNone, "SETITEM"},
    {op::kTuple, Form::kNone, "TUPLE"},
    {op::kEmptyTuple, Form::kNone, "EMPTY_TUPLE"},
    {op::kSetItems, Form::kNone, "SETITEMS"},
    {op::kBinFloat, Form::kReal, "BINFLOAT"},
    {op::kBinBytes, Form::kCounted4, "BINBYTES"},
    {op::kShortBinBytes, Form::kCounted1, "SHORT_BINBYTES"},
    {op::kProto, Form::kU1, "PROTO"},
    {op::kNewObj, Form::kNone, "NEWOBJ"},
    {op::kExt1, Form::kU1, "EXT1"},
    {op::kExt2, Form::kU2, "EXT2"},
    {op::kExt4, Form::kI4, "EXT4"},
    {op::kTuple1, Form::kNone, "TUPLE1"},
    {op::kTuple2, Form::kNone, "TUPLE2"},
    {op::kTuple3, Form::kNone, "TUPLE3"},
    {op::kNewTrue, Form::kNone, "NEWTRUE"},
    {op::kNewFalse, Form::kNone, "NEWFALSE"},
    {op::kLong1, Form::kCounted1, "LONG1"},
    {op::kLong4, Form::kCounted4, "LONG4"},
    {op::kShortBinUnicode, Form::kCounted1, "SHORT_BINUNICODE"},
    {op::kBinUnicode8, Form::kCounted8, "BINUNICODE8"},
    {op::kBinBytes8, Form::kCounted8, "BINBYTES8"},
    {op::kEmptySet, Form::kNone, "EMPTY_SET"},
    {op::kAddItems, Form::kNone, "ADDITEMS"},
    {op::kFrozenSet, Form::kNone, "FROZENSET"},
    {op::kNewObjEx, Form::kNone, "NEWOBJ_EX"},
    {op::kStackGlobal, Form::kNone, "STACK_GLOBAL"},
    {op::kMemoize, Form::kNone, "MEMOIZE"},
    {op::kFrame, Form::kU8, "FRAME"},
    {op::kByteArray8, Form::kCounted8, "BYTEARRAY8"},
    {op::kNextBuffer, Form::kNone, "NEXT_BUFFER"},
    {op::kReadonlyBuffer, Form::kNone, "READONLY_BUFFER"},
};

constexpr std::array<Row, 256> by_code() {
    std::array<Row, 256> table{};
    for (const Row& row : kRows) table[row.code] = row;
    return table;
}
constexpr std::array<Row, 256> kByCode = by_code();

/// Octets of the number behind the code.
std::size_t width_of(Form form) {
    switch (form) {
        case Form::kU1:
        case Form::kCounted1: return 1;
        case Form::kU2: return 2;
        case Form::kU4:
        case Form::kI4:
        case Form::kCounted4: return 4;
        case Form::kU8:
        case Form::kReal:
        case Form::kCounted8: return 8;
        case Form::kUnknown:
        case Form::kNone:
        case Form::kLine:
        case Form::kTwoLines: break;
    }
    return 0;
}

}  // namespace

std::string_view name_of_instruction(Byte code) { return kByCode[code].name; }

PickleCode::PickleCode(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t end, std::uint64_t keep)
    : source_(std::move(source)), at_(first), end_(end), keep_(keep) {}

Error PickleCode::cut(const PickleInstruction& in) const {
    return Error{Code::kInvalidArgument, fmt::format("The pickle is cut off in the {} at octet {}. Fetch the file again.",
                                                     name_of_instruction(in.code), in.offset)};
}

Result<void> PickleCode::fill() {
    if (at_ >= window_first_ && at_ - window_first_ < window_.size()) return ok();
    window_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, end_ - at_)));
    window_first_ = at_;
    return source_->read_at(at_, window_);
}

Result<Byte> PickleCode::octet(const PickleInstruction& in) {
    if (at_ >= end_) return cut(in);
    TRY(fill());
    return window_[static_cast<std::size_t>(at_++ - window_first_)];
}

Result<std::uint64_t> PickleCode::little(const PickleInstruction& in, std::size_t count) {
    Byte octets[8];
    for (std::size_t i = 0; i < count; ++i) {
        TRY(octets[i], octet(in));
    }
    return load_le(octets, 0, count);
}

Result<void> PickleCode::line(const PickleInstruction& in, std::string& text) {
    for (;;) {
        TRY(const Byte next, octet(in));
        if (next == '\n') break;
        if (text.size() < keep_) text.push_back(static_cast<char>(next));
    }
    return ok();
}

Result<void> PickleCode::counted(PickleInstruction& in, std::uint64_t size) {
    if (size > end_ - at_) return cut(in);
    in.data_offset = at_;
    in.data_size = size;
    const std::uint64_t kept = std::min(size, keep_);
    while (in.text.size() < kept) {
        TRY(fill());
        const auto begin = static_cast<std::size_t>(at_ - window_first_);
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(window_.size() - begin, kept - in.text.size()));
        in.text.append(as_text(ByteView(window_).subspan(begin, count)));
        at_ += count;
    }
    at_ = in.data_offset + size;
    return ok();
}

Result<void> PickleCode::argument(PickleInstruction& in) {
    const Form form = kByCode[in.code].form;
    const std::size_t width = width_of(form);
    std::uint64_t number = 0;
    if (width > 0) {
        TRY(number, little(in, width));
    }
    switch (form) {
        case Form::kUnknown:
            return Error{
                Code::kInvalidArgument,
                fmt::format("Octet {} (hex {:02x}) is no instruction of a pickle. Fetch the file again.", in.offset, in.code)};
        case Form::kNone: return ok();
        case Form::kU1:
        case Form::kU2:
        case Form::kU4:
        case Form::kU8: in.number = static_cast<std::int64_t>(number); return ok();
        case Form::kI4: in.number = static_cast<std::int32_t>(number); return ok();
        case Form::kReal: in.real = std::bit_cast<double>(__builtin_bswap64(number)); return ok();
        case Form::kLine: {
            in.data_offset = at_;
            TRY(line(in, in.text));
            in.data_size = at_ - 1 - in.data_offset;
            return ok();
        }
        case Form::kTwoLines: {
            TRY(line(in, in.text));
            return line(in, in.second);
        }
        case Form::kCounted1:
        case Form::kCounted4:
        case Form::kCounted8: return counted(in, number);
    }
    return ok();
}

Result<void> PickleCode::next(PickleInstruction& into) {
    into.offset = at_;
    into.number = 0;
    into.text.clear();
    into.second.clear();
    into.data_size = 0;
    if (at_ >= end_)
        return Error{Code::kInvalidArgument, fmt::format("The pickle has no STOP before its end at octet {}. Fetch the file "
                                                         "again.",
                                                         end_)};
    TRY(into.code, octet(into));
    return argument(into);
}

}  // namespace mirfa::checkpoint
