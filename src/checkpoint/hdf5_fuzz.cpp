// SPDX-License-Identifier: Apache-2.0
// What is accepted can be read to its end.
#include "checkpoint/hdf5.h"
#include "checkpoint/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const testing::MemoryFile file({data, size});
    const auto reader = read_hdf5(file.path());
    if (reader.has_value()) testing::check_readable(*reader.value());
    return 0;
}
