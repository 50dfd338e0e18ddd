// SPDX-License-Identifier: Apache-2.0
// A head that is accepted counts a possible number of parameters.
#include "format/testing/fuzz.h"
#include "format/weights.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MemorySource source({data, size});
    const auto head = read_gguf_head(source);
    if (!head.has_value()) return 0;
    for (const auto& [type, count] : head.value().parameters) require(!type.empty() && count >= 0);
    require(total_of(head.value().parameters) >= 0);
    require(head.value().architecture.size() <= 256);
    return 0;
}
