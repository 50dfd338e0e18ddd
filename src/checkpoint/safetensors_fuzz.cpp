// SPDX-License-Identifier: Apache-2.0
// What is accepted can be read to its end, and what is written of it reads back the same.
#include "checkpoint/safetensors.h"
#include "checkpoint/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto reader = read_safetensors(memory_source({data, size}));
    if (reader.has_value()) testing::check_accepted(*reader.value(), write_safetensors, read_safetensors);
    return 0;
}
