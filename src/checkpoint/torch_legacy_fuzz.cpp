// SPDX-License-Identifier: Apache-2.0
// Files of torch in either format: every tensor that is told gives exactly its octets.
#include "checkpoint/torch_legacy.h"
#include "checkpoint/torch_zip.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source = memory_source({data, size});
    for (const bool zip : {false, true}) {
        const auto reader = zip ? open_torch_zip(source) : open_torch_legacy(source);
        if (!reader.has_value()) continue;
        std::uint64_t left = 1u << 20;
        for (std::size_t i = 0; i < reader.value()->tensors().size(); ++i) {
            const std::uint64_t octets = reader.value()->tensors()[i].size_bytes;
            if (octets > left) continue;
            left -= octets;
            const auto stream = reader.value()->open(i);
            require(stream.has_value());
            Bytes piece(4'096);
            std::uint64_t given = 0;
            for (std::size_t count = 1; count > 0; given += count) count = stream.value()->read(piece).value();
            require(given == octets);
        }
    }
    return 0;
}
