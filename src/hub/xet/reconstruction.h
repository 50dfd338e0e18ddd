// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "catalog/large.h"
#include "format/chunk_table.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// One contiguous run of chunks of a xorb that an answer lets the client fetch.
struct FetchRange {
    std::uint32_t first_chunk = 0;
    std::uint32_t last_chunk = 0;  ///< exclusive
    format::ByteRange stored;      ///< half-open
    std::string url;               ///< absolute, sealed for exactly this range
};

/// How a client puts a range of a file together (xet.md 6.3).
struct Reconstruction {
    std::uint64_t offset_into_first_range = 0;
    std::vector<catalog::Term> terms;
    /// By text form of the xorb hash; disjoint and ascending.
    std::map<std::string, std::vector<FetchRange>> fetch;
};

/// What a `Range` of file octets asks for; `last` is inclusive and may lie beyond the end.
struct FileRange {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last;
    std::optional<std::uint64_t> suffix;  ///< the last N octets instead
};
/// `bytes=a-b`, `bytes=a-`, `bytes=-n`; an empty header is the whole file.
/// Fails: kInvalidArgument/kRangeNotSatisfiable for anything else.
Result<FileRange> parse_file_range(std::string_view header);

/// Fails: kNotFound for a file that the token's repository does not hold; kInvalidArgument/kRangeNotSatisfiable when the
/// range begins at or behind the end (old clients take that for the end of the file).
Result<Reconstruction> reconstruct(Hub& hub, const Principal& cas, const format::XetHash& file, const FileRange& range);

/// Octets of a file that the token's repository holds. Fails: kNotFound.
Result<std::uint64_t> size_of_file(Hub& hub, const Principal& cas, const format::XetHash& file);

/// Opens the seal of a fetch URL. Gives: the octets it allows. Fails: kForbidden (clients then ask again), always.
Result<format::ByteRange> open_fetch_seal(Hub& hub, const format::XetHash& xorb, std::string_view seal);

}  // namespace mirfa::hub
