// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "http/response.h"

namespace mirfa::http {

/// Opens the octets of one range of an entity. Runs on the answer's pool, when the range's turn has come.
using RangeOpener = std::function<Result<std::unique_ptr<SegmentSource>>(const ByteRange&)>;

/// Makes `response` a 206 with several ranges as multipart/byteranges (RFC 9110 14.6): one part for each range, in this
/// order, CRLF lines, a long random boundary, its whole length announced. The other headers of `response` stay.
///
/// Takes: `ranges` inside [0, size); `content_type` of the entity.
void answer_with_ranges(Response& response, std::vector<ByteRange> ranges, std::uint64_t size, std::string_view content_type,
                        RangeOpener open);

/// `bytes first-last/size`, the value of Content-Range for one range.
std::string content_range(const ByteRange& range, std::uint64_t size);
/// `bytes */size`, for 416.
std::string content_range_unsatisfied(std::uint64_t size);

}  // namespace mirfa::http
