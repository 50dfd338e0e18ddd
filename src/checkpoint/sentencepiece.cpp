// SPDX-License-Identifier: Apache-2.0
// Source: sentencepiece_model.proto. ModelProto: 1 pieces {1 piece, 2 score, 3 type}, 2 trainer_spec {3 model_type, 40 unk_id,
// 41 bos_id, 42 eos_id, 43 pad_id}, 3 normalizer_spec {3 add_dummy_prefix}. Messages are read one within the other, two deep.
#include "checkpoint/sentencepiece.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "base/ascii.h"
#include "base/little_endian.h"

namespace mirfa::checkpoint {
namespace {

enum Wire : std::uint32_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

struct Field {
    std::uint32_t number = 0;
    std::uint32_t wire = 0;
    std::uint64_t value = 0;  ///< of a number
    ByteView octets;          ///< of a text or message
    std::size_t at = 0;       ///< of those in the file
};

Error broken(std::size_t at, std::string_view why) {
    return Error{Code::kInvalidArgument, fmt::format("The tokenizer of SentencePiece is broken: {} (at octet {}).", why, at)};
}

/// The fields of one message, one after the other.
class Message {
public:
    Message(ByteView octets, std::size_t at) : octets_(octets), first_(at) {}

    bool at_end() const { return at_ == octets_.size(); }

    Result<Field> next() {
        TRY(const std::uint64_t tag, varint());
        Field field;
        if (tag >> 3 == 0 || tag >> 32 != 0) return fail("a field has no number");
        field.number = static_cast<std::uint32_t>(tag >> 3);
        field.wire = static_cast<std::uint32_t>(tag & 7);
        if (field.wire == kVarint) {
            TRY(field.value, varint());
        } else if (field.wire == kFixed32 || field.wire == kFixed64) {
            const std::size_t size = field.wire == kFixed32 ? 4 : 8;
            TRY(const ByteView octets, take(size));
            field.value = load_le(octets, 0, size);
        } else if (field.wire == kLength) {
            TRY(const std::uint64_t length, varint());
            field.at = first_ + at_;
            TRY(field.octets, take(length));
        } else {
            return fail(fmt::format("a field is of the kind {}, which is not used any more", field.wire));
        }
        return field;
    }

    Error fail(std::string_view why) const { return broken(first_ + at_, why); }

private:
    Result<std::uint64_t> varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            if (at_end()) return fail("it ends within a number");
            const Byte octet = octets_[at_++];
            if (shift == 63 && octet > 1) break;
            value |= std::uint64_t{octet & 0x7fu} << shift;
            if (octet < 0x80) return value;
        }
        return fail("a number is longer than any");
    }

    Result<ByteView> take(std::uint64_t count) {
        if (count > octets_.size() - at_)
            return fail(fmt::format("{} octets should follow, and it ends after {}", count, octets_.size() - at_));
        const ByteView taken = octets_.subspan(at_, static_cast<std::size_t>(count));
        at_ += taken.size();
        return taken;
    }

    ByteView octets_;
    std::size_t first_;
    std::size_t at_ = 0;
};

class SentencePieceFile {
public:
    Result<SentencePiece> read(ByteView file) {
        Message message(file, 0);
        while (!message.at_end()) {
            TRY(const Field field, message.next());
            if (field.wire != kLength) continue;
            if (field.number == 1) TRY(read_piece(field));
            if (field.number == 2) TRY(read_trainer(field));
            if (field.number == 3) TRY(read_normalizer(field));
        }
        if (model_.pieces.empty()) return broken(0, "it has no pieces");
        return std::move(model_);
    }

private:
    Result<void> read_piece(const Field& outer) {
        if (model_.pieces.size() == kMaxPieces) return broken(outer.at, fmt::format("it has more than {} pieces", kMaxPieces));
        Piece piece;
        Message message(outer.octets, outer.at);
        while (!message.at_end()) {
            TRY(const Field field, message.next());
            if (field.number == 1 && field.wire == kLength) {
                piece.text = as_text(field.octets);
                if (piece.text.size() > kMaxPieceBytes || !is_utf8(piece.text))
                    return message.fail("a piece is too long or no text");
            } else if (field.number == 2 && field.wire == kFixed32) {
                piece.score = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
                if (!std::isfinite(piece.score)) return message.fail("a score is no number");
            } else if (field.number == 3 && field.wire == kVarint) {
                if (field.value < 1 || field.value > 6)
                    return message.fail(fmt::format("a piece is of the unknown type {}", field.value));
                piece.type = static_cast<PieceType>(field.value);
            }
        }
        model_.pieces.push_back(std::move(piece));
        return ok();
    }

    Result<void> read_trainer(const Field& outer) {
        Message message(outer.octets, outer.at);
        while (!message.at_end()) {
            TRY(const Field field, message.next());
            if (field.wire != kVarint) continue;
            if (field.number == 3) {
                if (field.value < 1 || field.value > 4)
                    return message.fail(fmt::format("it is a model of the unknown kind {}", field.value));
                model_.model = static_cast<PieceModel>(field.value);
            }
            std::int32_t* const ids[] = {&model_.unknown, &model_.begin, &model_.end, &model_.padding};
            if (field.number >= 40 && field.number <= 43)
                *ids[field.number - 40] = static_cast<std::int32_t>(static_cast<std::uint32_t>(field.value));
        }
        return ok();
    }

    Result<void> read_normalizer(const Field& outer) {
        Message message(outer.octets, outer.at);
        while (!message.at_end()) {
            TRY(const Field field, message.next());
            if (field.number == 3 && field.wire == kVarint) model_.adds_space = field.value != 0;
        }
        return ok();
    }

    SentencePiece model_;
};

}  // namespace

Result<SentencePiece> parse_sentencepiece(ByteView file) { return SentencePieceFile().read(file); }

}  // namespace mirfa::checkpoint
