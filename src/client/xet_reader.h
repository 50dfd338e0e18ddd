// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/stream.h"
#include "client/xet_session.h"
#include "format/chunk_table.h"

namespace mirfa::client {

/// Chunks [first, last) of a xorb, of which the raw octets are `raw_bytes`.
struct XetTerm {
    std::string xorb;
    std::uint32_t first = 0, last = 0;
    std::uint32_t raw_bytes = 0;
};
/// Where chunks [first, last) of a xorb can be fetched: octets [bytes.first, bytes.last) behind `url`.
struct XetRange {
    std::string url;
    std::uint32_t first = 0, last = 0;
    format::ByteRange bytes;
};
/// How a range of a file is put together.
struct XetPlan {
    std::uint64_t skip = 0;  ///< octets at the front of the first term that are not asked for
    std::vector<XetTerm> terms;
    std::map<std::string, std::vector<XetRange>> ranges;  ///< by xorb, in the order of chunks
};
/// Reads an answer of `/v2/reconstructions` or `/v1/reconstructions`. Every term has a range that holds it.
/// Fails: kCorrupt with what is wrong.
Result<XetPlan> parse_xet_plan(std::string_view json);

struct XetFile {
    std::string hash;
    std::uint64_t bytes = 0;
};
/// Puts octets [offset, file.bytes) of a file into `sink`, in order.
/// Memory: the stored form of a few pieces of at most 64 MiB, of which the next is fetched while one is written.
/// Fails: kUnavailable (what reached the sink is good; ask again for the rest), kCorrupt, what the sink fails with.
Result<void> read_xet(Hub& hub, XetTokens& tokens, const XetFile& file, std::uint64_t offset, ByteSink& sink,
                      const std::atomic<bool>* stop);

}  // namespace mirfa::client
