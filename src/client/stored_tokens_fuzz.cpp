// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>

#include "client/tokens.h"

/// What is read and written is read the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto tokens = mirfa::client::parse_stored_tokens({reinterpret_cast<const char*>(data), size});
    if (mirfa::client::parse_stored_tokens(mirfa::client::write_stored_tokens(tokens)) != tokens) std::abort();
    return 0;
}
