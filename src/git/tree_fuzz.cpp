// SPDX-License-Identifier: Apache-2.0
#include "format/testing/fuzz.h"
#include "git/tree.h"

using namespace mirfa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto entries = git::parse_tree(ByteView(data, size));
    if (!entries.has_value()) return 0;
    // What was accepted is written in one way, and read back the same.
    const auto written = git::write_tree(entries.value());
    const auto again = git::parse_tree(written);
    format::testing::require(again.has_value() && again.value() == entries.value() && git::write_tree(again.value()) == written);
    return 0;
}
