// SPDX-License-Identifier: Apache-2.0
// A head that is accepted counts a possible number of parameters; an index names files.
#include "format/testing/fuzz.h"
#include "format/weights.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MemorySource source({data, size});
    const auto counts = read_safetensors_head(source);
    if (counts.has_value()) {
        for (const auto& [type, count] : counts.value()) require(!type.empty() && count >= 0);
        require(total_of(counts.value()) >= 0);
    }
    const auto files = parse_safetensors_index(as_text({data, size}));
    if (files.has_value()) require(files.value().size() <= kMaxShards);
    return 0;
}
