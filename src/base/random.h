// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace mirfa {

/// Fills from the operating system's generator; ends the program if there is none.
void fill_random(ByteSpan bytes);
Bytes random_bytes(std::size_t count);
/// `count` letters and digits, each with almost 6 bits of chance.
std::string random_alphanumeric(std::size_t count);

/// A new row id: milliseconds since 1970 in the upper 43 bits, chance in the lower 20, so that ids sort by time and no
/// process has to ask another. Always positive; within one process each is greater than those before it. Threads: any.
std::int64_t new_row_id();
/// 24 hex digits for the outside, the same for the same row id.
std::string public_id(std::int64_t row_id);
/// The row id behind 24 hex digits that public_id() wrote, nothing for other text.
std::optional<std::int64_t> row_id_of(std::string_view public_text);

}  // namespace mirfa
