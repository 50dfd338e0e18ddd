// SPDX-License-Identifier: Apache-2.0
// What is taken from a configuration keeps to its limits.
#include <cstdlib>

#include "base/bytes.h"
#include "checkpoint/model_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto config = mirfa::checkpoint::parse_model_config(mirfa::as_text({data, size}));
    if (!config.has_value()) return 0;
    if (config.value().model_type.size() > 256 || config.value().architectures.size() > 64) std::abort();
    return 0;
}
