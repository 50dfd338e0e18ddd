// SPDX-License-Identifier: Apache-2.0
// The instructions of a pickle, one after the other, without doing what they say.
// Source: Python's pickle protocols 0 to 5, as `pickletools` lists them.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

namespace op {
inline constexpr Byte kMark = '(', kStop = '.', kPop = '0', kPopMark = '1', kDup = '2', kFloat = 'F', kInt = 'I', kBinInt = 'J',
                      kBinInt1 = 'K', kLong = 'L', kBinInt2 = 'M', kNone = 'N', kPersId = 'P', kBinPersId = 'Q', kReduce = 'R',
                      kString = 'S', kBinString = 'T', kShortBinString = 'U', kUnicode = 'V', kBinUnicode = 'X', kAppend = 'a',
                      kBuild = 'b', kGlobal = 'c', kDict = 'd', kEmptyDict = '}', kAppends = 'e', kGet = 'g', kBinGet = 'h',
                      kInst = 'i', kLongBinGet = 'j', kList = 'l', kEmptyList = ']', kObj = 'o', kPut = 'p', kBinPut = 'q',
                      kLongBinPut = 'r', kSetItem = 's', kTuple = 't', kEmptyTuple = ')', kSetItems = 'u', kBinFloat = 'G',
                      kBinBytes = 'B', kShortBinBytes = 'C', kProto = 0x80, kNewObj = 0x81, kExt1 = 0x82, kExt2 = 0x83,
                      kExt4 = 0x84, kTuple1 = 0x85, kTuple2 = 0x86, kTuple3 = 0x87, kNewTrue = 0x88, kNewFalse = 0x89,
                      kLong1 = 0x8a, kLong4 = 0x8b, kShortBinUnicode = 0x8c, kBinUnicode8 = 0x8d, kBinBytes8 = 0x8e,
                      kEmptySet = 0x8f, kAddItems = 0x90, kFrozenSet = 0x91, kNewObjEx = 0x92, kStackGlobal = 0x93,
                      kMemoize = 0x94, kFrame = 0x95, kByteArray8 = 0x96, kNextBuffer = 0x97, kReadonlyBuffer = 0x98;
}  // namespace op

/// `STACK_GLOBAL`; empty for an octet that is no instruction.
std::string_view name_of_instruction(Byte code);

struct PickleInstruction {
    std::uint64_t offset = 0;  ///< of its code, in the source
    Byte code = 0;
    std::int64_t number = 0;        ///< a number of fixed width
    double real = 0;                ///< of BINFLOAT
    std::string text;               ///< a line, or counted octets; no more of them than the reader keeps
    std::string second;             ///< the second line of GLOBAL and INST
    std::uint64_t data_offset = 0;  ///< of the octets that `text` begins
    std::uint64_t data_size = 0;    ///< how many they are
};

/// Reads instructions forward through a small window. Threads: one at a time.
class PickleCode {
public:
    /// Takes: the octets [first, end) of `source`; how many octets of a text are kept.
    PickleCode(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t end, std::uint64_t keep);
    /// Where the next instruction begins.
    std::uint64_t offset() const { return at_; }
    /// Fails: kInvalidArgument for an unknown instruction and for one that is cut off, naming the octet; as the source.
    Result<void> next(PickleInstruction& into);

private:
    Error cut(const PickleInstruction& in) const;
    Result<void> fill();
    Result<Byte> octet(const PickleInstruction& in);
    Result<std::uint64_t> little(const PickleInstruction& in, std::size_t count);
    Result<void> line(const PickleInstruction& in, std::string& text);
    Result<void> counted(PickleInstruction& in, std::uint64_t size);
    Result<void> argument(PickleInstruction& in);

    std::shared_ptr<const RandomSource> source_;
    std::uint64_t at_;
    std::uint64_t end_;
    std::uint64_t keep_;
    Bytes window_;
    std::uint64_t window_first_ = 0;
};

}  // namespace mirfa::checkpoint
