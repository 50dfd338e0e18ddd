// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "client/xet_reader.h"

/// Every term of a plan that is accepted lies inside of one of its ranges.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto plan = mirfa::client::parse_xet_plan({reinterpret_cast<const char*>(data), size});
    if (!plan.has_value()) return 0;
    for (const auto& term : plan.value().terms) {
        const auto& ranges = plan.value().ranges.at(term.xorb);
        const bool held = std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) {
            return range.first <= term.first && term.last <= range.last && range.bytes.first < range.bytes.last;
        });
        if (!held || term.first >= term.last) std::abort();
    }
    return 0;
}
