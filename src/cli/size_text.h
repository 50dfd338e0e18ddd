// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace mirfa::cli {

/// Octets of a text as people and the Python tools write sizes: `5GB`, `500MB`, `2.5 GB`, `1GiB`, `1000`. KB, MB, GB, TB are
/// powers of 1000, KiB, MiB, GiB, TiB of 1024; letters of either case. Fails: kInvalidArgument for another text, for zero, and
/// beyond 2^62.
Result<std::uint64_t> parse_size_text(std::string_view text);

}  // namespace mirfa::cli
