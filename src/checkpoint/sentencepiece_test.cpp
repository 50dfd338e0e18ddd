// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/sentencepiece.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "base/little_endian.h"
#include "checkpoint/testing/made.h"

namespace mirfa::checkpoint {
namespace {

// Protobuf by hand.
std::string message(unsigned number, const std::string& content) {
    return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} + content;
}
std::string number(unsigned field, unsigned value) {
    return std::string{static_cast<char>(field << 3), static_cast<char>(value)};
}
std::string score(float value) {
    Bytes octets;
    append_le(octets, std::bit_cast<std::uint32_t>(value));
    return "\x15" + std::string(as_text(octets));
}
std::string piece(const std::string& text, float value = 0, unsigned type = 1) {
    return message(1, message(1, text) + score(value) + number(3, type));
}

std::string message_of(const std::string& file) {
    const auto parsed = parse_sentencepiece(as_bytes(file));
    return parsed.has_value() ? "accepted" : parsed.error().message;
}

TEST(SentencePiece, AFileOfTheLibraryIsRead) {
    const auto model = parse_sentencepiece(testing::file_bytes(testing::testdata("sentencepiece.model"))).value();
    EXPECT_EQ(model.pieces.size(), 320u);
    EXPECT_EQ(model.model, PieceModel::kBpe);
    EXPECT_TRUE(model.adds_space);
    EXPECT_EQ(model.pieces[0], (Piece{"<unk>", 0, PieceType::kUnknown}));
    EXPECT_EQ(model.pieces[2], (Piece{"</s>", 0, PieceType::kControl}));
    EXPECT_EQ(model.pieces[3], (Piece{"<turn>", 0, PieceType::kUserDefined}));
    EXPECT_EQ(model.pieces[259], (Piece{"<0xFF>", 0, PieceType::kByte}));
    EXPECT_EQ(model.pieces[262], (Piece{"\xE2\x96\x81the", -2, PieceType::kNormal}));
    EXPECT_EQ(std::tuple(model.unknown, model.begin, model.end, model.padding), std::tuple(0, 1, 2, -1));
}

TEST(SentencePiece, WhatIsNotSaidIsWhatTheFormatSays) {
    const auto plain = parse_sentencepiece(as_bytes(message(1, message(1, "a")))).value();
    EXPECT_EQ(plain, (SentencePiece{{{"a", 0, PieceType::kNormal}}, PieceModel::kUnigram, true, 0, 1, 2, -1}));
    const std::string none = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01";  // -1
    const std::string trainer = number(3, 2) + "\xC0\x02\x05" + "\xD8\x02" + none;
    const auto said = parse_sentencepiece(as_bytes(piece("b", -1.5f, 4) + message(2, trainer) +
                                                   message(3, std::string("\x18\0", 2)) + number(15, 7) + message(14, "later")))
                          .value();
    EXPECT_EQ(said, (SentencePiece{{{"b", -1.5f, PieceType::kUserDefined}}, PieceModel::kBpe, false, 5, 1, 2, -1}));
}

TEST(SentencePiece, BrokenFilesAreRefusedWithThePlace) {
    const std::string broken = "The tokenizer of SentencePiece is broken: ";
    const std::pair<std::string, std::string> cases[] = {
        {"", "it has no pieces (at octet 0)."},
        {"\x0A", "it ends within a number (at octet 1)."},
        {"\x0A\x7F", "127 octets should follow, and it ends after 0 (at octet 2)."},
        {"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01",
         "18446744073709551615 octets should follow, and it ends after 0 (at octet 11)."},
        {"\x0A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02", "a number is longer than any (at octet 11)."},
        {"\x0A\x02\x0A\x05", "5 octets should follow, and it ends after 0 (at octet 4)."},
        {"\x0B", "a field is of the kind 3, which is not used any more (at octet 1)."},
        {std::string("\x02\0", 2), "a field has no number (at octet 1)."},
        {message(1, message(1, "\xFF")), "a piece is too long or no text (at octet 5)."},
        {piece("a", std::numeric_limits<float>::infinity()), "a score is no number (at octet 10)."},
        {piece("a", 0, 7), "a piece is of the unknown type 7 (at octet 12)."},
        {piece("a") + message(2, number(3, 9)), "it is a model of the unknown kind 9 (at octet 16)."},
        {"\x15\x01", "4 octets should follow, and it ends after 1 (at octet 1)."},
    };
    for (const auto& [file, expected] : cases) EXPECT_EQ(message_of(file), broken + expected);
}

TEST(SentencePiece, AnyFileThatIsCutOffIsReadOrRefused) {
    const Bytes whole = testing::file_bytes(testing::testdata("sentencepiece.model"));
    std::size_t refused = 0;
    for (std::size_t size = 0; size < whole.size(); size += 7)
        if (!parse_sentencepiece(ByteView(whole).first(size)).has_value()) ++refused;
    EXPECT_GT(refused, whole.size() / 7 / 2);
}

}  // namespace
}  // namespace mirfa::checkpoint
