// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mirfa::format {

/// An element type of GGUF: so many elements are packed into so many octets.
struct GgufType {
    std::uint32_t id;
    std::string_view name;
    std::uint32_t block_elements;
    std::uint32_t block_bytes;
};

/// None for numbers that were retired or are not known.
const GgufType* find_gguf_type(std::uint32_t id);
const GgufType* find_gguf_type(std::string_view name);

}  // namespace mirfa::format
