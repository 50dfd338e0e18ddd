// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stream.h"
#include "git/object.h"

struct evp_md_ctx_st;

namespace mirfa::git {

/// Writes a pack (version 2) of whole objects whose zlib streams are ready. Threads: one at a time.
class PackWriter {
public:
    /// `count` objects will follow. `sink` must outlive this.
    PackWriter(ByteSink& sink, std::uint32_t count);
    ~PackWriter();
    PackWriter(const PackWriter&) = delete;
    PackWriter& operator=(const PackWriter&) = delete;

    Result<void> add(ObjectType type, std::uint64_t size, ByteView deflated);
    /// The trailing checksum. Fails: kInternal when the count was another.
    Result<void> finish();

private:
    Result<void> put(ByteView bytes);

    ByteSink& sink_;
    evp_md_ctx_st* hash_;
    std::uint32_t left_;
    bool began_ = false;
};

}  // namespace mirfa::git
