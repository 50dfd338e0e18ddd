// SPDX-License-Identifier: Apache-2.0
// A shard that is accepted is written and read again without loss.
#include "format/shard.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto shard = parse_shard({data, size});
    if (shard.has_value()) require(parse_shard(write_shard(shard.value())).value() == shard.value());
    const auto answer = parse_dedup_answer({data, size});
    if (!answer.has_value()) return 0;
    const auto& found = answer.value();
    const auto again = parse_dedup_answer(write_dedup_answer(found.xorbs, {}, found.times));
    require(again.has_value() && again.value().xorbs == found.xorbs);
    return 0;
}
