// SPDX-License-Identifier: Apache-2.0
// Whatever is accepted keeps the limits that its reader promises, and is the same when it is read again.
#include "checkpoint/sentencepiece.h"

#include <cmath>

#include "base/ascii.h"
#include "checkpoint/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto model = parse_sentencepiece({data, size});
    if (!model.has_value()) return 0;
    // A piece takes an octet for its field and one for its length.
    testing::require(!model.value().pieces.empty() && model.value().pieces.size() <= size / 2);
    for (const Piece& piece : model.value().pieces) {
        testing::require(piece.text.size() <= kMaxPieceBytes && is_utf8(piece.text) && std::isfinite(piece.score));
        testing::require(piece.type >= PieceType::kNormal && piece.type <= PieceType::kByte);
    }
    testing::require(parse_sentencepiece({data, size}).value() == model.value());
    return 0;
}
