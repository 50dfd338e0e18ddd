// SPDX-License-Identifier: Apache-2.0
#include "format/testing/fuzz.h"
#include "git/receive_pack.h"

using namespace mirfa;

namespace {

/// How many octets belonged to the head, or nothing when it is refused or not complete.
std::optional<std::size_t> read(format::testing::Pieces pieces, std::size_t& commands) {
    git::PushHeadParser parser;
    std::size_t used = 0;
    while (!pieces.empty() && !parser.done()) {
        const auto piece = pieces.next();
        const auto taken = parser.feed(piece);
        if (!taken.has_value()) return std::nullopt;
        format::testing::require(taken.value() <= piece.size());
        used += taken.value();
    }
    if (!parser.done()) return std::nullopt;
    commands = parser.take().commands.size();
    return used;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView body(data, size);
    std::size_t in_pieces = 0;
    const auto used = read(format::testing::Pieces(body), in_pieces);
    git::PushHeadParser whole;
    const auto taken = whole.feed(body);
    const bool complete = taken.has_value() && whole.done();
    format::testing::require(complete == used.has_value());
    if (!complete) return 0;
    format::testing::require(taken.value() == *used && whole.take().commands.size() == in_pieces);
    return 0;
}
