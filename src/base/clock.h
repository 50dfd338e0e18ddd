// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace mirfa {

/// Wall time in milliseconds since 1970-01-01T00:00:00Z, the unit in which the catalog keeps times.
using UnixMillis = std::int64_t;

/// Where "now" comes from, so that tests can let tokens expire.
class Clock {
public:
    virtual ~Clock() = default;
    virtual UnixMillis now() const = 0;
};

/// The machine's clock. Threads: any.
const Clock& system_clock();

/// `2025-03-09T08:15:27.000Z`
std::string to_iso8601(UnixMillis time);
/// Accepts what to_iso8601 writes, with or without the fraction. Fails: kInvalidArgument.
Result<UnixMillis> parse_iso8601(std::string_view text);
/// `Sun, 09 Mar 2025 08:15:27 GMT`, for HTTP headers.
std::string to_http_date(UnixMillis time);

}  // namespace mirfa
