// SPDX-License-Identifier: Apache-2.0
// A chunked body decoded in pieces gives the octets it gives at once, and never more than came in.
#include "format/testing/fuzz.h"
#include "http/detail/chunked.h"

using namespace mirfa;
using format::testing::require;

namespace {

struct Decoded {
    bool good = true;
    bool done = false;
    Bytes octets;
};

void feed(http::detail::ChunkDecoder& decoder, Bytes piece, Decoded& into) {
    const auto step = decoder.decode(piece);
    into.good = step.has_value();
    if (!into.good) return;
    require(step.value().produced <= step.value().consumed && step.value().consumed <= piece.size());
    require(step.value().consumed == piece.size() || decoder.done());
    into.octets.insert(into.octets.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(step.value().produced));
    into.done = decoder.done();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView body(data, size);
    http::detail::ChunkDecoder at_once;
    Decoded whole;
    feed(at_once, Bytes(body.begin(), body.end()), whole);

    http::detail::ChunkDecoder decoder;
    Decoded pieced;
    format::testing::Pieces pieces(body);
    while (pieced.good && !pieced.done && !pieces.empty()) {
        const auto piece = pieces.next();
        feed(decoder, Bytes(piece.begin(), piece.end()), pieced);
    }
    require(whole.good == pieced.good && whole.done == pieced.done);
    require(!whole.good || whole.octets == pieced.octets);
    return 0;
}
