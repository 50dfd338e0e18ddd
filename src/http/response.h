// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/segment.h"
#include "http/request.h"

namespace mirfa {
class WorkerPool;
}

namespace mirfa::http {

/// An answer. The server adds Date, Connection, X-Request-Id and the framing headers; HEAD sends no body whatever is set.
struct Response {
    int status = 200;
    Headers headers;
    std::string text;                       ///< the body, when `stream` is empty
    std::unique_ptr<SegmentSource> stream;  ///< the body, piece by piece
    WorkerPool* pool = nullptr;             ///< where `stream` runs; the plan's pool when not set
    /// Length announced. For `stream`: absent means chunked. For HEAD: what GET would send. For `text`: taken from it.
    std::optional<std::uint64_t> length;
    /// Set by the handler for the request log: who asked and what went wrong; never sent.
    std::string log_principal;
    std::string log_detail;
};

/// A byte range of an entity, half-open, clamped to its size.
struct ByteRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;  ///< exclusive
    std::uint64_t length() const { return last - first; }
};

/// Reads a `Range` header (RFC 9110 14.2) for an entity of `size` octets.
///
/// Gives:  nothing for an absent, malformed or multi-range header (the whole entity is then the answer); the range,
///         clamped, for one that can be satisfied.
/// Fails:  kInvalidArgument/kRangeNotSatisfiable when the only range starts at or after the end.
Result<std::optional<ByteRange>> parse_range(std::string_view header, std::uint64_t size);

/// The same for a header with up to `most` ranges, in the order asked. Ranges that start at or after the end are left out.
///
/// Gives:  nothing for an absent or malformed header, or more than `most` ranges.
/// Fails:  kInvalidArgument/kRangeNotSatisfiable when no range is left.
Result<std::vector<ByteRange>> parse_ranges(std::string_view header, std::uint64_t size, std::size_t most);

}  // namespace mirfa::http
