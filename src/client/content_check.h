// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.h"
#include "base/stream.h"
#include "format/chunker.h"
#include "format/xet_hash.h"

struct evp_md_ctx_st;

namespace mirfa::client {

/// Hashes a content as it passes, by what names it: SHA-256 (64 digits), or git's blob hash (40), for which the length
/// must be known before. With a Xet hash, that one too. Memory: one chunk.
class ContentCheck final : public ByteSink {
public:
    /// Takes: the etag; another form of it is not checked (but the length is).
    ContentCheck(std::string etag, std::optional<std::uint64_t> bytes, std::string xet_hash);
    ~ContentCheck() override;
    ContentCheck(const ContentCheck&) = delete;
    ContentCheck& operator=(const ContentCheck&) = delete;

    Result<void> write(ByteView bytes) override;
    /// Fails: kCorrupt when what came is not what the etag and the length say.
    Result<void> finish();
    /// After finish(): the content's Xet hash is the one that was given. False also when its chunks were cut by other
    /// rules than today's, so that it cannot be told.
    bool is_xet_hash_proven() const { return xet_proven_; }
    std::uint64_t bytes() const { return count_; }

private:
    void chunk(ByteView bytes);
    void close_chunk();

    std::string etag_;
    std::optional<std::uint64_t> expected_;
    std::string xet_hash_;
    std::uint64_t count_ = 0;
    evp_md_ctx_st* digest_ = nullptr;
    format::Chunker chunker_;
    Bytes open_chunk_;
    format::MerkleBuilder chunks_;
    bool xet_proven_ = false;
};

}  // namespace mirfa::client
