// SPDX-License-Identifier: Apache-2.0
// A footer that is accepted describes chunks that could exist.
#include "format/chunk_table.h"
#include "format/testing/fuzz.h"
#include "format/xorb_chunk.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto table = parse_xorb_footer({data, size});
    if (!table.has_value()) return 0;
    const auto& chunks = table.value();
    require(chunks.size() >= 1 && chunks.size() <= kMaxChunksPerXorb);
    std::vector<ChunkLeaf> leaves;
    chunks.append_leaves(0, chunks.size(), leaves);
    for (std::size_t i = 0; i < chunks.size(); ++i) {
        require(chunks.raw_length(i) >= 1 && chunks.raw_length(i) <= kMaxChunkBytes);
        require(chunks.stored_range(i, i + 1).size() > kChunkHeaderBytes);
    }
    require(parse_xorb_footer(write_xorb_footer(chunks)).value() == chunks);
    return 0;
}
