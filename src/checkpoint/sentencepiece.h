// SPDX-License-Identifier: Apache-2.0
// A tokenizer of SentencePiece as its file (tokenizer.model) has it: protobuf, of which what a runner of models needs is read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace mirfa::checkpoint {

/// The numbers are those of the file, and GGUF's token types too.
enum class PieceType : std::uint8_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };
enum class PieceModel : std::uint8_t { kUnigram = 1, kBpe = 2, kWord = 3, kChar = 4 };

struct Piece {
    std::string text;  ///< UTF-8, with U+2581 for a space
    float score = 0;
    PieceType type = PieceType::kNormal;
    bool operator==(const Piece&) const = default;
};

struct SentencePiece {
    std::vector<Piece> pieces;  ///< a token's number is its place
    PieceModel model = PieceModel::kUnigram;
    bool adds_space = true;                                      ///< in front of a text
    std::int32_t unknown = 0, begin = 1, end = 2, padding = -1;  ///< negative: there is none
    bool operator==(const SentencePiece&) const = default;
};

inline constexpr std::size_t kMaxPieces = 2'000'000;
inline constexpr std::size_t kMaxPieceBytes = 65'535;

/// Fields that are not known are passed over, as protobuf wants it.
/// Fails: kInvalidArgument, naming the octet, for what is no such file or is cut off: a length beyond the end, a number of more
/// than ten octets, groups, a piece of an unknown type, a text that is not UTF-8, a score that is no number, more than
/// kMaxPieces. Memory: the pieces.
Result<SentencePiece> parse_sentencepiece(ByteView file);

}  // namespace mirfa::checkpoint
