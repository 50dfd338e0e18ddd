// SPDX-License-Identifier: Apache-2.0
// A pointer that is accepted is the same when written canonically.
#include "format/lfs_pointer.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto pointer = parse_lfs_pointer(as_text({data, size}));
    if (pointer.has_value()) require(parse_lfs_pointer(write_lfs_pointer(pointer.value())).value() == pointer.value());
    return 0;
}
