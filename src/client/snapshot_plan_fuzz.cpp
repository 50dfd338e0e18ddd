// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "client/snapshot.h"

/// A plan that is read writes back to one that reads the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto plan = mirfa::client::parse_plan({reinterpret_cast<const char*>(data), size});
    if (!plan.has_value()) return 0;
    const auto again = mirfa::client::parse_plan(mirfa::client::write_plan(plan.value().words, plan.value().files));
    if (!again.has_value() || again.value().words != plan.value().words) std::abort();
    if (again.value().files.size() != plan.value().files.size()) std::abort();
    return 0;
}
