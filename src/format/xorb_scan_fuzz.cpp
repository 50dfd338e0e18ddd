// SPDX-License-Identifier: Apache-2.0
// A xorb is read the same in pieces and whole; what is accepted decodes again, and its footer round-trips.
#include <optional>

#include "format/testing/fuzz.h"
#include "format/xorb_scanner.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

namespace {

std::optional<ChunkTable> scan_whole(ByteView body) {
    XorbScanner scanner;
    const auto kept = scanner.feed(body);
    if (!kept.has_value()) return std::nullopt;
    auto table = scanner.finish();
    if (!table.has_value()) return std::nullopt;
    require(table.value().stored_bytes() == kept.value());
    return std::move(table).value();
}

std::optional<ChunkTable> scan_pieces(ByteView body) {
    XorbScanner scanner;
    for (testing::Pieces pieces(body); !pieces.empty();)
        if (!scanner.feed(pieces.next()).has_value()) return std::nullopt;
    auto table = scanner.finish();
    if (!table.has_value()) return std::nullopt;
    return std::move(table).value();
}

void check_chunks(ByteView body, const ChunkTable& table) {
    Bytes raw(kMaxChunkBytes);
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto chunk = decode_chunk(body.subspan(table.stored_start(i)), raw);
        require(chunk.has_value() && chunk.value().raw_bytes == table.raw_length(i));
        require(chunk_hash(ByteView(raw).first(chunk.value().raw_bytes)) == table.hashes[i]);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView body(data, size);
    const auto table = scan_whole(body);
    require(table == scan_pieces(body));
    if (!table) return 0;
    check_chunks(body, *table);
    const auto again = parse_xorb_footer(write_xorb_footer(*table));
    require(again.has_value() && again.value() == *table);
    return 0;
}
